"""A pytest plug-in: deals the tests to the two lanes of `./dev test`, which run side by side.

Tests of real processes, seconds and browsers leave the processor idle most of the time. Whichever lane is
free takes the next part: the long ones first, so that both lanes end at about the same time.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

WHOLE = ("tests/browser/",)  # folders whose tests share what takes long to start
SINGLE = ("tests/kill/test_matrix.py",)  # files that take longer than all others together
LONG = (
    "tests/browser/",
    "tests/chaos/test_storm.py",
    "tests/bench/test_control.py",
    "tests/engine/test_year.py",
    "tests/engine/test_storms.py",
    "tests/kill/",
    "tests/test_dev_up.py",
    "tests/embedded/",
)


def part_of(nodeid: str) -> str:
    """Return what stays together in one lane: the folder of a test, itself alone, or else its file."""
    if nodeid.startswith(SINGLE):
        return nodeid
    folders = (folder for folder in WHOLE if nodeid.startswith(folder))
    return next(folders, nodeid.partition("::")[0])


def turn_of(nodeid: str) -> int:
    """Return when a test has its turn: those of `LONG` in their order, then all others."""
    return next((turn for turn, place in enumerate(LONG) if nodeid.startswith(place)), len(LONG))


class Lanes(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """xdist's scheduling by scopes, which are our parts."""

    def _split_scope(self, nodeid: str) -> str:
        return part_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Lanes:
    """Tell xdist how to deal the tests."""
    return Lanes(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in the order of their turns."""
    items.sort(key=lambda item: turn_of(item.nodeid))
