"""A sample of kills: the kinds spread over the calls of a create and of a delete."""

from collections.abc import Callable

import pytest

from tests.kill.calls import CALLS
from tests.kill.house import House
from tests.kill.scenes import Kind, Release, When, play

pytestmark = pytest.mark.kill


@pytest.mark.parametrize(
    ("call", "when", "kind", "release"),
    [
        ("VPC_ENDPOINT_SERVICE create", "after", "group", "drop"),
        ("VPC_ENDPOINT_SERVICE find", "before", "idle", "proceed"),
        ("VPC_ENDPOINT_SERVICE listing", "after", "first", "proceed"),
        ("VPC_ENDPOINT_SERVICE delete", "before", "busy", "late"),
        ("VPC_ENDPOINT_SERVICE delete", "after", "stop", "drop"),
        ("VPC_RESOURCE accept", "after", "group", "drop"),
        ("VPC_RESOURCE create", "after", "parent", "late"),
        ("MSK_MULTI_VPC create", "before", "busy", "late"),
        ("MSK_MULTI_VPC delete", "before", "parent", "late"),
    ],
)
def test_work_goes_on_by_itself_after_a_kill(
    house: House, tell: Callable[[object], None], call: str, when: When, kind: Kind, release: Release
) -> None:
    tell(play(house, CALLS[call], when, kind, release))
