"""What goes wrong between Postern and AWS, and what is there afterwards: in AWS and in the rows."""

import itertools

import pytest

from endpoints.models import Region, read_clock
from tests.engine.world import GRACE, REGION, World, attempt_of, codes, removed, told

CREATE, DELETE, LIST = "CreateVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints"
BACKOFF = 16  # seconds: longer than the first wait after a failure


# --- create --------------------------------------------------------------------------------------------


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


# --- removal -------------------------------------------------------------------------------------------


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


# --- what AWS says -------------------------------------------------------------------------------------


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


def test_a_quota_that_is_fuller_than_we_know_is_the_operators_to_fix(world: World) -> None:
    Region.objects.filter(pk=REGION).update(quotas={"interface": 50}, quotas_at=read_clock().now)
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
