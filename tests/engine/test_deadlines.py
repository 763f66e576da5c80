"""Cleanup at the deadlines, by the moved clock."""

import pytest

from tests.engine.world import DAY, GRACE, LOOK_AGAIN, World, moved_seconds, removed, told


def _bring(world: World, status: str) -> str:
    row = world.make(1, status="PendingAcceptance")
    act = {"Rejected": world.box.reject, "Failed": world.box.fail, "Expired": world.box.expire}
    if status in act:
        act[status](row.external_id)
        world.observe()
    assert told(row)[0] == status
    return row.external_id


@pytest.mark.parametrize(
    ("status", "grace"), [("PendingAcceptance", DAY), ("Rejected", DAY), ("Failed", 7 * DAY)]
)
def test_cleanup_waits_for_the_deadline_to_the_second(world: World, status: str, grace: int) -> None:
    made = _bring(world, status)
    row = world.service.endpoints.get()
    world.later(grace - moved_seconds(row) - 2)
    assert told(row)[0] == status
    assert [e["id"] for e in world.alive()] == [made]
    assert row.removal_requested_at is None
    world.later(grace - moved_seconds(row))
    world.later(LOOK_AGAIN)
    assert told(row) == ("Deleting", "deleting_at_aws")
    assert row.removal_requested_by == "cleanup"
    assert row.removal_reason == "deadline_passed"
    assert world.alive() == []
    world.later(GRACE)
    assert removed(row)
    assert row.last_status == status
    assert world.ours() == []


def test_a_failed_row_without_an_object_is_forgotten_at_its_deadline(world: World) -> None:
    row = world.make(3, status="Failed")
    world.later(7 * DAY - 10)
    assert told(row)[0] == "Failed"
    world.later(10)
    world.later(LOOK_AGAIN)
    assert removed(row)
    assert world.writes() == 0


@pytest.mark.parametrize("status", ["Provisioning", "Ready"])
def test_a_status_without_a_deadline_lasts_for_ever(world: World, status: str) -> None:
    if status == "Provisioning":
        world.box.knobs(pending_seconds=1e9)
    row = world.make(2, status=status)
    world.later(400 * DAY)
    assert told(row)[0] == status
    assert len(world.alive()) == 1


@pytest.mark.parametrize("status", ["PendingAcceptance", "Rejected", "Failed"])
def test_with_aws_down_a_deadline_acts_only_on_a_newer_listing(world: World, status: str) -> None:
    made = _bring(world, status)
    row = world.service.endpoints.get()
    fault = world.box.fault("error", operation="DescribeVpcEndpoints")
    world.later(30 * DAY)
    assert told(row)[0] == status
    assert row.removal_requested_at is None
    assert [e["id"] for e in world.alive()] == [made]
    world.box.clear_fault(fault)
    world.later(LOOK_AGAIN)
    world.later(LOOK_AGAIN)
    assert told(row)[0] == "Deleting"
    assert world.alive() == []


def test_an_endpoint_accepted_while_aws_was_down_is_not_cleaned_up(world: World) -> None:
    made = _bring(world, "PendingAcceptance")
    row = world.service.endpoints.get()
    fault = world.box.fault("error", operation="DescribeVpcEndpoints")
    world.later(2 * DAY)
    world.box.accept(made)
    world.box.clear_fault(fault)
    world.later(LOOK_AGAIN)
    world.later(LOOK_AGAIN)
    assert told(row) == ("Ready", "available")
    assert [e["id"] for e in world.alive()] == [made]
