"""A sample of kills: the kinds spread over the calls of a create and of a delete."""

from collections.abc import Callable

import pytest

from tests.kill.house import House
from tests.kill.scenes import CALLS, Kind, Release, When, play

pytestmark = pytest.mark.kill


@pytest.mark.parametrize(
    ("call", "when", "kind", "release"),
    [
        ("create", "after", "group", "drop"),
        ("create", "before", "parent", "late"),
        ("find", "before", "idle", "proceed"),
        ("listing", "after", "first", "proceed"),
        ("delete", "before", "busy", "late"),
        ("delete", "after", "stop", "drop"),
    ],
)
def test_work_goes_on_by_itself_after_a_kill(
    house: House, tell: Callable[[object], None], call: str, when: When, kind: Kind, release: Release
) -> None:
    tell(play(house, CALLS[call], when, kind, release))
