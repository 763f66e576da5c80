"""What a listing says of a row, and when it says nothing."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from endpoints.domain.timing import STALE_AFTER
from endpoints.models import Region, ReversePrivateEndpoint, read_clock
from endpoints.reconcile import act, leases, listing, observe
from endpoints.reconcile.work import Run
from tests.engine.world import GRACE, REGION, Asked, World, attempt_of, resource, told, wanted
from tests.sandbox_client import service_name

CREATE, DELETE, LIST = "CreateVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints"
BACKOFF = 16  # seconds: longer than the first wait after a failure


# --- listings ------------------------------------------------------------------------------------------


def _list_now() -> tuple[Region, uuid.UUID, listing.Listing]:
    """Read the region as its observer would, who is overtaken by the next to call this."""
    Region.objects.filter(pk=REGION).update(lease_until=None)
    token = leases.claim_region(REGION, read_clock())
    assert token is not None
    region = Region.objects.get(pk=REGION)
    return region, token, listing.read_region(region, token)


def test_a_listing_that_began_before_the_last_write_is_ignored(world: World) -> None:
    row = world.ask(1)
    region, token, old = _list_now()
    world.reconcile()
    assert told(row)[0] == "PendingAcceptance"
    assert observe._apply(region, token, old) is False
    assert attempt_of(row).absent_listings == 0
    world.box.accept(row.external_id)
    region, token, newer = _list_now()
    assert observe._apply(region, token, newer) is True
    assert told(row)[0] == "Ready"


def test_an_overtaken_observer_writes_nothing_of_what_it_saw(world: World) -> None:
    row = world.make(1, status="PendingAcceptance")
    world.box.reject(row.external_id)
    region, overtaken, old = _list_now()
    _list_now()
    with pytest.raises(leases.LeaseLost):
        observe._apply(region, overtaken, old)
    assert told(row)[0] == "PendingAcceptance"


def test_a_listing_that_began_before_a_delete_does_not_bring_the_endpoint_back(world: World) -> None:
    row = world.make(2)
    world.box.fault("read_lag", operation=LIST, seconds=0.001)
    region, token, old = _list_now()
    world.remove(row)
    world.reconcile()
    before = attempt_of(row)
    observe._apply(region, token, old)
    assert attempt_of(row).seen_digest == before.seen_digest
    assert told(row) == ("Deleting", "deleting_at_aws")


def test_a_row_that_a_worker_holds_is_left_alone_by_listings(world: World) -> None:
    row = world.make(2)
    row.due_at = read_clock().now
    row.save()
    lease = leases.claim_due(read_clock())
    assert lease is not None
    world.box.advance(GRACE)
    world.box.delete_by_hand(row.external_id)
    for _ in range(3):
        world.observe()
    assert attempt_of(row).absent_listings == 0
    lease.release(read_clock().now)
    world.work()
    assert told(row) == ("Failed", "removed_outside")


def test_half_a_listing_is_none(world: World) -> None:
    world.box.knobs(page_size_limit=5)
    rows = [world.make(2) for _ in range(7)]
    world.box.advance(GRACE)
    for _ in range(3):
        # The second page and its repetition: a look by id after it would find all that is missing.
        fault = world.box.fault("error", operation=LIST, nth=2, count=2)
        assert world.observe() is False
        world.box.clear_fault(fault)
    assert all(attempt_of(row).absent_listings == 0 for row in rows)
    assert world.observe() is True
    assert all(told(row)[0] == "Ready" for row in rows)


def test_only_one_observer_lists_a_region_at_a_time(world: World) -> None:
    token = leases.claim_region(REGION, read_clock())
    assert token is not None
    assert world.observe() is False
    assert world.box.count(operation=LIST) == 0
    Region.objects.filter(pk=REGION).update(lease_until=read_clock().real - timedelta(seconds=1))
    assert world.observe() is True


@pytest.mark.parametrize("asked", [wanted(service_name(REGION, 2)), resource()], ids=["together", "alone"])
def test_a_worker_that_lost_its_lease_writes_nothing(world: World, asked: Asked) -> None:
    row = world.ask_for(asked)
    lease = leases.claim_due(read_clock())
    assert lease is not None
    rows = ReversePrivateEndpoint.objects.filter(pk=row.pk)
    rows.update(lease_token=uuid.uuid4())
    before = rows.values().get()
    act.advance(lease, Run())
    assert rows.values().get() == before
    assert world.writes() == 0
    assert not row.attempts.exists()


def test_a_worker_whose_lease_is_nearly_over_sends_nothing(world: World, settings: Any) -> None:
    settings.LEASE_SECONDS = settings.AWS_CONNECT_SECONDS + settings.AWS_READ_SECONDS - 1
    row = world.ask(2)
    for _ in range(3):
        lease = leases.claim_due(read_clock())
        if lease is None:
            break
        act.advance(lease, Run())
        row.__class__.objects.filter(pk=row.pk).update(lease_token=None, lease_until=None)
    assert world.writes() == 0
    settings.LEASE_SECONDS = 90
    world.later(BACKOFF)
    assert told(row) == ("Ready", "available")
    assert len(world.ours()) == 1


def test_one_poisonous_row_does_not_stop_the_others(world: World) -> None:
    sick, healthy = world.ask(2), world.ask(2)
    sick.__class__.objects.filter(pk=sick.pk).update(parameters={"vpcEndpointServiceName": "?"})
    world.work()
    assert told(healthy) == ("Ready", "available")
    assert told(sick)[0] == "Provisioning"
    assert len(world.ours()) == 1


# --- staleness -----------------------------------------------------------------------------------------


def test_after_an_hour_without_a_listing_a_row_is_stale_and_its_status_stays(world: World) -> None:
    row = world.make(2)
    since = row.status_since
    down = world.box.fault("error", operation=LIST)
    world.observe()
    row.refresh_from_db()
    listed_at = Region.objects.get(pk=REGION).listed_at
    assert listed_at is not None
    row.region.refresh_from_db()
    assert not row.is_stale(listed_at + STALE_AFTER - timedelta(seconds=1))
    assert row.is_stale(listed_at + STALE_AFTER)
    world.later(7200)
    assert told(row) == ("Ready", "available")
    assert row.status_since == since
    row.region.refresh_from_db()
    assert row.is_stale(read_clock().now)
    assert row.region.raw_error
    world.box.clear_fault(down)
    world.observe()
    row.region.refresh_from_db()
    assert not row.is_stale(read_clock().now)
    assert row.region.failing_since is None


def test_a_region_without_trouble_is_not_stale_however_long_ago_it_was_listed(world: World) -> None:
    row = world.make(2)
    row.region.refresh_from_db()
    assert not row.is_stale(read_clock().now + timedelta(days=1))
