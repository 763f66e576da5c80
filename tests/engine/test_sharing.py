"""Waiting for a resource share, accepting its invitation, and what a share can be used for."""

import pytest

from endpoints import intents, texts
from endpoints.domain.timing import OBSERVE_SETTLED
from endpoints.intents import IntentRefused
from endpoints.models import Claim, Region, ReversePrivateEndpoint
from tests.engine.world import DAY, GRACE, REGION, World, attempt_of, codes, removed, resource, told
from tests.sandbox_client import configuration_arn, configuration_id, share_arn

ACCEPT, CREATE = "AcceptResourceShareInvitation", "CreateVpcEndpoint"
SHARE_WAIT = 9 * 60  # seconds


def test_an_invitation_is_accepted_and_the_endpoint_made_once_each(world: World) -> None:
    row = world.make_of(resource(1))
    assert world.box.count(operation=ACCEPT) == 1
    assert world.box.count(operation=CREATE) == 1
    (invitation,) = world.box.invitations(share_arn=share_arn(REGION, 1))
    assert invitation["status"] == "ACCEPTED"
    asked = attempt_of(row).request
    assert asked["ResourceConfigurationArn"] == configuration_arn(REGION, 1)
    assert asked["PrivateDnsEnabled"] is False
    told_of = codes(row)
    assert told_of.index("accept_sent") < told_of.index("accept_answered") < told_of.index("share_found")
    assert told_of.index("share_found") < told_of.index("placed") < told_of.index("create_sent")


def test_a_share_that_is_active_already_needs_no_invitation(world: World) -> None:
    world.make_of(resource(2))
    assert world.box.count(operation=ACCEPT) == 0


def test_every_lag_between_the_share_and_its_content_is_waited_out(world: World) -> None:
    world.box.knobs(share_lag_seconds=20, accept_lag_seconds=20, resource_lag_seconds=20)
    configuration = world.box.create_configuration(REGION)["id"]
    share = world.box.create_share(configuration)["arn"]
    row = world.ask_for(resource(share=share, configuration=configuration))
    world.work()
    assert told(row) == ("Provisioning", "waiting_for_share")
    world.later(20)
    world.work()
    assert told(row) == ("Provisioning", "share_accepted")
    for _ in range(4):
        world.later(20)
    assert told(row) == ("Ready", "available")
    assert world.box.count(operation=ACCEPT) == 1


def test_an_accepted_invitation_that_vanished_is_no_refusal(world: World) -> None:
    world.box.knobs(invitation_vanish_seconds=1)
    world.box.fault("error", operation="ListResources", count=2)
    row = world.ask_for(resource(1))
    world.work()
    world.box.advance(60)
    for _ in range(3):
        world.later(20)
    assert told(row) == ("Ready", "available")
    assert world.box.invitations(share_arn=share_arn(REGION, 1), status="PENDING") == []


# --- nothing comes --------------------------------------------------------------------------------------


def test_a_share_is_waited_for_nine_minutes_and_then_its_row_fails(world: World) -> None:
    row = world.ask_for(resource(3))
    world.work()
    assert told(row) == ("Provisioning", "waiting_for_share")
    world.later(SHARE_WAIT - 20)
    assert told(row) == ("Provisioning", "waiting_for_share")
    world.later(20)
    assert told(row) == ("Failed", "share_not_found")
    assert world.writes() == 0


def test_a_row_that_failed_for_want_of_its_share_heals_when_the_share_comes(world: World) -> None:
    configuration = world.box.create_configuration(REGION)["id"]
    share = world.box.create_share(configuration)["arn"]
    world.box.detach(share)
    row = world.ask_for(resource(share=share, configuration=configuration))
    world.work()
    world.later(SHARE_WAIT)
    assert told(row) == ("Failed", "share_not_found")
    world.box.share_again(share)
    world.later(61)
    world.later(20)
    assert told(row) == ("Ready", "available")


def test_an_expired_invitation_fails_and_a_new_one_under_the_same_share_heals(world: World) -> None:
    world.box.expire_invitation(share_arn(REGION, 1))
    row = world.ask_for(resource(1))
    world.work()
    assert told(row) == ("Failed", "invitation_expired")
    world.box.share_again(share_arn(REGION, 1))
    world.later(61)
    world.later(20)
    assert told(row) == ("Ready", "available")
    states = sorted(i["status"] for i in world.box.invitations(share_arn=share_arn(REGION, 1)))
    assert states == ["ACCEPTED", "EXPIRED"]


def test_an_invitation_that_somebody_in_our_account_rejected_is_told_and_heals(world: World) -> None:
    ram = world.box.boto3("ram", REGION)
    (invitation,) = world.box.invitations(share_arn=share_arn(REGION, 1))
    ram.reject_resource_share_invitation(resourceShareInvitationArn=invitation["arn"])
    row = world.ask_for(resource(1))
    world.work()
    assert told(row) == ("Rejected", "invitation_rejected")
    world.box.share_again(share_arn(REGION, 1))
    world.later(61)
    world.later(20)
    assert told(row) == ("Ready", "available")


@pytest.mark.parametrize("days", [7])
def test_a_row_whose_share_never_came_is_cleaned_up_at_its_deadline(world: World, days: int) -> None:
    row = world.ask_for(resource(3))
    world.work()
    world.later(SHARE_WAIT)
    world.later(days * DAY - 60)
    assert told(row)[0] == "Failed"
    world.later(61)
    world.later(10)
    assert removed(row)
    assert world.writes() == 0


# --- what the share brings ------------------------------------------------------------------------------


def test_a_share_of_another_configuration_is_not_accepted(world: World) -> None:
    row = world.ask_for(resource(1, configuration=configuration_id(REGION, 2)))
    world.work()
    assert told(row) == ("Failed", "share_holds_other")
    assert row.reason_params["found"] == configuration_arn(REGION, 1)
    assert world.box.count(operation=ACCEPT) == 0
    assert world.writes() == 0


def test_a_share_of_two_configurations_is_not_accepted(world: World) -> None:
    both = [world.box.create_configuration(REGION)["id"] for _ in range(2)]
    share = world.box.create_share(*both)["arn"]
    row = world.ask_for(resource(share=share, configuration=both[0]))
    world.work()
    assert told(row) == ("Failed", "share_holds_other")
    assert world.writes() == 0


def test_an_active_share_of_two_configurations_makes_nothing(world: World) -> None:
    both = [world.box.create_configuration(REGION)["id"] for _ in range(2)]
    share = world.box.create_share(*both, same_organization=True)["arn"]
    row = world.ask_for(resource(share=share, configuration=both[0]))
    world.work()
    assert told(row) == ("Failed", "share_holds_other")
    assert world.writes() == 0


def test_a_configuration_that_failed_is_told_and_heals_once_repaired(world: World) -> None:
    configuration = configuration_id(REGION, 2)
    world.box.change_configuration(configuration, status="CREATE_FAILED", failure_reason="x")
    row = world.ask_for(resource(2))
    world.work()
    assert told(row) == ("Failed", "configuration_unusable")
    world.box.change_configuration(configuration, status="ACTIVE")
    world.later(61)
    world.later(20)
    assert told(row) == ("Ready", "available")


def test_a_deleted_share_is_told(world: World) -> None:
    world.box.unshare(share_arn(REGION, 2))
    row = world.ask_for(resource(2))
    world.work()
    assert told(row) == ("Failed", "share_gone")


def test_what_a_consumer_may_not_read_of_a_configuration_does_not_stop_it(world: World) -> None:
    world.box.fault("error", operation="GetResourceConfiguration", code="AccessDeniedException")
    world.make_of(resource(1))


def test_a_share_taken_back_just_before_the_create_fails_with_the_reason(world: World) -> None:
    world.box.fault("error", operation="DescribeNetworkInterfaces", count=2)
    row = world.ask_for(resource(2))
    world.work()
    world.box.detach(share_arn(REGION, 2))
    world.later(20)
    assert told(row) == ("Failed", "configuration_not_shared")
    assert world.ours() == []
    world.box.share_again(share_arn(REGION, 2))
    world.retry(row)
    world.later(20)
    assert told(row) == ("Ready", "available")


def test_an_unshared_configuration_leaves_a_live_endpoint_as_it_is(world: World) -> None:
    row = world.make_of(resource(2))
    world.box.detach(share_arn(REGION, 2))
    world.later(3 * 3600)
    assert told(row) == ("Ready", "available")


# --- lost answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["lost_answer", "error_after", "error", "drop", "throttle"])
def test_whatever_becomes_of_the_answer_the_invitation_is_accepted_once(world: World, kind: str) -> None:
    world.box.fault(kind, operation=ACCEPT, count=1)
    row = world.ask_for(resource(1))
    world.work()
    for _ in range(3):
        world.later(20)
    assert told(row) == ("Ready", "available")
    (invitation,) = world.box.invitations(share_arn=share_arn(REGION, 1))
    assert invitation["status"] == "ACCEPTED"
    assert len(world.alive()) == 1
    assert not row.events.filter(params__status="Failed").exists()


def test_an_invitation_that_offers_nothing_yet_is_waited_for(world: World) -> None:
    world.box.fault("read_lag", operation="ListPendingInvitationResources", seconds=60)
    configuration = world.box.create_configuration(REGION)["id"]
    share = world.box.create_share(configuration)["arn"]
    row = world.ask_for(resource(share=share, configuration=configuration))
    world.reconcile()
    assert told(row) == ("Provisioning", "waiting_for_share")
    assert world.box.count(operation="ListPendingInvitationResources") == 1
    world.later(61)
    world.later(20)
    assert told(row) == ("Ready", "available")
    assert not row.events.filter(params__status="Failed").exists()


def test_an_invitation_that_never_offers_anything_fails_after_the_nine_minutes(world: World) -> None:
    world.box.fault("read_lag", operation="ListPendingInvitationResources", seconds=DAY)
    row = world.ask_for(resource(1))
    world.work()
    world.later(SHARE_WAIT)
    assert told(row) == ("Failed", "share_not_found")
    assert world.writes() == 0


def test_while_writes_are_paused_an_invitation_is_found_and_not_accepted(world: World) -> None:
    world.network.writes_paused = True
    world.network.save()
    row = world.ask_for(resource(1))
    world.work()
    assert told(row) == ("Provisioning", "writes_paused")
    assert row.planned == "accept"
    assert world.writes() == 0
    world.network.writes_paused = False
    world.network.save()
    world.later(16)
    world.later(20)
    assert told(row) == ("Ready", "available")


# --- a share serves one endpoint ------------------------------------------------------------------------


def _refused(world: World, *, other: bool = False) -> IntentRefused:
    with pytest.raises(IntentRefused) as caught:
        world.ask_for(resource(1), other=other)
    return caught.value


@pytest.mark.parametrize("other", [False, True])
def test_a_share_in_use_is_taken_for_everybody(world: World, other: bool) -> None:
    world.ask_for(resource(1))
    refused = _refused(world, other=other)
    assert (refused.code, refused.field, refused.is_conflict) == ("share_taken", "vpcResourceShareArn", True)


def test_a_share_whose_invitation_was_accepted_is_used_up_for_ever(world: World) -> None:
    row = world.make_of(resource(1))
    world.remove(row)
    world.work()
    world.later(GRACE)
    assert removed(row)
    assert _refused(world).code == "share_taken"
    assert Claim.objects.get().used_up_at is not None


def test_a_share_against_which_a_create_was_saved_is_used_up_for_ever(world: World) -> None:
    world.box.fault("error", operation=CREATE, code="InvalidParameter", status=400)
    row = world.ask_for(resource(2))
    world.work()
    assert told(row)[0] == "Failed"
    world.remove(row)
    world.work()
    assert removed(row)
    with pytest.raises(IntentRefused):
        world.ask_for(resource(2))


def test_a_share_that_was_never_accepted_is_free_again_after_removal(world: World) -> None:
    row = world.ask_for(resource(3))
    world.work()
    world.remove(row)
    world.work()
    assert removed(row)
    assert not Claim.objects.exists()
    world.ask_for(resource(3))


def test_a_share_whose_acceptance_aws_refused_is_not_used_up(world: World) -> None:
    fault = world.box.fault("error", operation=ACCEPT, code="OperationNotPermittedException")
    row = world.ask_for(resource(1))
    world.work()
    assert world.box.count(operation=ACCEPT) == 1, "the next try waits"
    assert Claim.objects.get().used_up_at is None
    world.later(20)
    assert world.box.count(operation=ACCEPT) == 2
    assert "OperationNotPermittedException" in ReversePrivateEndpoint.objects.get(pk=row.pk).raw_error
    world.box.clear_fault(fault)
    world.remove(row)
    world.work()
    assert removed(row)
    world.make_of(resource(1))


def test_a_share_that_was_used_stays_used_when_a_later_invitation_is_refused(world: World) -> None:
    row = world.make_of(resource(1))
    world.box.delete_by_hand(row.external_id)
    world.later(GRACE)
    world.box.detach(share_arn(REGION, 1))
    world.box.share_again(share_arn(REGION, 1))
    world.box.fault("error", operation=ACCEPT, code="OperationNotPermittedException")
    world.retry(row)
    world.later(20)
    assert told(row) == ("Provisioning", "invitation_refused")
    assert Claim.objects.get().used_up_at is not None


def test_an_invitation_that_aws_does_not_let_us_accept_is_told_and_fails_after_nine_minutes(
    world: World,
) -> None:
    fault = world.box.fault("error", operation=ACCEPT, code="OperationNotPermittedException")
    row = world.ask_for(resource(1))
    world.work()
    assert told(row) == ("Provisioning", "invitation_refused")
    assert texts.who_text(row) == "The owner of the resource configuration"
    for _ in range(9):
        world.later(60)
    assert told(row) == ("Failed", "invitation_refused")
    since, tries = row.status_since, world.box.count(operation=ACCEPT)
    for _ in range(30):
        world.later(60)
    assert told(row) == ("Failed", "invitation_refused")
    assert row.status_since == since, "its deadline is not put off by further tries"
    assert 1 <= world.box.count(operation=ACCEPT) - tries <= 6, "it is tried now and then, and less and less"
    world.box.clear_fault(fault)
    world.later(16 * 60)
    world.later(20)
    assert told(row) == ("Ready", "available")


def test_a_row_whose_invitation_is_never_accepted_is_cleaned_up_at_its_deadline(world: World) -> None:
    world.box.knobs(invitation_expire_seconds=30 * DAY)
    world.box.fault("error", operation=ACCEPT, code="OperationNotPermittedException")
    row = world.ask_for(resource(1))
    for _ in range(9):
        world.later(60)
    assert told(row) == ("Failed", "invitation_refused")
    for _ in range(8):
        world.later(DAY)
    assert removed(row)
    assert not Claim.objects.exists()


def test_a_failed_row_keeps_its_share_and_may_be_retried(world: World) -> None:
    row = world.make_of(resource(2))
    world.box.delete_by_hand(row.external_id)
    world.later(GRACE)
    assert told(row) == ("Failed", "removed_outside")
    assert row.claims.exists()
    with pytest.raises(IntentRefused):
        world.ask_for(resource(2))
    intents.retry(endpoint=row, by=world.user)
    world.later(20)
    assert told(row) == ("Ready", "available")


def test_a_region_is_not_listed_in_haste_for_a_row_that_has_nothing_in_aws_yet(world: World) -> None:
    world.ask_for(resource(3))
    world.work()
    region = Region.objects.get(pk=REGION)
    assert region.listed_at is not None
    assert region.observe_due_at is not None
    assert region.observe_due_at - region.listed_at >= OBSERVE_SETTLED
