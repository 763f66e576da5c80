"""Objects that come to light after they were believed gone, and what is not ours to touch."""

import uuid

from endpoints.models import Installation
from tests.engine.world import GRACE, REGION, World, attempt_of, codes, removed, told
from tests.sandbox_client import service_id

CREATE, DELETE, LIST = "CreateVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints"
BACKOFF = 16  # seconds: longer than the first wait after a failure


def test_the_late_create_of_a_dead_worker_is_taken_back_and_deleted(world: World) -> None:
    row = world.ask(2)
    world.box.fault("drop", operation=CREATE, count=1)
    world.reconcile()
    request = dict(attempt_of(row).request)
    world.box.fault("error", operation=CREATE, status=400, code="InvalidParameter", message="No.")
    world.remove(row)
    for _ in range(4):
        world.later(GRACE)
    assert removed(row)
    world.box.clear_faults()
    world.box.boto3("ec2", REGION).create_vpc_endpoint(**request)
    assert len(world.alive()) == 1
    world.later(GRACE)
    row.refresh_from_db()
    assert "seen_again" in codes(row)
    world.later(GRACE)
    world.later(GRACE)
    assert removed(row)
    assert world.ours() == []


def test_an_object_that_reappears_after_it_was_told_removed_outside_is_the_endpoint_again(
    world: World,
) -> None:
    row = world.make(2)
    world.box.advance(GRACE)
    lag = world.box.fault("read_lag", operation=LIST, seconds=1e6)
    world.work()
    assert told(row) == ("Failed", "removed_outside")
    world.box.clear_fault(lag)
    world.later(60)
    assert told(row) == ("Ready", "available")
    assert row.claims.exists()
    assert len(world.alive()) == 1


def test_an_object_that_reappears_under_a_name_taken_meanwhile_is_cleaned_up(world: World) -> None:
    row = world.make(2)
    world.box.advance(GRACE)
    lag = world.box.fault("read_lag", operation=LIST, seconds=1e6)
    world.work()
    assert told(row) == ("Failed", "removed_outside")
    other = world.ask(2, other=True)
    world.box.clear_fault(lag)
    for _ in range(3):
        world.later(GRACE)
    assert removed(row)
    assert row.removal_requested_by == "cleanup"
    assert told(other) == ("Ready", "available")
    assert [made["id"] for made in world.alive()] == [other.external_id]


def test_an_object_with_our_tag_that_no_row_ever_made_is_left_alone(world: World) -> None:
    world.box.fabricate(
        service_id(REGION, 2),
        region=REGION,
        state="available",
        tags={
            "postern:installation": str(Installation.get().pk),
            "postern:endpoint-id": str(uuid.uuid4()),
            "postern:generation": "1",
        },
    )
    world.later(GRACE)
    assert len(world.alive()) == 1
    assert world.writes() == 0
