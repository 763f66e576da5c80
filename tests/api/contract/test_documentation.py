"""The commands in the documentation run as they stand there."""

import json
import re
from typing import Any

import pytest

from endpoints.models import ReversePrivateEndpoint, Service
from tests.api.contract.test_as_code import Shell
from tests.environment import CHECKOUT

pytestmark = [pytest.mark.django_db(transaction=True, available_apps=None)]


def commands(document: str) -> list[str]:
    """Return the blocks of shell commands of a document."""
    text = (CHECKOUT / "docs" / document).read_text("utf-8")
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def shell(key: Any, tmp_path: Any) -> Shell:
    return Shell(key, tmp_path)


@pytest.fixture
def known(live_server: Any, shell: Shell, service: Service) -> dict[str, str]:
    """What a reader puts into the environment."""
    return {
        "POSTERN": live_server.url,
        "KEY_ID": shell.key[0].key_id,
        "KEY_SECRET": shell.key[1],
        "ORGANIZATION_ID": str(service.organization_id),
        "SERVICE_ID": str(service.pk),
    }


def test_the_first_calls(shell: Shell, known: dict[str, str], service: Service) -> None:
    looking, creating, waiting = commands("api.md")
    found = shell.does(looking, **known)
    assert str(service.organization_id) in found
    assert str(service.pk) in found
    made = json.loads(shell.does(creating, **known))["result"]["id"]
    endpoint = ReversePrivateEndpoint.objects.get()
    assert str(endpoint.pk) == made
    ReversePrivateEndpoint.objects.update(status="Ready")
    place = f"{known['POSTERN']}/v1/organizations/{service.organization_id}/services/{service.pk}"
    url = f"{place}/clickpipesReversePrivateEndpoints/{made}"
    assert made in shell.does(waiting, ENDPOINT_URL=url, **known)


def test_the_ids_for_terraform(shell: Shell, known: dict[str, str], service: Service) -> None:
    found = shell.does(commands("terraform.md")[0], **known)
    assert str(service.organization_id) in found
    assert str(service.pk) in found
