"""A listing that says nothing about a row must not pass for an observation of it."""

from endpoints.models import ReversePrivateEndpoint, read_clock
from endpoints.reconcile import act
from endpoints.reconcile.leases import Lease, claim_due
from endpoints.reconcile.work import Run
from tests.engine.world import DAY, LOOK_AGAIN, World


def accepted_just_before_its_deadline(world: World) -> ReversePrivateEndpoint:
    """Return a row still shown as PendingAcceptance, a day later, whose owner has accepted meanwhile."""
    row = world.make(1, status="PendingAcceptance")
    world.box.accept(row.external_id)
    world.box.advance(DAY + 1)
    return row


def held() -> Lease:
    """Claim the one row that is due."""
    lease = claim_due(read_clock())
    assert lease is not None
    return lease


def test_a_row_held_during_the_listing_after_its_deadline_is_not_cleaned_up(world: World) -> None:
    row = accepted_just_before_its_deadline(world)
    lease = held()
    world.observe()
    act.advance(lease, Run())
    world.later(LOOK_AGAIN)
    row.refresh_from_db()
    assert (row.status, row.removal_requested_at) == ("Ready", None)


def test_a_row_released_after_the_listing_it_was_held_during_is_not_cleaned_up(world: World) -> None:
    row = accepted_just_before_its_deadline(world)
    lease = held()
    due_at = act._advance(lease, Run())
    world.observe()
    lease.release(due_at)
    world.box.advance(LOOK_AGAIN)
    world.reconcile()
    row.refresh_from_db()
    assert row.removal_requested_at is None
    world.later(LOOK_AGAIN)
    row.refresh_from_db()
    assert row.status == "Ready"
