"""What else becomes of an endpoint: rejected, retried, expired, failed, deleted by hand, cleaned up."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Visit
from tests.browser.house import LISTED_AGAIN_SECONDS, OPERATOR, ORDERS, ORDERS_REGION, House

HOUR, DAY = 3_600.0, 86_400.0


@pytest.fixture
def page(visit: Visit, house: House) -> Page:
    """The operator's page, and nothing moving in the region."""
    house.wait_for_quiet(ORDERS)
    return visit(OPERATOR)


def test_a_rejected_endpoint_says_what_to_do_and_waits_for_the_owner_again_after_a_retry(
    page: Page, house: House
) -> None:
    steps.create_pending(page, "orders", ORDERS_REGION, "Rejected and retried")
    first = house.in_aws(ORDERS, "Rejected and retried")
    steps.act_as_owner(page, house, ORDERS_REGION, first, "Reject")
    house.pass_time(LISTED_AGAIN_SECONDS["PendingAcceptance"])
    steps.reload_until(page, "Rejected")
    expect(steps.advice(page)).to_contain_text("The owner of the endpoint service rejected the connection.")
    expect(steps.advice(page)).to_contain_text(
        "Ask the owner of the endpoint service why, and retry when they are ready to accept."
    )
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_text("A retry was requested.")).to_be_visible()
    steps.reload_until(page, "Pending acceptance")
    second = house.in_aws(ORDERS, "Rejected and retried")
    assert second not in ("", first)
    assert house.box.endpoint(first)["state"] in ("deleting", "deleted")


def test_an_expired_endpoint_is_cleaned_up_at_once_and_its_timeline_says_why(
    page: Page, house: House
) -> None:
    steps.create_pending(page, "orders", ORDERS_REGION, "Expired")
    external_id = house.in_aws(ORDERS, "Expired")
    steps.act_as_fate(page, house, external_id, "Let it expire")
    house.pass_time(LISTED_AGAIN_SECONDS["PendingAcceptance"])
    # The status itself lasts until a worker comes by, so only what stays on the page can be waited for.
    steps.reload_until(page, "Removed")
    timeline = page.get_by_role("listitem")
    expect(timeline.filter(has_text="did not accept the connection in time.")).to_have_count(1)
    expect(page.locator("dd").filter(has_text="Expired")).to_be_visible()
    _expect_cleaned_up(page, "Expired")


def test_a_failed_endpoint_shows_what_aws_said(page: Page, house: House) -> None:
    steps.create_pending(page, "orders", ORDERS_REGION, "Failed")
    external_id = house.in_aws(ORDERS, "Failed")
    steps.act_as_fate(page, house, external_id, "Let it fail", "No capacity <b>today</b>.")
    house.pass_time(LISTED_AGAIN_SECONDS["PendingAcceptance"])
    steps.reload_until(page, "Failed")
    expect(steps.advice(page)).to_contain_text("AWS could not bring up the endpoint.")
    steps.advice(page).get_by_text("What AWS said", exact=True).click()
    expect(steps.advice(page).locator("details > pre")).to_contain_text("No capacity <b>today</b>.")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()


def test_an_endpoint_that_our_account_may_not_see_fails_with_what_the_owner_must_do(
    page: Page, house: House
) -> None:
    steps.create(page, "orders", ORDERS_REGION, 3, "Not allowed")
    steps.reload_until(page, "Failed")
    expect(steps.advice(page)).to_contain_text("that account 111111111111 may connect to.")
    expect(steps.advice(page)).to_contain_text(
        "adds arn:aws:iam::111111111111:root to the allowed principals"
    )


def test_an_endpoint_deleted_behind_our_back_says_so_and_is_not_made_again(page: Page, house: House) -> None:
    steps.create(page, "orders", ORDERS_REGION, 2, "Deleted by hand")
    steps.reload_until(page, "Ready")
    external_id = house.in_aws(ORDERS, "Deleted by hand")
    steps.act_as_fate(page, house, external_id, "Delete behind Postern's back")
    house.pass_time(LISTED_AGAIN_SECONDS["settled"])
    steps.reload_until(page, "Failed")
    expect(steps.advice(page)).to_contain_text("The endpoint was deleted in AWS, and not by Postern.")
    expect(steps.advice(page)).to_contain_text("Nothing is created again without you.")
    listed = house.box.last_seq()
    house.pass_time_and_look(ORDERS_REGION, LISTED_AGAIN_SECONDS["settled"])
    assert house.box.count(operation="CreateVpcEndpoint", since=listed) == 0


def test_cleanup_removes_what_waited_or_was_rejected_for_a_day_and_what_failed_for_seven(
    page: Page, house: House
) -> None:
    for k, description in ((1, "Never accepted"), (1, "Never retried"), (3, "Never repaired")):
        house.ask_for(ORDERS, ORDERS_REGION, k, description)
    for description in ("Never accepted", "Never retried"):
        house.wait_for(ORDERS, description, "PendingAcceptance")
    house.wait_for(ORDERS, "Never repaired", "Failed")
    rejected = house.in_aws(ORDERS, "Never retried")
    steps.open_list(page, "orders")
    steps.act_as_owner(page, house, ORDERS_REGION, rejected, "Reject")
    house.pass_time(LISTED_AGAIN_SECONDS["PendingAcceptance"])
    house.wait_for(ORDERS, "Never retried", "Rejected")

    house.pass_time_and_look(ORDERS_REGION, DAY - HOUR)
    row = {item["description"]: item["status"] for item in house.rows(ORDERS)}
    assert row["Never accepted"] == "PendingAcceptance"
    assert row["Never retried"] == "Rejected"
    house.pass_time(2 * HOUR)
    for description in ("Never accepted", "Never retried"):
        house.wait_until_gone(ORDERS, description)
        _expect_cleaned_up(page, description)

    house.pass_time_and_look(ORDERS_REGION, 6 * DAY - 2 * HOUR)
    assert house.row(ORDERS, "Never repaired")["status"] == "Failed"
    house.pass_time(2 * HOUR)
    house.wait_until_gone(ORDERS, "Never repaired")
    _expect_cleaned_up(page, "Never repaired")


def _expect_cleaned_up(page: Page, description: str) -> None:
    row = steps.tombstone(page, "orders", description)
    expect(row).to_contain_text("automatic cleanup")
    expect(row).to_contain_text("Its deadline passed")
    expect(row.locator("time")).to_be_visible()
