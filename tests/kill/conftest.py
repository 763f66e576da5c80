"""Houses for kill tests, and the seconds that they measured, told at the end of the run."""

import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from endpoints.models import Installation
from endpoints.models.installation import postgres_identity
from tests.kill.house import SHORT, House, furnish
from tests.sandbox_client import Sandbox, start_sandbox

Furnish = Callable[[Mapping[str, str]], House]
_MEASURED: list[str] = []


@pytest.fixture(autouse=True, scope="session")
def on_linux() -> None:
    """Who is whose child is read from /proc."""
    if not sys.platform.startswith("linux"):
        pytest.skip("kill tests read /proc")


@pytest.fixture(scope="session")
def kill_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The one AWS of the kill tests."""
    with start_sandbox(tmp_path_factory.mktemp("kill-sandbox"), state=":memory:") as box:
        yield box


@pytest.fixture
def furnished(
    kill_sandbox: Sandbox, transactional_db: None, settings: Any, tmp_path: Path
) -> Iterator[Furnish]:
    """A way to furnish the house, once per test; every process in it is killed at the end."""
    box = kill_sandbox
    box.release_all("drop")
    box.reset_clock()
    box.reset("instant")
    settings.CLOCK_FILE = box.clock_file
    if not Installation.objects.exists():  # a flush took it away
        identifier, oid = postgres_identity()
        Installation.objects.create(id=uuid.uuid4(), pg_system_identifier=identifier, pg_database_oid=oid)
    made: list[House] = []

    def furnish_it(limits: Mapping[str, str]) -> House:
        settings.CREATE_GRACE_SECONDS = float(limits.get("CREATE_GRACE_SECONDS", 300))
        made.append(furnish(box, tmp_path, limits))
        return made[-1]

    yield furnish_it
    for house in made:
        house.close()
    box.release_all("drop")


@pytest.fixture
def house(furnished: Furnish) -> House:
    """A house with short limits."""
    return furnished(SHORT)


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[object], None]:
    """Keep a measurement; all are shown at the end of the run."""

    def keep(what: object) -> None:
        _MEASURED.append(f"{request.node.name}: {what}")

    return keep


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show what was measured."""
    if _MEASURED:
        terminalreporter.section("real seconds in the kill tests")
        for line in _MEASURED:
            terminalreporter.write_line(line)
