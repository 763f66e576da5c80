"""What goes wrong between Postern and AWS, and what is there afterwards: in AWS and in the rows."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

import pytest

from endpoints.domain.timing import STALE_AFTER
from endpoints.models import Installation, Region, read_clock
from endpoints.reconcile import act, leases, listing, observe
from tests.engine.conftest import forget_clients
from tests.engine.world import GRACE, REGION, World, attempt_of, codes, removed, told
from tests.sandbox_client import OWNER, OWNER_KEY, service_id

CREATE, DELETE, LIST = "CreateVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints"
BACKOFF = 16  # seconds: longer than the first wait after a failure


# --- create ---------------------------------------------------------------------------------------------


def test_lost_create_answer_never_makes_a_second_endpoint(world: World) -> None:
    world.box.fault("lost_answer", operation=CREATE, count=1)
    row = world.ask(2)
    world.reconcile()
    assert attempt_of(row).in_doubt
    assert told(row) == ("Provisioning", "aws_unavailable")
    assert len(world.alive()) == 1
    world.later(BACKOFF)
    assert told(row) == ("Ready", "available")
    (made,) = world.ours()
    assert made["id"] == row.external_id
    assert not attempt_of(row).in_doubt
    assert row.raw_error == ""
    assert world.box.count(operation=CREATE, effect=True) == 1


def test_after_a_lost_answer_the_object_is_found_by_its_tags_before_anything_is_sent(world: World) -> None:
    world.box.fault("lost_answer", operation=CREATE, count=1)
    row = world.ask(2)
    world.reconcile()
    world.box.advance(BACKOFF)
    world.reconcile()
    assert told(row) == ("Ready", "available")
    assert "adopted" in codes(row)
    assert world.box.count(operation=CREATE) == 1


def test_where_reads_lag_the_repeated_create_is_answered_with_the_first_object(world: World) -> None:
    world.box.fault("lost_answer", operation=CREATE, count=1)
    world.box.fault("read_lag", operation=LIST, seconds=120)
    row = world.ask(2)
    world.reconcile()
    world.box.advance(BACKOFF)
    world.reconcile()
    assert told(row) == ("Ready", "available")
    assert world.box.count(operation=CREATE) == 2
    assert len(world.ours()) == 1
    assert len({str(call["params"]) for call in world.box.calls(operation=CREATE)}) == 1


def test_an_object_seen_in_a_listing_needs_no_repeated_create(world: World) -> None:
    world.box.fault("lost_answer", operation=CREATE, count=1)
    row = world.ask(2)
    world.reconcile()
    world.observe()
    assert told(row) == ("Ready", "available")
    world.later(3600)
    assert world.box.count(operation=CREATE) == 1


@pytest.mark.parametrize("kind", ["error", "throttle", "drop"])
def test_trouble_before_the_effect_is_waited_out(world: World, kind: str) -> None:
    world.box.fault(kind, operation=CREATE, count=3)
    row = world.ask(2)
    world.work()
    assert told(row) == ("Provisioning", "aws_unavailable")
    assert row.raw_error
    assert world.ours() == []
    for _ in range(4):
        world.later(60)
    assert told(row) == ("Ready", "available")
    assert len(world.ours()) == 1
    assert row.failures == 0
    assert row.raw_error == ""


def test_an_error_after_the_effect_still_makes_one_endpoint(world: World) -> None:
    world.box.fault("error_after", operation=CREATE, count=2)
    row = world.ask(2)
    world.reconcile()
    for _ in range(3):
        world.later(60)
    assert told(row) == ("Ready", "available")
    assert len(world.ours()) == 1
    assert world.box.count(operation=CREATE, effect=True) == 1


def test_waits_grow_while_aws_keeps_failing_and_the_status_stays(world: World) -> None:
    world.box.fault("error", operation=CREATE)
    row = world.ask(2)
    waits = []
    for _ in range(12):
        world.reconcile()
        row.refresh_from_db()
        assert row.due_at is not None
        waits.append((row.due_at - read_clock().now).total_seconds())
        world.box.advance(waits[-1] + 1)
    assert 4 < waits[0] <= 10
    assert all(later > 0.45 * sooner for sooner, later in itertools.pairwise(waits))
    assert 440 < waits[-1] <= 900
    assert told(row) == ("Provisioning", "aws_unavailable")
    assert codes(row).count("aws_trouble") == 1


def test_a_fresh_endpoint_missing_in_lagging_reads_is_not_removed_outside_and_not_made_twice(
    world: World,
) -> None:
    world.box.fault("read_lag", operation=LIST, seconds=240)
    row = world.ask(2)
    world.work()
    for _ in range(8):
        world.later(30)
        assert told(row) == ("Ready", "available")
    world.later(GRACE)
    assert told(row) == ("Ready", "available")
    assert len(world.ours()) == 1
    assert world.box.count(operation=CREATE) == 1


def test_a_refused_repeat_after_a_lost_answer_never_closes_while_the_object_may_exist(world: World) -> None:
    world.box.fault("lost_answer", operation=CREATE, count=1)
    lag = world.box.fault("read_lag", operation=LIST, seconds=1e6)
    row = world.ask(2)
    world.reconcile()
    world.box.fault("error", operation=CREATE, status=400, code="InvalidParameter", message="No.")
    world.later(BACKOFF)
    attempt = attempt_of(row)
    assert attempt.refused_at is not None
    assert attempt.in_doubt
    assert attempt.gone_at is None
    assert told(row)[0] == "Provisioning"
    assert row.claims.exists()
    world.box.clear_fault(lag)
    world.later(30)
    assert told(row) == ("Ready", "available")
    assert len(world.alive()) == 1


def test_a_refused_repeat_fails_only_after_grace_and_two_listings_without_the_object(world: World) -> None:
    world.box.fault("drop", operation=CREATE, count=1)
    row = world.ask(2)
    world.reconcile()
    world.box.fault("error", operation=CREATE, status=400, code="InvalidParameter", message="No.")
    world.later(BACKOFF)
    assert told(row)[0] == "Provisioning"
    world.later(GRACE - BACKOFF - 10)
    assert told(row)[0] == "Provisioning"
    world.later(2 * GRACE)
    assert told(row) == ("Failed", "refused_by_aws")
    assert row.reason_params["code"] == "InvalidParameter"
    assert attempt_of(row).gone_at is not None
    assert not row.claims.exists()
    assert world.ours() == []


def test_a_refusal_of_the_first_create_fails_at_once_with_nothing_in_aws(world: World) -> None:
    world.box.fault("error", operation=CREATE, status=400, code="InvalidServiceName", message="No such.")
    row = world.make(2, status="Failed")
    assert row.reason == "service_not_found"
    assert row.raw_error == "InvalidServiceName: No such."
    assert attempt_of(row).gone_at is not None
    assert not row.claims.exists()


def test_the_saved_request_is_repeated_even_if_the_network_changed_meanwhile(world: World) -> None:
    world.box.fault("lost_answer", operation=CREATE, count=1)
    world.box.fault("read_lag", operation=LIST, seconds=120)
    row = world.ask(2)
    world.reconcile()
    world.network.subnet_ids = world.network.subnet_ids[:1]
    world.network.save()
    world.box.advance(BACKOFF)
    world.reconcile()
    assert told(row) == ("Ready", "available")
    assert len(world.ours()) == 1
    assert world.box.count(error_code="IdempotentParameterMismatch") == 0


# --- removal --------------------------------------------------------------------------------------------


def test_removal_while_the_create_is_unanswered_leaves_nothing_in_aws(world: World) -> None:
    world.box.fault("lost_answer", operation=CREATE, count=1)
    lag = world.box.fault("read_lag", operation=LIST, seconds=1e6)
    row = world.ask(2)
    world.reconcile()
    world.remove(row)
    world.later(BACKOFF)
    assert not removed(row)
    world.box.clear_fault(lag)
    world.later(GRACE)
    world.later(GRACE)
    assert removed(row)
    assert world.ours() == []
    assert world.box.count(operation=CREATE, effect=True) == 1


def test_removal_after_a_create_that_never_arrived_leaves_nothing_in_aws(world: World) -> None:
    world.box.fault("drop", operation=CREATE, count=1)
    row = world.ask(2)
    world.reconcile()
    world.remove(row)
    for _ in range(3):
        world.later(GRACE)
    assert removed(row)
    assert world.ours() == []


def test_removal_before_anything_was_sent_makes_no_call_that_writes(world: World) -> None:
    row = world.ask(2)
    world.remove(row)
    world.reconcile()
    assert removed(row)
    assert world.writes() == 0


def test_an_endpoint_is_not_forgotten_before_grace_even_if_listings_miss_it(world: World) -> None:
    row = world.make(2)
    world.remove(row)
    lag = world.box.fault("read_lag", operation=LIST, seconds=1e6)
    world.box.knobs(deleting_seconds=100)
    world.later(GRACE - 60)
    assert not removed(row)
    world.box.clear_fault(lag)
    world.later(120)
    assert removed(row)
    assert world.ours() == []


def test_a_lost_delete_answer_ends_in_nothing(world: World) -> None:
    row = world.make(2)
    world.box.fault("lost_answer", operation=DELETE, count=1)
    world.remove(row)
    world.work()
    assert not removed(row)
    world.later(GRACE)
    world.later(GRACE)
    assert removed(row)
    assert world.ours() == []


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "InternalError"])
def test_a_delete_that_aws_refuses_item_by_item_is_no_deletion(world: World, code: str) -> None:
    row = world.make(2)
    world.box.fault("partial_delete", operation=DELETE, resource=row.external_id, code=code, count=2)
    world.remove(row)
    world.work()
    assert not removed(row)
    assert attempt_of(row).delete_asked_at is None
    assert row.raw_error.startswith(code)
    assert len(world.alive()) == 1
    for _ in range(4):
        world.later(GRACE)
    assert removed(row)
    assert world.ours() == []


def test_a_delete_that_aws_took_but_never_carried_out_is_asked_for_again(world: World) -> None:
    row = world.make(2)
    show = world.box.fault("rewrite", operation=LIST, set={"State": "available"})
    world.box.knobs(deleting_seconds=1000)
    world.remove(row)
    world.work()
    assert world.box.count(operation=DELETE) == 1
    world.later(61)
    assert world.box.count(operation=DELETE) == 2
    world.box.clear_fault(show)
    world.later(1000)
    assert removed(row)


# --- late effects ---------------------------------------------------------------------------------------


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


# --- what AWS says --------------------------------------------------------------------------------------


def test_missing_rights_are_told_as_the_operators_to_fix_and_heal_by_themselves(world: World) -> None:
    text = "You are not authorized to perform this operation."
    denied = world.box.fault(
        "error", operation=CREATE, status=403, code="UnauthorizedOperation", message=text
    )
    row = world.ask(2)
    world.work()
    assert told(row) == ("Provisioning", "operator_must_act")
    assert row.raw_error == f"UnauthorizedOperation: {text}"
    event = row.events.get(code="aws_trouble")
    assert event.operation == CREATE
    assert event.aws_request_id
    world.box.clear_fault(denied)
    world.later(60)
    world.later(60)
    assert told(row) == ("Ready", "available")
    assert row.raw_error == ""


def test_a_full_quota_is_the_operators_to_fix(world: World) -> None:
    world.box.knobs(interface_quota_per_vpc=0)
    row = world.ask(2)
    world.work()
    assert told(row) == ("Provisioning", "operator_must_act")
    assert row.raw_error.startswith("VpcEndpointLimitExceeded")
    world.box.knobs(interface_quota_per_vpc=50)
    world.later(60)
    assert told(row) == ("Ready", "available")


def test_an_unknown_state_is_unknown_and_the_object_stays(world: World) -> None:
    row = world.make(2)
    odd = world.box.fault("rewrite", operation=LIST, set={"State": "rebooting"})
    world.work()
    assert told(row) == ("Unknown", "unknown_state")
    assert row.reason_params == {"state": "rebooting"}
    world.later(40 * 24 * 3600)
    assert told(row)[0] == "Unknown"
    assert len(world.alive()) == 1
    world.box.clear_fault(odd)
    world.work()
    assert told(row) == ("Ready", "available")


def test_states_are_read_in_any_letter_case(world: World) -> None:
    row = world.make(2)
    world.box.fault("rewrite", operation=LIST, set={"State": "PENDINGACCEPTANCE"})
    world.work()
    assert told(row)[0] == "PendingAcceptance"


# --- listings -------------------------------------------------------------------------------------------


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
    world.box.fault("error", operation=LIST, nth=2, count=100)
    for _ in range(3):
        assert world.observe() is False
    assert all(attempt_of(row).absent_listings == 0 for row in rows)
    world.box.clear_faults()
    assert world.observe() is True
    assert all(told(row)[0] == "Ready" for row in rows)


def test_only_one_observer_lists_a_region_at_a_time(world: World) -> None:
    token = leases.claim_region(REGION, read_clock())
    assert token is not None
    assert world.observe() is False
    assert world.box.count(operation=LIST) == 0
    Region.objects.filter(pk=REGION).update(lease_until=read_clock().real - timedelta(seconds=1))
    assert world.observe() is True


def test_a_worker_that_lost_its_lease_writes_nothing(world: World) -> None:
    row = world.ask(2)
    lease = leases.claim_due(read_clock())
    assert lease is not None
    row.__class__.objects.filter(pk=row.pk).update(lease_token=uuid.uuid4())
    act.advance(lease)
    assert told(row) == ("Provisioning", "requested")
    assert world.writes() == 0
    assert not row.attempts.exists()


def test_a_worker_whose_lease_is_nearly_over_sends_nothing(world: World, settings: Any) -> None:
    settings.LEASE_SECONDS = settings.AWS_CONNECT_SECONDS + settings.AWS_READ_SECONDS - 1
    row = world.ask(2)
    for _ in range(3):
        lease = leases.claim_due(read_clock())
        if lease is None:
            break
        act.advance(lease)
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


# --- staleness ------------------------------------------------------------------------------------------


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


# --- another account, pauses ----------------------------------------------------------------------------


def test_in_another_account_nothing_is_counted_absent_and_nothing_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = world.make(2)
    waiting = world.ask(2)
    world.box.advance(GRACE)
    since = world.box.last_seq()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OWNER_KEY)
    forget_clients()
    for _ in range(3):
        assert world.observe() is False
        world.reconcile()
    world.later(3600)
    assert attempt_of(row).absent_listings == 0
    assert told(row) == ("Ready", "available")
    assert told(waiting) == ("Provisioning", "operator_must_act")
    assert not waiting.attempts.exists()
    assert world.writes(since=since) == 0
    region = Region.objects.get(pk=REGION)
    assert region.account_mismatch
    assert region.account_seen == OWNER
    assert "WrongAccount" in region.raw_error
    monkeypatch.undo()
    for name, value in world.box.environment().items():
        monkeypatch.setenv(name, value)
    forget_clients()
    world.later(3600)
    assert told(row) == ("Ready", "available")
    assert told(waiting) == ("Ready", "available")
    assert not Region.objects.get(pk=REGION).account_mismatch


def test_credentials_that_change_under_a_running_worker_never_turn_into_absence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from endpoints.providers import session

    row = world.make(2)
    world.box.advance(GRACE)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OWNER_KEY)
    for kept in (session.ec2_reader, session.ec2_writer, session._session):
        kept.cache_clear()
    for _ in range(3):
        assert world.observe() is False
    assert attempt_of(row).absent_listings == 0
    forget_clients()


def _move(world: World) -> None:
    Installation.objects.update(pg_system_identifier="1")


def _pause(world: World) -> None:
    Installation.objects.update(writes_paused=True)


def _pause_network(world: World) -> None:
    world.network.writes_paused = True
    world.network.save()


def _plan(world: World) -> None:
    Installation.objects.update(plan_only=True)


@pytest.mark.parametrize(
    ("hold_up", "why"),
    [(_move, "moved"), (_pause, "paused"), (_pause_network, "paused"), (_plan, "plan_only")],
)
def test_while_writes_are_held_up_reads_go_on_and_nothing_is_written(
    world: World, hold_up: Any, why: str
) -> None:
    identity = Installation.objects.values("pg_system_identifier").get()
    waiting_for_owner = world.make(1, status="PendingAcceptance")
    leaving = world.make(2)
    hold_up(world)
    since = world.box.last_seq()
    new = world.ask(2)
    world.remove(leaving)
    world.box.accept(waiting_for_owner.external_id)
    world.later(60)
    assert world.writes(since=since) == 0
    assert told(waiting_for_owner) == ("Ready", "available")
    assert told(new) == ("Provisioning", "writes_paused")
    assert new.reason_params == {"why": why}
    assert new.planned == "create"
    assert told(leaving)[0] == "Deleting"
    assert leaving.planned == "delete"
    Installation.objects.update(writes_paused=False, plan_only=False, **identity)
    world.network.writes_paused = False
    world.network.save()
    world.later(60)
    world.later(GRACE)
    assert told(new) == ("Ready", "available")
    assert new.planned == ""
    assert removed(leaving)


@pytest.mark.parametrize("name", ["AWS_WRITES_PAUSED", "PLAN_ONLY"])
def test_a_setting_holds_up_writes_as_well(world: World, settings: Any, name: str) -> None:
    setattr(settings, name, True)
    row = world.ask(2)
    world.work()
    assert told(row) == ("Provisioning", "writes_paused")
    assert world.writes() == 0
