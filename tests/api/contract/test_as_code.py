"""What an endpoint's page says as code works as it is copied: by curl and by clickhousectl."""

import html
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from endpoints.models import ApiKey, ReversePrivateEndpoint, Role, Service
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
    own = {"CLICKHOUSE_CLOUD_API_KEY": key[0].key_id, "CLICKHOUSE_CLOUD_API_SECRET": key[1]}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {"PATH": path, "HOME": str(tmp_path), "DO_NOT_TRACK": "1", "no_proxy": "*", **own}
    done = subprocess.run(
        ["bash", "-c", told[way]],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"{told[way]}\n{done.stdout}\n{done.stderr}"
    another = ReversePrivateEndpoint.objects.exclude(pk=endpoint.pk).get()
    for column in ("type", "description", "parameters", "service_id"):
        assert getattr(another, column) == getattr(endpoint, column)
