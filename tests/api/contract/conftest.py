"""A real server of the whole product, a relay before it that can be busy, and the provider against both."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from endpoints.models import ApiKey, ReversePrivateEndpoint, Service
from tests.api.contract.cli import Cli
from tests.api.contract.pipe_provider import PipeProvider
from tests.api.contract.planned import PlannedServer, planned_servers
from tests.api.contract.provider import Provider
from tests.api.contract.wire import Wire
from tests.terraform.relay import Relay, open_relay


@pytest.fixture
def relay(live_server: Any) -> Iterator[Relay]:
    """A relay to the server."""
    port = urlsplit(live_server.url).port
    assert port is not None
    with open_relay(port) as opened:
        yield opened


@pytest.fixture
def key(service: Service) -> tuple[ApiKey, str]:
    """An admin's key of the service's organization, and its secret."""
    Service.objects.update(endpoint_limit=50)
    type(service.organization).objects.update(endpoint_limit=50)
    return ApiKey.issue(organization=service.organization, service=None, role="admin", name="terraform")


@pytest.fixture
def one_cli(live_server: Any, key: tuple[ApiKey, str], tmp_path: Path) -> Cli:
    return Cli(live_server.url, *key, tmp_path)


class Time:
    """Passes for the provider without being waited for; at each sleep the workers may have done something."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.at: dict[int, Callable[[], object]] = {}

    def sleep(self, seconds: float) -> None:
        """Let the time pass; what was planned for this sleep happens now."""
        self.slept.append(seconds)
        self.at.pop(len(self.slept), lambda: None)()

    def after(self, sleeps: int, happens: Callable[[], object]) -> None:
        """Let something happen at the so manieth sleep from now."""
        self.at[len(self.slept) + sleeps] = happens


@pytest.fixture
def time() -> Time:
    """The provider's time."""
    return Time()


@pytest.fixture
def provider(relay: Relay, key: tuple[ApiKey, str], service: Service, time: Time) -> Provider:
    """The provider, with its api_url through the relay."""
    wire = Wire(f"{relay.url}/v1", key[0].key_id, key[1], time.sleep)
    return Provider(wire, str(service.organization_id))


@pytest.fixture
def pipes(provider: Provider) -> PipeProvider:
    """The same provider's ClickPipes."""
    return PipeProvider(provider.wire, provider.organization_id)


@pytest.fixture
def planned_server() -> Iterator[PlannedServer]:
    """Starts servers with planned answers."""
    with planned_servers() as start:
        yield start


def becomes(status: str, **columns: Any) -> Callable[[], object]:
    """Return what makes every endpoint that is not being removed have a status."""
    wanted = ReversePrivateEndpoint.objects.filter(removal_requested_at__isnull=True)
    return lambda: wanted.all().update(status=status, **columns)
