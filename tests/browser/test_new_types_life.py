"""What else becomes of VPC resources and MSK connections when owners, time and hands interfere."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import owner, steps
from tests.browser.conftest import Visit
from tests.browser.house import (
    DETAILS_READ_SECONDS,
    GRACE_SECONDS,
    LISTED_AGAIN_SECONDS,
    OPERATOR,
    ORDERS,
    ORDERS_REGION,
    SHARE_LOOKED_AT_SECONDS,
    House,
)

HOUR, DAY = 3_600.0, 86_400.0
SCHEME = "SASL_SCRAM"


@pytest.fixture
def page(visit: Visit, house: House) -> Page:
    """The operator's page, and nothing moving in the region."""
    house.wait_for_quiet(ORDERS)
    return visit(OPERATOR)


def ask_for_resource(house: House, shared: owner.Shared, description: str) -> None:
    house.ask(
        ORDERS,
        description,
        type="VPC_RESOURCE",
        vpcResourceConfigurationId=shared.configuration_id,
        vpcResourceShareArn=shared.share_arn,
    )


def ask_for_cluster(house: House, name: str, description: str) -> str:
    """Ask for a connection to a new cluster, and return the cluster's ARN."""
    arn = str(house.box.create_cluster(ORDERS_REGION, name)["id"])
    house.ask(ORDERS, description, type="MSK_MULTI_VPC", mskClusterArn=arn, mskAuthentication=SCHEME)
    return arn


def test_a_resource_whose_invitation_expired_heals_by_itself_when_it_is_shared_again(
    page: Page, house: House
) -> None:
    shared = owner.make_shared(house, ORDERS_REGION, same_organization=False)
    owner.press_at_shares(page, house, f"Expire the invitation of {shared.share_id}")
    ask_for_resource(house, shared, "Invited too early")
    house.wait_for(ORDERS, "Invited too early", "Failed")
    steps.open_endpoint(page, "orders", "Invited too early")
    expect(steps.advice(page)).to_contain_text("The invitation to the resource share expired")
    expect(steps.advice(page)).to_contain_text("adds it again, which makes a new invitation")
    owner.press_at_shares(page, house, f"Share {shared.share_id} again")
    house.pass_time(SHARE_LOOKED_AT_SECONDS)
    steps.reload_until(page, "Ready")


@pytest.mark.full
def test_a_resource_that_waits_for_its_share_goes_on_once_it_is_shared_with_us(
    page: Page, house: House
) -> None:
    shared = owner.make_shared(house, ORDERS_REGION, principals=["333333333333"])
    ask_for_resource(house, shared, "Shared with others")
    steps.open_endpoint(page, "orders", "Shared with others")
    expect(steps.advice(page)).to_contain_text("to reach account 111111111111")
    house.pass_time(GRACE_SECONDS)
    expect(steps.status(page)).to_have_text("Provisioning")
    owner.press_at_shares(page, house, f"Share {shared.share_id} with Postern")
    page.bring_to_front()
    expect(steps.status(page)).to_have_text("Ready", timeout=40_000)  # by itself


def test_a_resource_that_its_owner_cut_off_fails_and_is_ready_again_when_the_owner_undoes_it(
    page: Page, house: House
) -> None:
    ask_for_resource(house, owner.make_shared(house, ORDERS_REGION), "Cut off")
    house.wait_for(ORDERS, "Cut off", "Ready")
    steps.open_endpoint(page, "orders", "Cut off")
    external_id = house.in_aws(ORDERS, "Cut off")
    steps.act_as_fate(page, house, external_id, "Cut the association")
    house.pass_time(DETAILS_READ_SECONDS)
    steps.reload_until(page, "Failed")
    expect(steps.advice(page)).to_contain_text("The endpoint has no working connection to the resource.")
    steps.act_as_fate(page, house, external_id, "Restore the association")
    house.pass_time(LISTED_AGAIN_SECONDS["settled"])
    steps.reload_until(page, "Ready")


def test_a_rejected_msk_connection_says_what_to_do_and_a_retry_makes_another(
    page: Page, house: House
) -> None:
    arn = ask_for_cluster(house, "choosy", "Rejected by the cluster's owner")
    house.wait_for(ORDERS, "Rejected by the cluster's owner", "Ready")
    first = house.in_aws(ORDERS, "Rejected by the cluster's owner")
    owner.press_at_cluster(page, house, arn, f"Reject {first.rpartition('/')[2]}")
    house.pass_time(LISTED_AGAIN_SECONDS["settled"])
    house.wait_for(ORDERS, "Rejected by the cluster's owner", "Rejected")
    steps.open_endpoint(page, "orders", "Rejected by the cluster's owner")
    expect(steps.advice(page)).to_contain_text("The owner of the MSK cluster rejected the connection.")
    expect(steps.advice(page)).to_contain_text("Ask the owner of the cluster why, and retry")
    expect(page.locator("dt", has_text="Deadline")).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_text("A retry was requested.")).to_be_visible()
    house.pass_time(GRACE_SECONDS)
    steps.reload_until(page, "Ready")
    assert house.in_aws(ORDERS, "Rejected by the cluster's owner") not in ("", first)
    assert len(house.box.connections(cluster_arn=arn)) == 1


@pytest.mark.full
def test_a_connection_whose_authentication_was_turned_off_fails(page: Page, house: House) -> None:
    arn = ask_for_cluster(house, "switched", "Turned off")
    house.wait_for(ORDERS, "Turned off", "Ready")
    owner.turn_off(page, house, arn, SCHEME)
    house.pass_time(LISTED_AGAIN_SECONDS["settled"])
    house.wait_for(ORDERS, "Turned off", "Failed")
    steps.open_endpoint(page, "orders", "Turned off")
    expect(steps.advice(page)).to_contain_text("or this authentication, in the MSK cluster.")
    expect(steps.fact(page, "Who must act")).to_have_text("The owner of the MSK cluster")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()


@pytest.mark.full
def test_what_was_deleted_behind_our_back_says_so_and_is_not_made_again(page: Page, house: House) -> None:
    arn = ask_for_cluster(house, "handy", "Connection deleted by hand")
    ask_for_resource(house, owner.make_shared(house, ORDERS_REGION), "Resource deleted by hand")
    ids = {}
    for description in ("Connection deleted by hand", "Resource deleted by hand"):
        house.wait_for(ORDERS, description, "Ready")
        ids[description] = house.in_aws(ORDERS, description)
    connection, resource = ids.values()
    button = f"Delete {connection.rpartition('/')[2]} behind Postern's back"
    owner.press_at_cluster(page, house, arn, button)
    steps.act_as_fate(page, house, resource, "Delete behind Postern's back")
    house.pass_time(LISTED_AGAIN_SECONDS["settled"])
    for description in ids:
        house.wait_for(ORDERS, description, "Failed")
        steps.open_endpoint(page, "orders", description)
        expect(steps.advice(page)).to_contain_text("was deleted in AWS, and not by Postern.")
        expect(steps.advice(page)).to_contain_text("Nothing is created again without you.")
    made = house.box.last_seq()
    house.pass_time_and_look(ORDERS_REGION, LISTED_AGAIN_SECONDS["settled"])
    for operation in ("CreateVpcEndpoint", "CreateVpcConnection"):
        assert house.box.count(operation=operation, since=made) == 0


@pytest.mark.full
def test_cleanup_takes_what_was_rejected_for_a_day_and_what_failed_for_seven(
    page: Page, house: House
) -> None:
    uninvited = owner.make_shared(house, ORDERS_REGION, same_organization=False)
    owner.press_at_shares(page, house, f"Expire the invitation of {uninvited.share_id}")
    ask_for_resource(house, uninvited, "Resource never repaired")
    arn = ask_for_cluster(house, "left-alone", "Connection never retried")
    closed = str(house.box.create_cluster(ORDERS_REGION, "shut", policy_principals=[])["id"])
    asked = {"mskClusterArn": closed, "mskAuthentication": SCHEME}
    house.ask(ORDERS, "Connection never repaired", type="MSK_MULTI_VPC", **asked)
    house.wait_for(ORDERS, "Connection never retried", "Ready")
    rejected = house.in_aws(ORDERS, "Connection never retried")
    owner.press_at_cluster(page, house, arn, f"Reject {rejected.rpartition('/')[2]}")
    house.pass_time(LISTED_AGAIN_SECONDS["settled"])
    house.wait_for(ORDERS, "Connection never retried", "Rejected")
    for description in ("Resource never repaired", "Connection never repaired"):
        house.wait_for(ORDERS, description, "Failed")

    house.pass_time_and_look(ORDERS_REGION, DAY - HOUR)
    assert house.row(ORDERS, "Connection never retried")["status"] == "Rejected"
    house.pass_time(2 * HOUR)
    house.wait_until_gone(ORDERS, "Connection never retried")
    assert house.box.connections(id=rejected) == []

    house.pass_time_and_look(ORDERS_REGION, 6 * DAY - 2 * HOUR)
    for description in ("Resource never repaired", "Connection never repaired"):
        assert house.row(ORDERS, description)["status"] == "Failed"
    house.pass_time(2 * HOUR)
    for description in ("Resource never repaired", "Connection never repaired", "Connection never retried"):
        house.wait_until_gone(ORDERS, description)
        row = steps.tombstone(page, "orders", description)
        expect(row).to_contain_text("automatic cleanup")
        expect(row).to_contain_text("Its deadline passed")


@pytest.mark.full
def test_a_rejected_invitation_is_told_and_cleaned_up_after_a_day(page: Page, house: House) -> None:
    shared = owner.make_shared(house, ORDERS_REGION, same_organization=False)
    (invitation,) = house.box.invitations(share_arn=shared.share_arn)
    house.pass_time(10)  # else our account does not see it yet
    ram = house.box.boto3("ram", ORDERS_REGION)
    ram.reject_resource_share_invitation(resourceShareInvitationArn=invitation["arn"])
    ask_for_resource(house, shared, "Declined by hand")
    house.wait_for(ORDERS, "Declined by hand", "Rejected")
    steps.open_endpoint(page, "orders", "Declined by hand")
    expect(steps.advice(page)).to_contain_text("The invitation to the resource share was rejected")
    house.pass_time_and_look(ORDERS_REGION, DAY - HOUR)
    assert house.row(ORDERS, "Declined by hand")["status"] == "Rejected"
    house.pass_time(2 * HOUR)
    house.wait_until_gone(ORDERS, "Declined by hand")
