"""What an endpoint's page says as code works as it is copied: by curl and by clickhousectl."""

import html
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from endpoints.claims import release, use_up
from endpoints.domain.types import EndpointType
from endpoints.models import ApiKey, ReversePrivateEndpoint, Role, Service
from tests.api.contract.wire import Wire
from tests.api.samples import MSK, RESOURCE, SERVICE, SHARE_ARN
from tests.people import give_role, make_user, removal

pytestmark = [pytest.mark.django_db(transaction=True, available_apps=None)]


Asked = Callable[[dict[str, str], list[dict[str, str]]], ReversePrivateEndpoint]
CREATE, SET, GET = "create", "names", "read"
HOUR = timedelta(hours=1)
SHARED, SLOT = EndpointType.VPC_RESOURCE, EndpointType.MSK_MULTI_VPC
NAMES = [{"privateDnsName": "pg.example.com"}, {"privateDnsName": "*.db.example.com"}]
TARGETED = [{"privateDnsName": "pg.example.com", "targetId": "rcfg-1"}]
OTHER_SHARE = SHARE_ARN[:-1] + "2"
ASKED: list[tuple[dict[str, str], list[dict[str, str]]]] = [
    (SERVICE, []),
    (SERVICE, NAMES),
    (RESOURCE, []),
    (RESOURCE, TARGETED),
    (MSK, []),
]


def copied(service: Service, endpoint: ReversePrivateEndpoint) -> dict[str, str]:
    """Return what the copy buttons of the page copy, by their ids."""
    viewer = make_user("viewer@example.com")
    give_role(viewer, Role.VIEWER, service)
    client = Client()
    client.force_login(viewer)
    page = client.get(f"/services/{service.pk}/endpoints/{endpoint.pk}/").text
    found = re.findall(r'id="copy-as-([a-z-]+)" data-copy="([^"]*)"', page)
    return {name: html.unescape(text) for name, text in found}


@dataclass
class Shell:
    """A shell that has the key in its environment, and nothing else."""

    key: tuple[ApiKey, str]
    folder: Path

    def paste(self, command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command as it was copied."""
        own = {"CLICKHOUSE_CLOUD_API_KEY": self.key[0].key_id, "CLICKHOUSE_CLOUD_API_SECRET": self.key[1]}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {"PATH": path, "HOME": str(self.folder), "DO_NOT_TRACK": "1", "no_proxy": "*", **own, **more}
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def does(self, command: str, **more: str) -> str:
        """Run a command, expect that it went well, and return what it printed."""
        done = self.paste(command, **more)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def shell(key: tuple[ApiKey, str], tmp_path: Path) -> Shell:
    return Shell(key, tmp_path)


@pytest.fixture
def asked_for(service: Service, live_server: Any, key: tuple[ApiKey, str], settings: Any) -> Asked:
    """Asks by the API for an endpoint, which holds what it claims, an hour ago: the same is another now."""
    settings.BASE_URL = live_server.url
    wire = Wire(f"{live_server.url}/v1", key[0].key_id, key[1], sleep)
    place = f"/organizations/{service.organization_id}/services/{service.pk}"

    def ask(body: dict[str, str], names: list[dict[str, str]]) -> ReversePrivateEndpoint:
        more = {"customPrivateDnsMappings": names} if names else {}
        asked = {**body, "description": 'Wally\'s "$(orders)" – 주문', **more}
        wire.send("POST", f"{place}/clickpipesReversePrivateEndpoints", asked)
        ReversePrivateEndpoint.objects.update(created_at=timezone.now() - HOUR)
        endpoint = ReversePrivateEndpoint.objects.get()
        use_up(endpoint, timezone.now())
        return endpoint

    return ask


@pytest.mark.parametrize("way", ["api", "command"])
@pytest.mark.parametrize(("body", "names"), ASKED)
def test_it_is_read_and_keeps_its_names(
    service: Service,
    asked_for: Asked,
    shell: Shell,
    way: str,
    body: dict[str, str],
    names: list[dict[str, str]],
) -> None:
    endpoint = asked_for(body, names)
    told = copied(service, endpoint)
    assert (f"{way}-{SET}" in told) is bool(names)
    assert str(endpoint.pk) in shell.does(told[f"{way}-{GET}"])
    if names:
        shell.does(told[f"{way}-{SET}"])
        ReversePrivateEndpoint.objects.update(custom_dns=[])
        shell.does(told[f"{way}-{SET}"])
        assert ReversePrivateEndpoint.objects.get().custom_dns == names


@pytest.mark.parametrize("way", ["api", "command"])
@pytest.mark.parametrize(("body", "names"), ASKED)
def test_it_asks_for_another_one_like_it_as_the_page_says(
    service: Service,
    asked_for: Asked,
    shell: Shell,
    way: str,
    body: dict[str, str],
    names: list[dict[str, str]],
) -> None:
    endpoint = asked_for(body, names)
    told = copied(service, endpoint)
    own: dict[str, str] = {}
    if endpoint.type == SHARED:
        own = {"VPC_RESOURCE_SHARE_ARN": OTHER_SHARE}
        assert "VPC_RESOURCE_SHARE_ARN" in shell.paste(told[f"{way}-{CREATE}"]).stderr
    if endpoint.type == SLOT:
        done = shell.paste(told[f"{way}-{CREATE}"])
        assert "This MSK cluster already has a connection" in done.stdout + done.stderr
        remove(endpoint)
    assert ReversePrivateEndpoint.objects.count() == 1
    shell.does(told[f"{way}-{CREATE}"], **own)
    another = ReversePrivateEndpoint.objects.exclude(pk=endpoint.pk).get()
    for column in ("type", "description", "service_id"):
        assert getattr(another, column) == getattr(endpoint, column)
    assert another.parameters == endpoint.parameters | ({"vpcResourceShareArn": OTHER_SHARE} if own else {})
    assert another.custom_dns == []


@pytest.mark.parametrize("way", ["api", "command"])
@pytest.mark.parametrize("body", [SERVICE, RESOURCE, MSK])
def test_what_is_gone_is_created_again(
    service: Service, asked_for: Asked, shell: Shell, way: str, body: dict[str, str]
) -> None:
    endpoint = asked_for(body, NAMES if body is SERVICE else [])
    remove(endpoint)
    told = copied(service, endpoint)
    assert set(told) == {"terraform", f"api-{CREATE}", f"command-{CREATE}"}
    shell.does(told[f"{way}-{CREATE}"], VPC_RESOURCE_SHARE_ARN=OTHER_SHARE)
    assert ReversePrivateEndpoint.objects.live().get().type == body["type"]


@transaction.atomic
def remove(endpoint: ReversePrivateEndpoint) -> None:
    """Let an endpoint be gone, as the engine does once nothing of it is left in AWS."""
    release(endpoint)
    now = timezone.now()
    ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).update(**removal(now), removed_at=now)
    endpoint.refresh_from_db()
