"""The engine against a sandbox: its functions are called here, in the test's own process and time."""

from collections.abc import Iterator
from typing import Any

import pytest

from endpoints.providers import msk_multi_vpc, session
from endpoints.reconcile import operators
from tests.engine.world import World
from tests.sandbox_client import Sandbox, start_sandbox


def forget_clients() -> None:
    """Forget every AWS client and what STS said to it."""
    for kept in vars(session).values():
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()
    msk_multi_vpc._foreign.clear()
    operators._accounts.clear()


@pytest.fixture(scope="session")
def engine_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The one AWS of these tests."""
    directory = tmp_path_factory.mktemp("engine-sandbox")
    forget_clients()
    with start_sandbox(directory, state=":memory:") as box:
        yield box
    forget_clients()


@pytest.fixture
def box(engine_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Sandbox]:
    """The sandbox at its seed with instant transitions, and Postern on its clock and as its operator."""
    engine_sandbox.release_all("drop")
    engine_sandbox.reset_clock()
    engine_sandbox.reset("instant")
    for name, value in engine_sandbox.environment().items():
        monkeypatch.setenv(name, value)
    settings.CLOCK_FILE = engine_sandbox.clock_file
    operators._accounts.clear()
    msk_multi_vpc._foreign.clear()
    yield engine_sandbox
    engine_sandbox.release_all("drop")


@pytest.fixture
def world(box: Sandbox, db: None) -> World:
    """A service with its people in eu-central-1, and everything that a test asks of the engine."""
    return World.begin(box)


@pytest.fixture
def committed_world(box: Sandbox, transactional_db: None) -> World:
    """The same for tests with threads: everything is committed."""
    return World.begin(box)
