"""Deadlines warn by event at 24, 4 and 1 hours, by the moved clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from endpoints.models import Event, Installation, ReversePrivateEndpoint
from tests.engine.kinds import KINDS, Kind
from tests.engine.world import DAY, REGION, World, moved_seconds, removed, resource, told
from tests.sandbox_client import share_arn

HOUR = 3600


def warnings(row: ReversePrivateEndpoint) -> list[str]:
    """Return the hours that were told, oldest first."""
    lines = Event.objects.filter(endpoint=row, code="deadline_near").order_by("id")
    return [line.params["hours"] for line in lines]


def to(world: World, row: ReversePrivateEndpoint, seconds: float) -> None:
    """Go to so many seconds after the row entered its status, and work on what is due then."""
    world.box.advance(seconds - moved_seconds(row))
    world.reconcile()


def _failed(world: World) -> ReversePrivateEndpoint:
    return world.make(3, status="Failed")


def _pending(world: World) -> ReversePrivateEndpoint:
    return world.make(1, status="PendingAcceptance")


def _rejected(world: World) -> ReversePrivateEndpoint:
    row = _pending(world)
    world.box.reject(row.external_id)
    world.work()
    assert told(row)[0] == "Rejected"
    return row


def _healing(world: World) -> ReversePrivateEndpoint:
    world.box.unshare(share_arn(REGION, 1))
    row = world.ask_for(resource(1))
    world.work()
    world.later(600)
    assert told(row) == ("Failed", "share_not_found")
    return row


@pytest.mark.parametrize(
    ("bring", "grace", "so_far", "to_come"),
    [
        (_pending, DAY, ["24"], [4, 1]),
        (_rejected, DAY, ["24", "24"], [4, 1]),  # waiting for acceptance had its own
        (_failed, 7 * DAY, [], [24, 4, 1]),
        (_healing, 7 * DAY, [], [24, 4, 1]),
    ],
)
def test_each_warning_falls_on_its_second(
    world: World,
    bring: Callable[[World], ReversePrivateEndpoint],
    grace: int,
    so_far: list[str],
    to_come: list[int],
) -> None:
    row = bring(world)
    world.reconcile()
    seen = warnings(row)
    assert seen == so_far
    for hours in to_come:
        to(world, row, grace - hours * HOUR - 2)
        assert warnings(row) == seen
        to(world, row, grace - hours * HOUR)
        seen = [*seen, str(hours)]
        assert warnings(row) == seen
        world.work()
        assert warnings(row) == seen, "told once"
    line = Event.objects.filter(endpoint=row, code="deadline_near").latest("id")
    assert datetime.fromisoformat(line.params["until"]) == row.status_since + timedelta(seconds=grace)
    assert (line.params["status"], line.params["reason"]) == told(row)
    world.later(HOUR + 10)
    world.later(10)
    assert told(row)[0] in ("Deleting", "Failed")
    assert row.removal_requested_by == "cleanup"
    assert warnings(row) == seen


def test_a_warning_needs_no_listing_and_no_permission_to_write(world: World) -> None:
    row = _pending(world)
    world.box.fault("error", operation="DescribeVpcEndpoints")
    Installation.objects.update(writes_paused=True)
    to(world, row, 20 * HOUR)
    assert warnings(row) == ["24", "4"]


def test_an_engine_that_was_away_tells_the_nearest_only(world: World) -> None:
    row = _failed(world)
    to(world, row, 7 * DAY - HOUR / 2)
    assert warnings(row) == ["1"]


def test_an_engine_that_was_away_past_the_deadline_tells_none(world: World) -> None:
    row = _failed(world)
    to(world, row, 8 * DAY)
    world.later(10)  # a listing that began after the deadline
    world.later(10)
    assert warnings(row) == []
    assert removed(row)


def test_an_accepted_connection_is_not_warned_of_any_more(world: World) -> None:
    row = _pending(world)
    world.box.accept(row.external_id)
    world.later(60)
    assert told(row)[0] == "Ready"
    world.later(DAY)
    assert warnings(row) == ["24"]


def test_a_retry_begins_the_warnings_anew(world: World) -> None:
    row = _rejected(world)
    to(world, row, 20 * HOUR)
    assert warnings(row) == ["24", "24", "4"]  # Pending acceptance had its own
    world.retry(row)
    for _ in range(4):
        world.later(310)
    assert told(row)[0] == "PendingAcceptance"
    assert warnings(row) == ["24", "24", "4", "24"]


def test_a_removal_ends_them(world: World) -> None:
    row = _pending(world)
    world.remove(row)
    world.later(23 * HOUR)
    assert warnings(row) == ["24"]


@pytest.mark.parametrize("trouble", ["error", "drop"])
def test_a_row_that_looks_for_its_share_in_vain_is_warned_of_to_the_second(
    world: World, trouble: str
) -> None:
    """Neither the minute between two looks nor the wait after an error puts a warning off."""
    row = _healing(world)
    to(world, row, 7 * DAY - 4 * HOUR - 20)
    assert warnings(row) == ["24"]
    world.box.fault(trouble, operation="GetResourceShares")
    to(world, row, 7 * DAY - 4 * HOUR - 10)
    assert warnings(row) == ["24"]
    to(world, row, 7 * DAY - 4 * HOUR)
    assert warnings(row) == ["24", "4"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_what_was_removed_by_hand_is_warned_of_whatever_its_type(world: World, kind: Kind) -> None:
    row = world.make_of(kind.asked)
    world.box.advance(301)
    kind.delete_by_hand(world, row)
    for _ in range(3):
        world.later(310)
    assert told(row) == ("Failed", "removed_outside")
    to(world, row, 7 * DAY - 24 * HOUR)
    to(world, row, 7 * DAY - 4 * HOUR)
    assert warnings(row) == ["24", "4"]
