"""What an endpoint's page says as code works as it is copied: by curl and by clickhousectl."""

import html
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from endpoints.models import ApiKey, ReversePrivateEndpoint, Role, Service
from tests.api.contract.cli import Cli
from tests.api.samples import CLUSTER_ARN, CONFIGURATION_ID, SERVICE_NAME, SHARE_ARN
from tests.people import PARAMETERS, give_role, make_endpoint, make_user

pytestmark = [pytest.mark.django_db(transaction=True, available_apps=None)]


def copied(service: Service, endpoint: ReversePrivateEndpoint) -> dict[str, str]:
    """Return what the copy buttons of the page copy, by their ids."""
    viewer = make_user("viewer@example.com")
    give_role(viewer, Role.VIEWER, service)
    client = Client()
    client.force_login(viewer)
    page = client.get(f"/services/{service.pk}/endpoints/{endpoint.pk}/").text
    found = re.findall(r'id="copy-as-([a-z]+)" data-copy="([^"]*)"', page)
    return {name: html.unescape(text) for name, text in found}


def run(command: str, key: tuple[ApiKey, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Paste a command into a shell that has the key in its environment, and nothing else."""
    own = {"CLICKHOUSE_CLOUD_API_KEY": key[0].key_id, "CLICKHOUSE_CLOUD_API_SECRET": key[1]}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {"PATH": path, "HOME": str(folder), "DO_NOT_TRACK": "1", "no_proxy": "*", **own}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("way", ["api", "command"])
@pytest.mark.parametrize("kind", list(PARAMETERS))
def test_it_asks_for_another_one_like_it(
    service: Service,
    live_server: Any,
    key: tuple[ApiKey, str],
    tmp_path: Path,
    settings: Any,
    way: str,
    kind: Any,
) -> None:
    settings.BASE_URL = live_server.url
    endpoint = make_endpoint(service, type=kind, description='Wally\'s "$(orders)" – 주문')
    told = copied(service, endpoint)
    assert set(told) == {"terraform", "import", "api", "command"}
    done = run(told[way], key, tmp_path)
    assert done.returncode == 0, f"{told[way]}\n{done.stdout}\n{done.stderr}"
    another = ReversePrivateEndpoint.objects.exclude(pk=endpoint.pk).get()
    for column in ("type", "description", "parameters", "service_id"):
        assert getattr(another, column) == getattr(endpoint, column)


HOUR = timedelta(hours=1)
NAMED = ("--vpc-endpoint-service-name", SERVICE_NAME, "--custom-private-dns-mapping", "pg.example.com")
SHARED = ("--vpc-resource-configuration-id", CONFIGURATION_ID, "--vpc-resource-share-arn", SHARE_ARN)
SLOT = ("--msk-cluster-arn", CLUSTER_ARN, "--msk-authentication", "SASL_IAM")


@pytest.mark.parametrize("way", ["api", "command"])
@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("VPC_ENDPOINT_SERVICE", NAMED, "pg.example.com is taken"),
        ("VPC_RESOURCE", SHARED, "This resource share was already used"),
        ("MSK_MULTI_VPC", SLOT, "This MSK cluster already has a connection"),
    ],
)
def test_a_second_one_is_refused_where_the_page_says_so(
    service: Service,
    live_server: Any,
    key: tuple[ApiKey, str],
    one_cli: Cli,
    tmp_path: Path,
    settings: Any,
    way: str,
    kind: str,
    words: tuple[str, ...],
    said: str,
) -> None:
    settings.BASE_URL = live_server.url
    create = ("clickpipe", "reverse-private-endpoint", "create", str(service.pk), "--description", "Orders")
    one_cli.run(*create, "--type", kind, *words)
    ReversePrivateEndpoint.objects.update(created_at=timezone.now() - HOUR)  # else it is the same request
    told = copied(service, ReversePrivateEndpoint.objects.get())
    done = run(told[way], key, tmp_path)
    assert (done.returncode, said in done.stdout + done.stderr) == (22 if way == "api" else 1, True), done
    assert ReversePrivateEndpoint.objects.count() == 1
