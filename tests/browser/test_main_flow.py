"""From the sign-in to Ready, and back to nothing: with JavaScript, and without."""

import re

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser import steps
from tests.browser.conftest import Visit, sign_in
from tests.browser.house import (
    ANALYTICS,
    ANALYTICS_REGION,
    DELETED_VISIBLE_SECONDS,
    LISTED_AGAIN_SECONDS,
    OPERATOR,
    House,
)
from tests.sandbox_client import OPERATOR as OUR_ACCOUNT
from tests.sandbox_client import eventually

_DNS_NAME = re.compile(r"^vpce-[0-9a-f]{17}-\w+\.vpce-svc-[0-9a-f]{17}\.us-east-1\.vpce\.amazonaws\.com$")


def test_an_endpoint_comes_up_by_itself_after_the_owner_accepts_and_is_removed_without_a_trace(
    visit: Visit, house: House
) -> None:
    page = visit(OPERATOR, signed_in=False)
    sign_in(page, OPERATOR)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=house.url)
    steps.create(page, "analytics", ANALYTICS_REGION, 1, "Main flow")
    expect(steps.status(page)).to_have_text("Pending acceptance")  # by itself
    _expect_owner_must_act(page)
    external_id = house.in_aws(ANALYTICS, "Main flow")
    loads = _count_loads(page)

    steps.act_as_owner(page, house, ANALYTICS_REGION, external_id, "Accept")
    house.pass_time(LISTED_AGAIN_SECONDS["PendingAcceptance"])
    page.bring_to_front()
    expect(steps.status(page)).to_have_text("Ready", timeout=40_000)
    assert loads == []
    name = page.locator("dt", has_text=re.compile(r"^DNS names$")).locator("+ dd").locator("code").first
    expect(name).to_have_text(_DNS_NAME)
    page.get_by_role("button", name="Copy the DNS name: Main flow").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == name.inner_text()

    steps.remove(page)
    expect(steps.status(page)).to_have_text("Deleting")
    expect(steps.status(page)).to_have_text("Removed", timeout=40_000)  # by itself
    _expect_tombstone(page, "analytics", "Main flow")
    _expect_nothing_of_ours(house, external_id)


def test_the_same_works_without_javascript_by_reloading(visit: Visit, house: House) -> None:
    page = visit(OPERATOR, signed_in=False, java_script_enabled=False)
    sign_in(page, OPERATOR)
    steps.create_pending(page, "analytics", ANALYTICS_REGION, "Without scripts")
    _expect_owner_must_act(page)
    external_id = house.in_aws(ANALYTICS, "Without scripts")
    steps.act_as_owner(page, house, ANALYTICS_REGION, external_id, "Accept")
    house.pass_time(LISTED_AGAIN_SECONDS["PendingAcceptance"])
    steps.reload_until(page, "Ready")
    name = page.locator("dt", has_text=re.compile(r"^DNS names$")).locator("+ dd").locator("code").first
    expect(name).to_have_text(_DNS_NAME)
    expect(page.get_by_role("button", name="Copy the DNS name")).to_have_count(0)  # it would do nothing
    steps.remove(page)
    steps.reload_until(page, "Removed")
    _expect_tombstone(page, "analytics", "Without scripts")
    _expect_nothing_of_ours(house, external_id)


def test_the_page_stops_asking_once_the_endpoint_is_ready(visit: Visit, house: House) -> None:
    page = visit(OPERATOR)
    polls: list[str] = []
    page.on("request", lambda asked: polls.append(asked.url) if asked.headers.get("hx-request") else None)
    steps.create(page, "analytics", ANALYTICS_REGION, 2, "Settles")
    expect(steps.status(page)).to_have_text("Ready")
    assert polls, "it asks while it moves"
    page.wait_for_load_state("networkidle")
    with pytest.raises(Error, match="Timeout"):
        page.wait_for_event("request", timeout=7_000)  # more than two rounds of what it did before


def _expect_owner_must_act(page: Page) -> None:
    who = page.locator("dt", has_text="Who must act").locator("+ dd")
    expect(who).to_have_text("The owner of the endpoint service")
    expect(page.get_by_text("waits for the owner of the endpoint service to accept it").first).to_be_visible()
    expect(page.locator("dt", has_text="Deadline")).to_be_visible()


def _count_loads(page: Page) -> list[str]:
    loads: list[str] = []
    page.on("domcontentloaded", lambda loaded: loads.append(loaded.url))
    return loads


def _expect_tombstone(page: Page, service: str, description: str) -> None:
    row = steps.tombstone(page, service, description)
    expect(row).to_contain_text(OPERATOR)
    expect(row).to_contain_text("Removal was requested")
    expect(row.locator("time")).to_be_visible()
    page.get_by_role("link", name=service, exact=True).first.click()
    expect(page.get_by_role("heading", name="Reverse private endpoints", level=1)).to_be_visible()
    expect(page.get_by_role("link", name=description)).to_have_count(0)


def _expect_nothing_of_ours(house: House, external_id: str) -> None:
    house.pass_time(DELETED_VISIBLE_SECONDS + 1)

    def is_forgotten() -> bool:
        state = house.box.state()
        ids = [item["id"] for item in state["endpoints"]]
        cards = [item for item in state["network_interfaces"] if external_id in str(item)]
        return external_id not in ids and not cards

    eventually(is_forgotten, 10, "AWS forgetting the endpoint")
    assert house.box.endpoints(account=OUR_ACCOUNT, region=ANALYTICS_REGION) == []
