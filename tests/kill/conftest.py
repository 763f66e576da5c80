"""Houses for kill tests, and a place for the seconds that they measure."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MEASURED
from tests.kill.house import SHORT, House, furnish
from tests.sandbox_client import Sandbox, start_sandbox

Furnish = Callable[[Mapping[str, str]], House]


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
def tell(record_property: Callable[[str, object], None]) -> Callable[[object], None]:
    """Keep a measurement; all are shown at the end of the run (tests/conftest.py)."""
    return lambda what: record_property(MEASURED, str(what))  # only plain values travel between processes
