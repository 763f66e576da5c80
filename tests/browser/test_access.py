"""Who may do what, as the browser shows it; and that the pages ask nobody else for anything."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import Visit, sign_in
from tests.browser.house import ADMIN, OPERATOR, ORDERS, ORDERS_REGION, SHOP, VIEWER, House
from tests.browser.watch import Watch


@pytest.fixture(scope="package")
def ready(house: House) -> str:
    """The id of an endpoint of the service `orders` that is Ready."""
    house.ask_for(ORDERS, ORDERS_REGION, 2, "For all to see")
    return str(house.wait_for(ORDERS, "For all to see", "Ready")["id"])


def test_a_viewer_sees_everything_and_no_button_that_changes_it(visit: Visit, ready: str) -> None:
    page = visit(VIEWER)
    steps.open_list(page, "orders")
    expect(page.get_by_role("link", name="Create endpoint")).to_have_count(0)
    page.get_by_role("link", name="For all to see", exact=True).click()
    expect(steps.status(page)).to_have_text("Ready")
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name="Remove", exact=True)).to_have_count(0)
    expect(main.get_by_role("button", name="Retry")).to_have_count(0)


@pytest.mark.parametrize("action", ["new/", "{ready}/remove/", "{ready}/retry/"])
def test_a_viewer_who_forges_a_form_is_told_that_they_may_not(
    visit: Visit, house: House, ready: str, action: str
) -> None:
    page = visit(VIEWER)
    steps.forge(page, house.list_of(ORDERS) + action.format(ready=ready), 403)
    expect(page.get_by_role("heading", name="You may not do this")).to_be_visible()
    assert house.row(ORDERS, "For all to see")["status"] == "Ready"


def test_a_stranger_is_told_that_there_is_nothing(visit: Visit, house: House, ready: str) -> None:
    page = visit(OPERATOR)
    elsewhere = house.list_of(SHOP)
    addresses = [elsewhere, elsewhere + "new/", f"{elsewhere}{ready}/", f"{house.list_of(ORDERS)}{uuid4()}/"]
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404, address
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    page.goto(house.url)
    steps.forge(page, f"{elsewhere}{ready}/remove/", 404)
    expect(page.get_by_role("link", name="To my services")).to_be_visible()


def test_every_page_and_the_administration_load_from_this_host_alone_and_without_an_error(
    visit: Visit, house: House, ready: str, watch: Watch
) -> None:
    page = visit(ADMIN, signed_in=False)
    sign_in(page, ADMIN)
    orders = house.list_of(ORDERS)
    pages = [house.url, orders, f"{orders}new/", f"{orders}removed/", f"{orders}{ready}/"]
    pages += [f"{orders}{ready}/remove/", f"{house.url}/set-password/x/y/"]
    for address in pages:
        page.goto(address)
    page.goto(house.url)
    page.get_by_role("link", name="Administration").click()
    expect(page.locator("#content-main th a").first).to_be_visible()
    lists = page.locator("#content-main th a").evaluate_all("links => links.map(link => link.href)")
    assert len(lists) >= 5
    for address in lists:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
    page.goto(house.url)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert len(watch.pages) >= 12
    assert len(watch.requests) > 50


def test_the_watch_itself_sees_a_request_that_our_policy_refuses(visit: Visit, watch: Watch) -> None:
    page = visit(VIEWER)
    with page.expect_console_message(lambda message: message.text.startswith("CSP violation")):
        page.evaluate("fetch('http://elsewhere.invalid/').catch(() => 0)")
    assert any("CSP violation: connect-src" in problem for problem in watch.problems)
    watch.problems.clear()
