"""The list of endpoints in a browser: search, filters, order, Back, ticks that stay, removing several."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.house import ADMIN, ANALYTICS, ANALYTICS_REGION, OPERATOR, House


@pytest.fixture(scope="module")
def ids(house: House) -> dict[str, str]:
    """A service with an endpoint of each type in each status, and ClickPipes that use one of them."""
    return house.make_gallery()


def open_list(page: Page, house: House, service: str, query: str = "") -> None:
    page.goto(f"{house.url}{reverse('endpoints', args=[service])}{query}")
    expect(page.get_by_role("heading", name="Reverse private endpoints", level=1)).to_be_visible()


def rows(page: Page) -> Locator:
    return page.locator("tbody tr")


def test_a_person_searches_filters_sorts_and_goes_back(
    visit: Visit, house: House, ids: dict[str, str]
) -> None:
    page = visit(OPERATOR, viewport={"width": 1440, "height": 900})
    open_list(page, house, ids["service"])
    everything = rows(page).count()
    search = page.get_by_role("searchbox", name="Search")
    search.press_sequentially("msk multi", delay=20)
    expect(rows(page)).to_have_count(8)
    expect(search).to_be_focused()
    expect(search).to_have_value("msk multi")
    expect(page).to_have_url(re.compile(r"\?q=msk\+multi$|\?q=msk%20multi$"))
    expect(page.locator("#announcements")).to_have_text("Endpoints 1–8 of 8")

    page.get_by_label("Status").select_option("Needs action")
    expect(rows(page)).to_have_count(5)
    page.get_by_role("link", name="Description", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Description")
    first = rows(page).first.get_by_role("rowheader")
    expect(first).to_contain_text("Expired")
    page.get_by_role("link", name="Description", exact=True).click()
    expect(first).to_contain_text("Unknown")
    expect(page).to_have_url(re.compile("status=needs-action.*sort=-description"))

    page.reload()
    expect(rows(page)).to_have_count(5)
    expect(page.get_by_label("Status")).to_have_value("needs-action")
    page.get_by_role("link", name="Clear filters").first.click()
    expect(rows(page)).to_have_count(everything)
    expect(search).to_have_value("")
    page.go_back()
    expect(rows(page)).to_have_count(5)


def test_counters_lead_to_what_they_count(visit: Visit, house: House, ids: dict[str, str]) -> None:
    page = visit(OPERATOR, viewport={"width": 1440, "height": 900})
    open_list(page, house, ids["service"])
    page.get_by_role("link", name=re.compile("^Ready")).click()
    expect(page.get_by_label("Status")).to_have_value("Ready")
    number = page.locator("#stat-ready strong").inner_text()
    expect(rows(page)).to_have_count(int(number))
    expect(page.locator("#stat-ready")).to_have_attribute("aria-current", "true")


def test_a_korean_syllable_is_searched_for_once_it_is_whole(
    visit: Visit, house: House, ids: dict[str, str]
) -> None:
    page = visit(OPERATOR)
    open_list(page, house, ids["service"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "q=" in request.url else None)
    page.get_by_role("searchbox", name="Search").focus()
    ime = page.context.new_cdp_session(page)
    for half in ("ㄱ", "가"):
        ime.send("Input.imeSetComposition", {"text": half, "selectionStart": 1, "selectionEnd": 1})
        page.wait_for_timeout(600)
    assert asked == []
    ime.send("Input.insertText", {"text": "가"})
    expect(page.get_by_role("heading", name="No endpoint matches these filters")).to_be_visible()
    assert len(asked) == 1


def test_filters_fold_where_there_is_no_room(visit: Visit, house: House, ids: dict[str, str]) -> None:
    page = visit(OPERATOR, viewport={"width": 768, "height": 900})
    open_list(page, house, ids["service"])
    expect(page.get_by_label("Owner's AWS account")).to_be_hidden()
    page.get_by_text("Filters and order").click()
    page.get_by_label("Type").select_option("VPC resource")
    expect(rows(page).filter(has_text="Msk")).to_have_count(0)
    expect(page.get_by_label("Owner's AWS account")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_text("Filters and order")).to_be_hidden()
    expect(page.get_by_label("Owner's AWS account")).to_be_visible()


def test_what_is_ticked_stays_ticked_while_the_list_follows(
    visit: Visit, house: House, ids: dict[str, str]
) -> None:
    page = visit(OPERATOR, viewport={"width": 1440, "height": 900})
    open_list(page, house, ids["service"], "?status=PendingAcceptance")
    box = page.get_by_role("checkbox", name=re.compile("^Select: Vpc endpoint"))
    box.check()
    with page.expect_response(lambda response: "sort=" in response.url):
        page.get_by_role("link", name="Since", exact=True).click()
    expect(page.locator("th[aria-sort]")).to_have_text("Since")
    expect(box).to_be_checked()
    page.get_by_label("Select all on this page").check()
    expect(page.locator("tbody input:checked")).to_have_count(3)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_admin_removes_several_at_once(visit: Visit, house: House, scripts: bool) -> None:
    descriptions = [f"bulk {scripts} {number}" for number in (1, 2)]
    for description in descriptions:
        house.ask_for(ANALYTICS, ANALYTICS_REGION, 2, description)
    for description in descriptions:
        house.wait_for(ANALYTICS, description, "Ready")
    page = visit(ADMIN, java_script_enabled=scripts, viewport={"width": 1440, "height": 900})
    open_list(page, house, ANALYTICS, f"?q=bulk+{scripts}")
    if scripts:
        page.get_by_label("Select all on this page").check()
    else:
        for description in descriptions:
            page.get_by_role("checkbox", name=f"Select: {description}").check()
    page.get_by_role("button", name="Remove selected").click()
    expect(page.get_by_role("heading", name="Remove endpoints", level=1)).to_be_visible()
    for description in descriptions:
        expect(page.get_by_role("heading", name=description, level=3)).to_be_visible()
    page.get_by_role("button", name="Remove 2 endpoints").click()
    expect(page.get_by_text("2 endpoints are being removed.")).to_be_visible()
    for description in descriptions:
        house.wait_until_gone(ANALYTICS, description)


def test_without_javascript_the_same_is_found(visit: Visit, house: House, ids: dict[str, str]) -> None:
    page = visit(OPERATOR, java_script_enabled=False, viewport={"width": 360, "height": 800})
    open_list(page, house, ids["service"])
    page.get_by_role("searchbox", name="Search").fill("msk")
    page.get_by_label("Status").select_option("Needs action")
    page.get_by_role("button", name="Search").click()
    expect(rows(page)).to_have_count(5)
    page.get_by_role("link", name="Clear filters").first.click()
    assert rows(page).count() > 5
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
