"""What holds for an endpoint of any type, from a request to Ready and back to nothing."""

import pytest

from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.engine.kinds import KINDS, Kind
from tests.engine.world import DAY, GRACE, World, attempt_of, codes, moved_seconds, removed, told

FAULTS = ["lost_answer", "error_after", "error", "drop", "throttle"]


@pytest.fixture(params=list(EndpointType))
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


def _make(world: World, kind: Kind) -> ReversePrivateEndpoint:
    return world.make_of(kind.asked)


def test_it_becomes_ready_and_after_its_removal_aws_shows_nothing_of_ours(world: World, kind: Kind) -> None:
    row = _make(world, kind)
    assert told(row) == ("Ready", "available")
    assert [*row.dns_names, *row.private_dns_names]
    (made,) = world.ours()
    assert made["id"] == row.external_id
    assert made["tags"]["postern:endpoint-id"] == str(row.pk)
    assert made["tags"]["postern:generation"] == "1"
    world.remove(row)
    world.work()
    world.later(GRACE)
    assert removed(row)
    assert row.last_status == "Ready"
    assert world.ours() == []
    assert world.box.count(operation=kind.create) == 1
    assert world.box.count(operation=kind.delete) == 1
    assert codes(row)[-3:] == ["delete_sent", "gone_at_aws", "removed"]


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_becomes_of_the_create_one_object_is_made(world: World, kind: Kind, fault: str) -> None:
    world.box.fault(fault, operation=kind.create, count=1)
    row = world.ask_for(kind.asked)
    world.work()
    for _ in range(5):
        world.later(20)
    assert told(row) == ("Ready", "available")
    assert len(world.ours()) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_becomes_of_the_delete_nothing_is_left(world: World, kind: Kind, fault: str) -> None:
    row = _make(world, kind)
    world.box.fault(fault, operation=kind.delete, count=2)
    world.remove(row)
    world.work()
    for _ in range(4):
        world.later(GRACE / 2)
    assert removed(row)
    assert world.ours() == []


@pytest.mark.parametrize("fault", ["lost_answer", "drop"])
def test_removal_while_the_create_is_unanswered_leaves_nothing(world: World, kind: Kind, fault: str) -> None:
    world.box.fault(fault, operation=kind.create, count=1)
    row = world.ask_for(kind.asked)
    world.reconcile()
    world.remove(row)
    for _ in range(5):
        world.later(GRACE / 2)
    assert removed(row)
    assert world.ours() == []


def test_deleted_by_hand_it_fails_and_is_made_again_only_by_a_retry(world: World, kind: Kind) -> None:
    row = _make(world, kind)
    first = row.external_id
    kind.delete_by_hand(world, row)
    world.later(GRACE)
    assert told(row) == ("Failed", "removed_outside")
    world.later(GRACE)
    assert world.alive() == []
    world.retry(row)
    for _ in range(3):
        world.later(20)
    assert told(row) == ("Ready", "available")
    assert row.external_id != first
    assert attempt_of(row).generation == 2


def test_what_failed_is_cleaned_up_after_seven_days_with_its_object(world: World, kind: Kind) -> None:
    row = _make(world, kind)
    kind.fail(world, row)
    world.later(300)
    assert told(row)[0] == "Failed"
    world.later(7 * DAY - moved_seconds(row) - 60)
    assert told(row)[0] == "Failed"
    assert len(world.alive()) == 1
    world.later(61)
    world.later(10)
    assert told(row)[0] == "Deleting"
    world.later(GRACE)
    assert removed(row)
    assert row.removal_requested_by == "cleanup"
    assert world.ours() == []


def test_while_nothing_can_be_listed_nothing_is_judged(world: World, kind: Kind) -> None:
    row = _make(world, kind)
    world.box.fault("error", operation=kind.listing)
    kind.delete_by_hand(world, row)
    for _ in range(4):
        world.later(GRACE)
    assert told(row) == ("Ready", "available")
    world.box.clear_faults()
    world.later(GRACE)
    assert told(row) == ("Failed", "removed_outside")


def test_a_listing_that_lags_does_not_forget_it(world: World, kind: Kind) -> None:
    world.box.fault("read_lag", operation=kind.listing, seconds=200)
    row = world.ask_for(kind.asked)
    for _ in range(8):
        world.later(20)
    assert told(row)[0] in ("Provisioning", "Ready")
    world.later(GRACE)
    world.later(60)
    assert told(row) == ("Ready", "available")
    assert len(world.ours()) == 1


def test_while_writes_are_paused_nothing_is_written_and_it_goes_on_afterwards(
    world: World, kind: Kind
) -> None:
    world.network.writes_paused = True
    world.network.save()
    row = world.ask_for(kind.asked)
    world.work()
    world.later(60)
    assert told(row) == ("Provisioning", "writes_paused")
    assert world.writes() == 0
    world.network.writes_paused = False
    world.network.save()
    for _ in range(3):
        world.later(20)
    assert told(row) == ("Ready", "available")


def test_a_clean_retry_after_a_failure_removes_the_old_object_first(world: World, kind: Kind) -> None:
    row = _make(world, kind)
    first = row.external_id
    kind.fail(world, row)
    world.later(300)
    world.retry(row)
    for _ in range(4):
        world.later(GRACE / 2)
    assert told(row) == ("Ready", "available")
    assert row.external_id != first
    assert [thing["id"] for thing in world.alive()] == [row.external_id]
