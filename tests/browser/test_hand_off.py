"""A hand-off link from its maker to the network team and back, and the address builder."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Visit
from tests.browser.house import LISTED_AGAIN_SECONDS, OPERATOR, ORDERS, ORDERS_REGION, House
from tests.browser.watch import Watch


@pytest.fixture
def page(visit: Visit, house: House) -> Page:
    """The operator's page, and nothing moving in the region."""
    house.wait_for_quiet(ORDERS)
    return visit(OPERATOR)


def _make_link(page: Page) -> str:
    """Make a link on an endpoint's page, and return the address that the copy button copies."""
    page.get_by_label("The link works for").select_option("1 day")
    page.get_by_role("button", name="Make link").click()
    link = page.get_by_role("button", name="Copy hand-off link 1").get_attribute("data-copy")
    assert link
    return link


def test_who_has_no_account_reads_what_to_do_and_sees_it_done(page: Page, visit: Visit, house: House) -> None:
    steps.create_pending(page, "orders", ORDERS_REGION, "Handed off")
    link = _make_link(page)
    guest = visit("", signed_in=False)
    guest.goto(link)
    expect(guest.get_by_role("heading", name="Handed off", level=1)).to_be_visible()
    external_id = house.in_aws(ORDERS, "Handed off")
    expect(guest.locator("pre").first).to_contain_text(f"--vpc-endpoint-ids {external_id}")
    expect(steps.fact(guest, "By when")).to_contain_text("left)")
    expect(steps.fact(guest, "Asked for by")).to_have_text(OPERATOR)
    guest.get_by_role("link", name="한국어").click()
    expect(guest.locator("html")).to_have_attribute("lang", "ko")
    guest.get_by_role("link", name="English").click()

    steps.act_as_owner(page, house, ORDERS_REGION, external_id, "Accept")
    house.pass_time(LISTED_AGAIN_SECONDS["PendingAcceptance"])
    expect(steps.status(guest)).to_have_text("Ready", timeout=60_000)
    expect(guest.get_by_role("heading", name="What is asked of you")).to_be_visible()
    expect(guest.locator("pre")).to_have_count(0)
    page.reload()
    expect(page.locator("#hand-off")).to_contain_text("Opened 3 times")
    expect(page.get_by_text(f"The hand-off link of {OPERATOR} was opened.")).to_have_count(1)


def test_a_page_whose_link_is_closed_says_so_by_itself(
    page: Page, visit: Visit, house: House, watch: Watch
) -> None:
    steps.create_pending(page, "orders", ORDERS_REGION, "Closed link")
    guest = visit("", signed_in=False)
    guest.goto(_make_link(page))
    expect(steps.status(guest)).to_have_text("Pending acceptance")
    page.get_by_role("button", name="Close link").click()
    expect(page.get_by_role("button", name="Close link")).to_have_count(0)
    guest.evaluate("htmx.ajax('GET', document.querySelector('#live').getAttribute('hx-get'), '#live')")
    expect(guest.get_by_role("heading", name="This link does not work")).to_be_visible()
    (poll,) = watch.problems
    # Links are made with BASE_URL, on which passkeys need a name.
    assert poll.startswith(f"404 for {house.on_localhost}/hand-off/"), "what makes the page look for itself"
    watch.problems.clear()


def test_without_javascript_an_address_is_built_on_a_page_of_its_own(visit: Visit, house: House) -> None:
    page = visit(OPERATOR, java_script_enabled=False)
    _build(page)
    expect(page.get_by_role("heading", name="Address builder", level=1)).to_be_visible()
    expect(page.get_by_label("Own port")).to_have_value("13306")


def test_with_javascript_the_address_changes_in_its_place(visit: Visit, house: House) -> None:
    page = visit(OPERATOR)
    _build(page)
    expect(page.get_by_role("heading", name="Customers Postgres", level=1)).to_be_visible()
    page.get_by_label("Own port").fill("0")
    page.get_by_label("Own port").blur()
    expect(page.get_by_role("alert").filter(has_text="A port is a number")).to_be_visible()


def _build(page: Page) -> None:
    steps.open_endpoint(page, "orders", "Customers Postgres")
    expect(page.locator("#built-address code")).to_contain_text(":9092")
    page.get_by_label("Source and authentication").select_option("MySQL (3306)")
    page.get_by_label("Own port").fill("13306")
    page.get_by_role("button", name="Build address").click()
    expect(page.locator("#built-address code")).to_contain_text(":13306")
    expect(page.locator("#built-address")).to_contain_text("VERIFY_CA")


def test_what_is_open_and_stood_on_stays_so_when_the_page_follows(
    page: Page, visit: Visit, house: House
) -> None:
    steps.create_pending(page, "orders", ORDERS_REGION, "Read while it moves")
    page.get_by_text("More commands for AWS").click()
    summary = page.locator("summary", has_text="Terraform").first
    summary.click()
    summary.focus()
    another = visit(OPERATOR)
    another.goto(page.url)
    visit("", signed_in=False).goto(_make_link(another))
    expect(page.get_by_text(f"The hand-off link of {OPERATOR} was opened.")).to_be_visible(timeout=30_000)
    expect(summary).to_be_focused()
    expect(page.locator("#more-commands")).to_have_attribute("open", "")
    expect(page.locator("#ways-accept-terraform")).to_have_attribute("open", "")
    expect(page.locator("#ways-accept-cli")).not_to_have_attribute("open", "")


def test_the_details_print_as_a_sheet_with_every_command(visit: Visit, house: House) -> None:
    page = visit(OPERATOR)
    steps.open_endpoint(page, "orders", "Orders Kafka")
    command = page.locator("#ways-reject-cli pre")
    expect(command).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".badge").first).to_be_visible()
    for left_out in (".top", ".sidebar", "#hand-off", "#remove-button", ".foot"):
        expect(page.locator(left_out)).to_be_hidden()
    assert command.evaluate("one => one.checkVisibility({contentVisibilityAuto: true})"), (
        "though it is closed"
    )
