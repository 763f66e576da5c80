"""The flyout of the settings in a browser: focus, Escape, Back, reloads, polls, removal; no JavaScript."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.house import ADMIN, OPERATOR, ORDERS, ORDERS_REGION, VIEWER, House

READY = "Vpc endpoint service: Ready"  # as the gallery calls it
FAILED = "Msk multi vpc: Failed"


@pytest.fixture(scope="module")
def ids(house: House) -> dict[str, str]:
    """A service with an endpoint of each type in each status, and ClickPipes that use one of them."""
    return house.make_gallery()


def settings_of(service: str) -> str:
    return reverse("settings", args=[service])


def flyout(page: Page) -> Locator:
    return page.get_by_role("dialog")


def open_flyout(page: Page, house: House, service: str) -> Locator:
    """Open the flyout from the settings; return the button that did it."""
    page.goto(house.url + settings_of(service))
    opener = page.get_by_role("link", name="Reverse private endpoints", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    expect(flyout(page).get_by_role("heading", name="Reverse private endpoints")).to_be_focused()
    return page.locator("#open-flyout")


def is_modal(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('#flyout').matches(':modal')"))


def expect_closed(page: Page, house: House, service: str) -> None:
    expect(flyout(page)).to_be_hidden()
    expect(page).to_have_url(house.url + settings_of(service))
    expect(page).to_have_title("Settings · Postern")
    expect(page.locator("#open-flyout")).to_be_focused()


def test_the_keyboard_alone_opens_reads_and_closes_it(
    visit: Visit, house: House, ids: dict[str, str]
) -> None:
    page = visit(VIEWER)
    open_flyout(page, house, ids["service"])
    assert is_modal(page)
    expect(page).to_have_url(house.url + reverse("settings-endpoints", args=[ids["service"]]))
    for _ in range(12):
        page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || flyout.contains(document.activeElement)"
        assert page.evaluate(inside), "the page behind it is inert"
    flyout(page).get_by_role("link", name=READY, exact=True).focus()
    page.keyboard.press("Enter")
    expect(flyout(page).get_by_role("heading", name=READY, level=2)).to_be_focused()
    expect(page).to_have_title(f"Ready: {READY} · Postern")
    page.keyboard.press("Escape")
    expect_closed(page, house, ids["service"])


def test_the_cross_closes_it_and_a_click_beside_it_does_not(
    visit: Visit, house: House, ids: dict[str, str]
) -> None:
    page = visit(VIEWER, viewport={"width": 1440, "height": 900})
    open_flyout(page, house, ids["service"])
    page.mouse.click(300, 500)
    assert is_modal(page)
    flyout(page).get_by_role("link", name="Close").click()
    expect_closed(page, house, ids["service"])
    page.locator("#open-flyout").click()  # and it opens again
    expect(flyout(page).get_by_role("heading", name="Reverse private endpoints")).to_be_focused()


def test_back_steps_back_and_then_closes_it(visit: Visit, house: House, ids: dict[str, str]) -> None:
    page = visit(VIEWER)
    open_flyout(page, house, ids["service"])
    row = flyout(page).get_by_role("link", name=READY, exact=True)
    row.click()
    expect(flyout(page).get_by_role("heading", name=READY, level=2)).to_be_visible()
    page.go_back()
    expect(row).to_be_focused()
    assert is_modal(page)
    page.go_back()
    expect_closed(page, house, ids["service"])
    page.go_forward()
    expect(row).to_be_visible()
    assert is_modal(page)
    row.click()
    flyout(page).get_by_role("link", name="Reverse private endpoints").click()
    expect(row).to_be_focused()


def test_every_state_outlives_a_reload(visit: Visit, house: House, ids: dict[str, str]) -> None:
    page = visit(OPERATOR)
    one = [ids["service"], ids["VPC_ENDPOINT_SERVICE-Ready"]]
    states = {
        reverse("settings-endpoints", args=one[:1]): "Reverse private endpoints",
        f"{reverse('settings-endpoints', args=one[:1])}?q=msk": "Reverse private endpoints",
        reverse("settings-endpoint", args=one): READY,
        reverse("settings-remove-endpoint", args=one): f"Remove: {READY}",
    }
    for address, title in states.items():
        page.goto(house.url + address)
        for _ in range(2):
            expect(flyout(page).get_by_role("heading", name=title, exact=True)).to_be_visible()
            assert is_modal(page)
            page.reload()
    page.keyboard.press("Escape")
    expect_closed(page, house, ids["service"])


def test_the_search_filters_while_one_types(visit: Visit, house: House, ids: dict[str, str]) -> None:
    page = visit(VIEWER)
    open_flyout(page, house, ids["service"])
    field = flyout(page).get_by_label("Search endpoints")
    field.press_sequentially("msk multi vpc: failed", delay=20)
    expect(flyout(page).get_by_role("link", name=READY, exact=True)).to_be_hidden()
    expect(flyout(page).get_by_role("link", name=FAILED, exact=True)).to_be_visible()
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?q=msk"))
    page.go_back()
    expect_closed(page, house, ids["service"])


def test_it_follows_by_itself_and_says_so_where_it_is_heard(visit: Visit, house: House) -> None:
    page = visit(OPERATOR)
    row = house.ask_for(ORDERS, ORDERS_REGION, 2, "Followed in the flyout")
    page.goto(house.url + reverse("settings-endpoint", args=[ORDERS, row["id"]]))
    badge = flyout(page).locator(".flyout-body > #live > p .badge")
    expect(badge).to_have_text("Ready")
    expect(page).to_have_title("Ready: Followed in the flyout · Postern")
    expect(flyout(page).get_by_role("status")).to_have_text("Followed in the flyout: Ready")
    assert is_modal(page)
    house.wait_for_quiet(ORDERS)


def test_what_is_in_use_is_removed_after_its_description_was_typed(visit: Visit, house: House) -> None:
    ids = house.make_gallery()
    asked = visit(OPERATOR)
    address = reverse("settings-endpoint", args=[ids["service"], ids["VPC_ENDPOINT_SERVICE-Ready"]])
    asked.goto(house.url + address)
    flyout(asked).get_by_role("link", name="Remove", exact=True).click()
    expect(flyout(asked)).to_contain_text("Only an admin may remove an endpoint that ClickPipes depend on.")
    expect(flyout(asked)).to_contain_text(ADMIN)
    flyout(asked).get_by_role("link", name="Back").click()
    expect(flyout(asked).get_by_role("heading", name=READY, level=2)).to_be_visible()

    page = visit(ADMIN)
    page.goto(house.url + address)
    flyout(page).get_by_role("link", name="Remove", exact=True).click()
    expect(flyout(page).get_by_role("link", name="Cancel")).to_be_focused()
    for pipe in ("orders", "customers"):
        expect(flyout(page).get_by_role("link", name=pipe, exact=True)).to_be_visible()
    flyout(page).get_by_role("button", name="Remove endpoint").click()
    field = flyout(page).get_by_label("To confirm, type the description of the endpoint")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(READY)
    flyout(page).get_by_role("button", name="Remove endpoint").click()
    expect(flyout(page).get_by_role("heading", name="Clean up in the owner's AWS account")).to_be_visible()
    tick(page)


def tick(page: Page) -> None:
    """Tick the first item of the clean-up list that is shown, and take it back."""
    first = page.locator(".ticks > li").first
    first.get_by_role("button", name="Mark as done").click()
    expect(first).to_contain_text(f"Done: {ADMIN}")
    first.get_by_role("button", name="Not done").click()
    expect(first.get_by_role("button", name="Mark as done")).to_be_visible()


def test_all_of_it_works_without_javascript(visit: Visit, house: House, ids: dict[str, str]) -> None:
    page = visit(ADMIN, java_script_enabled=False)
    page.goto(house.url + settings_of(ids["service"]))
    page.get_by_role("link", name="Reverse private endpoints", exact=True).click()
    page.get_by_label("Search endpoints").fill("kafka.eu-central-1")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name=READY, exact=True)).to_have_count(0)
    page.get_by_label("Search endpoints").fill("")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=READY, exact=True).click()
    page.get_by_role("link", name="Remove", exact=True).click()
    page.get_by_role("button", name="Remove endpoint").click()
    expect(page.get_by_text("Type the description exactly as it is written")).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Close").click()
    expect(page).to_have_url(house.url + settings_of(ids["service"]))
    gone = reverse("settings-endpoint", args=[ids["service"], ids["VPC_RESOURCE-Removed"]])
    page.goto(house.url + gone)
    tick(page)


def test_the_footer_hides_no_focus_and_nothing_scrolls_sideways(
    visit: Visit, house: House, ids: dict[str, str]
) -> None:
    size: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
    page = visit(OPERATOR, **size)
    page.goto(house.url + reverse("settings-endpoint", args=[ids["service"], ids["VPC_RESOURCE-Failed"]]))
    expect(flyout(page)).to_be_visible()
    body = page.locator(".flyout-body")
    assert body.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    foot = page.locator(".flyout-foot")
    for _ in range(30):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const one = document.activeElement;
              const foot = document.querySelector(".flyout-foot");
              if (!one.closest(".flyout-body") || foot.contains(one)) return false;
              return one.getBoundingClientRect().top >= foot.getBoundingClientRect().top;
            }"""
        )
        assert not hidden, page.evaluate("document.activeElement.outerHTML")
    expect(foot).to_be_in_viewport()
