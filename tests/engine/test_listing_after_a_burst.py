"""When a region is listed after calls were made there: close after the last of them, never at their pace."""

import uuid
from datetime import datetime, timedelta

from endpoints.models import Region, ReversePrivateEndpoint, read_clock
from endpoints.reconcile.leases import claim_region
from tests.engine.world import GRACE, REGION, World


def listed_ago(seconds: float) -> datetime:
    """Let the region's last listing be so long ago, and its next one due as it is in motion; return now."""
    now = read_clock().now
    Region.objects.update(
        listed_at=now - timedelta(seconds=seconds), observe_due_at=now + timedelta(seconds=2 - seconds)
    )
    return now


def wait_from(now: datetime) -> float:
    """Return the seconds until the region's next listing; what has passed since counts as none."""
    due_at = Region.objects.get(name=REGION).observe_due_at
    assert due_at is not None
    return max(0.0, (due_at - now).total_seconds() - (read_clock().now - now).total_seconds())


def test_when_all_is_sent_the_region_is_listed_at_once(world: World) -> None:
    first, second = world.make(2), world.ask(2)
    now = listed_ago(1.2)
    world.reconcile()
    assert wait_from(now) == 0.0
    world.observe()
    second.refresh_from_db()
    assert second.status == "Ready"
    world.remove(first)
    now = listed_ago(1.2)
    world.reconcile()
    assert wait_from(now) == 0.0


def test_listings_keep_a_second_apart(world: World) -> None:
    world.make(2)
    world.ask(2)
    now = read_clock().now
    listed_ago(0.0)
    world.reconcile()
    assert 0.5 < (Region.objects.get().observe_due_at or now).timestamp() - now.timestamp() < 1.5


def test_who_sends_while_another_still_works_there_leaves_the_listing_to_that_one(world: World) -> None:
    held = world.make(2)
    world.ask(2)
    until = read_clock().real + timedelta(minutes=1)
    ReversePrivateEndpoint.objects.filter(pk=held.pk).update(lease_token=uuid.uuid4(), lease_until=until)
    now = listed_ago(1.2)
    due_at = Region.objects.get().observe_due_at
    world.reconcile()
    assert Region.objects.get().observe_due_at == due_at
    ReversePrivateEndpoint.objects.filter(pk=held.pk).update(lease_until=None, lease_token=None)
    world.remove(held)
    world.reconcile()
    assert wait_from(now) == 0.0


def test_a_listing_under_way_is_followed_by_another(world: World) -> None:
    world.make(2)
    world.ask(2)
    now = listed_ago(3.0)  # it is due, and somebody is at it
    assert claim_region(REGION, read_clock())
    before = Region.objects.get().observe_due_at
    world.reconcile()
    after = Region.objects.get().observe_due_at
    assert before != after, "so that the observer leaves it"
    assert after is not None
    assert (after - now).total_seconds() < 1.0


def test_looking_at_what_has_nothing_to_send_brings_no_listing(world: World) -> None:
    row = world.make(1, status="PendingAcceptance")
    world.later(GRACE)
    ReversePrivateEndpoint.objects.filter(pk=row.pk).update(due_at=read_clock().now)
    now = listed_ago(1.2)
    due_at = now + timedelta(seconds=50)
    Region.objects.update(observe_due_at=due_at)
    world.reconcile()
    assert wait_from(now) >= 1.9, "two seconds, as for anything that may be in motion"
