"""From a request to Ready and back to nothing, against the sandbox."""

from datetime import timedelta

import pytest

from endpoints.domain.dns import sort_interface_names
from endpoints.domain.timing import OBSERVE_IN_MOTION
from endpoints.models import Region, read_clock
from endpoints.reconcile import leases
from tests.engine.world import GRACE, World, attempt_of, codes, removed, told


def test_an_accepted_endpoint_becomes_ready_and_after_its_removal_aws_shows_nothing_of_ours(
    world: World,
) -> None:
    row = world.ask(1)
    assert told(row) == ("Provisioning", "requested")
    world.work()
    assert told(row) == ("PendingAcceptance", "owner_must_accept")
    assert row.dns_names == []
    (made,) = world.ours()
    assert made["id"] == row.external_id
    world.box.accept(row.external_id)
    world.work()
    assert told(row) == ("Ready", "available")
    names = sort_interface_names(row.dns_names)
    assert len(names.regional) == 1
    assert len(names.zonal) == 3
    assert names.private == ()
    assert all(name.startswith(row.external_id) for name in row.dns_names)
    world.remove(row)
    world.work()
    assert told(row)[0] == "Deleting"
    world.later(GRACE)
    assert removed(row)
    assert row.last_status == "Ready"
    assert world.ours() == []
    assert not row.claims.exists()
    assert world.box.count(operation="CreateVpcEndpoint") == 1
    assert world.box.count(operation="DeleteVpcEndpoints") == 1
    assert codes(row)[-3:] == ["delete_sent", "gone_at_aws", "removed"]


def test_the_endpoint_carries_our_three_tags_from_its_first_moment(world: World) -> None:
    row = world.make(2)
    (made,) = world.ours()
    assert made["tags"] == {
        "postern:endpoint-id": str(row.pk),
        "postern:generation": "1",
        "postern:installation": made["tags"]["postern:installation"],
    }
    assert made["vpc_id"] == world.network.vpc_id
    assert made["subnet_ids"] == world.network.subnet_ids
    assert made["private_dns_enabled"] is False


def test_a_deleted_endpoint_that_aws_still_shows_as_deleted_counts_as_gone_at_once(world: World) -> None:
    row = world.make(2)
    world.box.knobs(deleted_visible_seconds=600)
    world.remove(row)
    world.work()
    assert removed(row)


def test_a_removed_row_waits_for_aws_to_finish_deleting(world: World) -> None:
    row = world.make(2)
    world.box.knobs(deleting_seconds=900)
    world.remove(row)
    world.later(GRACE + 60)
    assert not removed(row)
    assert told(row) == ("Deleting", "deleting_at_aws")
    world.later(900)
    assert removed(row)


def test_pending_is_provisioning_until_aws_says_available(world: World) -> None:
    world.box.knobs(pending_seconds=90)
    row = world.ask(2)
    world.work()
    assert told(row) == ("Provisioning", "creating")
    assert row.dns_names == []
    world.later(91)
    assert told(row) == ("Ready", "available")


def test_pending_after_acceptance_is_told_as_connecting(world: World) -> None:
    world.box.knobs(pending_seconds=90)
    row = world.make(1, status="PendingAcceptance")
    world.box.accept(row.external_id)
    world.work()
    assert told(row) == ("Provisioning", "connecting")


def test_a_rejected_endpoint_is_rejected_and_its_object_stays_until_the_deadline(world: World) -> None:
    row = world.make(1, status="PendingAcceptance")
    world.box.reject(row.external_id)
    world.work()
    assert told(row) == ("Rejected", "rejected_by_owner")
    assert [made["id"] for made in world.alive()] == [row.external_id]


def test_an_owner_may_reject_an_endpoint_that_was_ready(world: World) -> None:
    row = world.make(2)
    world.box.reject(row.external_id)
    world.work()
    assert told(row) == ("Rejected", "rejected_by_owner")
    assert row.dns_names == []


def test_an_expired_endpoint_is_cleaned_up_at_once(world: World) -> None:
    row = world.make(1, status="PendingAcceptance")
    world.box.expire(row.external_id)
    world.observe()
    assert told(row) == ("Expired", "not_accepted_in_time")
    world.work()
    assert told(row)[0] == "Deleting"
    assert row.removal_requested_by == "cleanup"
    assert world.alive() == []
    world.later(GRACE)
    assert removed(row)
    assert row.last_status == "Expired"


@pytest.mark.parametrize(
    ("code", "text", "raw"),
    [
        ("InsufficientFreeAddresses", "No free addresses.", "InsufficientFreeAddresses: No free addresses."),
        ("", "", ""),
    ],
)
def test_a_failed_endpoint_says_what_aws_said_even_if_that_is_nothing(
    world: World, code: str, text: str, raw: str
) -> None:
    row = world.make(2)
    world.box.fail(row.external_id, code, text)
    world.work()
    assert told(row) == ("Failed", "failed_at_aws")
    assert row.reason_params == {"code": code, "message": text}
    assert row.raw_error == raw
    assert row.dns_names == []


def test_an_endpoint_deleted_by_hand_is_told_and_never_made_again(world: World) -> None:
    row = world.make(2)
    world.box.delete_by_hand(row.external_id)
    world.work()
    assert told(row) == ("Ready", "available")
    world.later(GRACE)
    assert told(row) == ("Failed", "removed_outside")
    assert not row.claims.exists()
    world.later(3600)
    assert world.alive() == []
    assert world.box.count(operation="CreateVpcEndpoint") == 1
    assert world.box.count(operation="DeleteVpcEndpoints") == 0


def test_one_listing_without_an_endpoint_is_not_yet_an_absence(world: World) -> None:
    row = world.make(2)
    world.box.advance(GRACE)
    world.box.delete_by_hand(row.external_id)
    world.observe()
    world.reconcile()
    assert told(row)[0] == "Ready"
    world.observe()
    world.reconcile()
    assert told(row) == ("Failed", "removed_outside")


def test_an_endpoint_seen_again_after_one_missing_listing_starts_its_absence_anew(world: World) -> None:
    row = world.make(2)
    world.box.advance(GRACE)
    fault = world.box.fault("read_lag", operation="DescribeVpcEndpoints", seconds=1e6)
    world.observe()
    world.box.clear_fault(fault)
    world.observe()
    assert attempt_of(row).absent_listings == 0
    world.box.delete_by_hand(row.external_id)
    world.observe()
    world.reconcile()
    assert told(row)[0] == "Ready"


def test_a_retry_deletes_the_old_object_before_it_makes_the_next(world: World) -> None:
    row = world.make(1, status="PendingAcceptance")
    first = row.external_id
    world.box.reject(first)
    world.work()
    world.retry(row)
    assert told(row)[0] == "Rejected"
    world.reconcile()
    assert told(row) == ("Provisioning", "replacing")
    world.work()
    assert world.ours() == []
    assert world.box.count(operation="CreateVpcEndpoint") == 1
    world.later(GRACE)
    assert told(row) == ("PendingAcceptance", "owner_must_accept")
    (made,) = world.ours()
    assert made["id"] == row.external_id != first
    assert made["tags"]["postern:generation"] == "2"
    assert [a.generation for a in row.attempts.order_by("generation")] == [1, 2]
    assert row.observed_generation == row.generation == 2


def test_while_the_old_object_is_dying_no_second_one_is_made(world: World) -> None:
    row = world.make(2)
    world.box.fail(row.external_id, "Broken", "x")
    world.work()
    world.box.knobs(deleting_seconds=1200)
    world.retry(row)
    world.later(GRACE)
    world.later(GRACE)
    assert len(world.ours()) == 1
    assert world.box.count(operation="CreateVpcEndpoint") == 1
    world.later(1200)
    assert told(row) == ("Ready", "available")
    assert len(world.ours()) == 1


def test_a_retry_after_a_hand_deletion_needs_no_delete(world: World) -> None:
    row = world.make(2)
    world.box.delete_by_hand(row.external_id)
    world.later(GRACE)
    world.later(1)
    assert told(row) == ("Failed", "removed_outside")
    world.retry(row)
    world.work()
    assert told(row) == ("Ready", "available")
    assert len(world.alive()) == 1
    assert world.box.count(operation="DeleteVpcEndpoints") == 0


def test_a_retry_and_then_a_removal_leaves_nothing(world: World) -> None:
    row = world.make(1, status="PendingAcceptance")
    world.box.reject(row.external_id)
    world.work()
    world.retry(row)
    world.remove(row)
    world.work()
    world.later(GRACE)
    assert removed(row)
    assert world.ours() == []
    assert world.box.count(operation="CreateVpcEndpoint") == 1


# --- small things that people see ----------------------------------------------------------------------


def test_an_endpoint_that_somebody_else_is_deleting_shows_that_and_then_fails(world: World) -> None:
    row = world.make(2)
    world.box.knobs(deleting_seconds=180, deleted_visible_seconds=600)
    world.box.delete_by_hand(row.external_id)
    world.work()
    assert told(row) == ("Deleting", "deleting_outside")
    assert row.removal_requested_at is None
    world.later(181)
    assert told(row) == ("Failed", "removed_outside")
    world.later(GRACE)
    assert world.box.count(operation="CreateVpcEndpoint") == 1


def test_regions_are_listed_often_only_while_something_moves(world: World) -> None:
    def cadence() -> float:
        world.observe()
        region = row.region.__class__.objects.get(pk=row.region_id)
        assert region.observe_due_at is not None
        assert region.listed_at is not None
        return (region.observe_due_at - region.listed_at).total_seconds()

    row = world.ask(1)
    assert cadence() == 300, "nothing is in AWS yet"
    world.box.fault("read_lag", operation="DescribeVpcEndpoints", seconds=100)
    world.reconcile()
    assert cadence() == 2
    world.box.clear_faults()
    world.work()
    assert told(row)[0] == "PendingAcceptance"
    assert cadence() == 60
    world.box.accept(row.external_id)
    world.work()
    assert cadence() == 300
    world.box.knobs(deleting_seconds=60)
    world.remove(row)
    assert cadence() == 300, "AWS was not asked yet"
    world.reconcile()
    assert cadence() == 2


def test_what_a_listing_waits_for_a_hand_does_not_slow_the_cadence(world: World) -> None:
    world.box.knobs(pending_seconds=600)
    row = world.ask(2)
    world.work()
    assert told(row)[0] == "Provisioning"
    region = Region.objects.filter(pk=row.region_id)
    for late, counted_from_due in ((0.5, True), (1.5, False)):
        due_at = read_clock().now - timedelta(seconds=late)
        region.update(observe_due_at=due_at)
        world.observe()
        found = region.get()
        assert found.listed_at is not None
        begin = due_at if counted_from_due else found.listed_at
        assert found.observe_due_at == begin + OBSERVE_IN_MOTION


def test_a_removal_asked_for_while_a_worker_holds_the_row_is_not_overheard(world: World) -> None:
    row = world.make(2)
    row.due_at = read_clock().now
    row.save()
    lease = leases.claim_due(read_clock())
    assert lease is not None
    world.remove(row)
    lease.release(None)
    world.reconcile()
    assert told(row) == ("Deleting", "deleting_at_aws")


def test_replacing_is_told_again_once_writes_go_on(world: World) -> None:
    row = world.make(2)
    world.box.fail(row.external_id, "Broken", "x")
    world.work()
    world.network.writes_paused = True
    world.network.save()
    world.retry(row)
    world.work()
    assert told(row) == ("Provisioning", "writes_paused")
    world.network.writes_paused = False
    world.network.save()
    world.later(20)
    assert world.alive() == []
    assert told(row) == ("Provisioning", "replacing")
    assert row.reason_params == {}


def test_trouble_at_the_private_name_is_forgotten_once_it_went_well(world: World) -> None:
    row = world.make(5, status="PendingAcceptance")
    world.box.fault("error", operation="DescribeVpcEndpointServices", count=2)
    world.box.accept(row.external_id)
    world.work()
    assert told(row) == ("Ready", "available")
    assert row.raw_error.startswith("InternalError")
    world.later(60)
    row.refresh_from_db()
    assert row.raw_error == ""
    assert row.failures == 0


def test_a_lost_answer_while_a_private_name_is_switched_on_ends_with_it_on(world: World) -> None:
    world.box.fault("lost_answer", operation="ModifyVpcEndpoint", count=1)
    row = world.make(4)
    world.later(60)
    assert told(row) == ("Ready", "available")
    assert row.private_dns_names == ["kafka.orders.eu-central-1.example.com"]
    world.later(3600)
    world.later(60)
    assert told(row) == ("Ready", "available")
    row.refresh_from_db()
    assert row.raw_error == ""


def test_trouble_while_looking_for_a_place_is_waited_out(world: World) -> None:
    world.box.fault("throttle", operation="DescribeVpcEndpointServices", count=4)
    row = world.ask(2)
    world.work()
    assert told(row) == ("Provisioning", "aws_unavailable")
    world.later(60)
    world.later(60)
    assert told(row) == ("Ready", "available")
