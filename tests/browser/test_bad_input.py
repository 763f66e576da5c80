"""What people type wrong: a message at the field, what they typed still there, and nothing begun."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Visit
from tests.browser.house import OPERATOR, ORDERS, ORDERS_REGION, House
from tests.sandbox_client import service_name

NAME, DESCRIPTION = "VPC endpoint service name", "Description"
GOOD = service_name(ORDERS_REGION, 2)
HTML = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
_SERVICE_LOOKS = "Enter the whole service name: com.amazonaws.vpce.<region>.vpce-svc-0123456789abcdef0"

MISTAKES = {
    "nothing": ("", "Bad input", NAME, "Enter a value."),
    "no service name": ("kafka", "Bad input", NAME, _SERVICE_LOOKS),
    "a region that cannot be": (
        GOOD.replace(ORDERS_REGION, "mars"), "Bad input", NAME, _SERVICE_LOOKS,
    ),
    "the id of an endpoint": (
        "vpce-0123456789abcdef0", "Bad input", NAME, "This is the ID of an endpoint. Enter the whole",
    ),
    "HTML for a name": (HTML, "Bad input", NAME, "Remove the spaces"),
    "300 characters": (GOOD, "x" * 300, DESCRIPTION, "At most 255 characters are allowed; this has 300."),
    "no description": (GOOD, "   ", DESCRIPTION, "Enter a value."),
}  # fmt: skip


@pytest.fixture
def page(visit: Visit) -> Page:
    page = visit(OPERATOR)
    steps.open_list(page, "orders")
    return page


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_at_its_field_and_begins_nothing(page: Page, house: House, mistake: str) -> None:
    name, description, label, message = MISTAKES[mistake]
    before = house.rows(ORDERS)
    steps.fill_in(page, name, description)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="1 thing to correct")).to_be_visible()
    wrong = page.get_by_label(label)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field").filter(has=wrong).locator(".error")).to_contain_text(message)
    expect(page.get_by_label(NAME)).to_have_value(name)
    expect(page.get_by_label(DESCRIPTION)).to_have_value(description)
    page.get_by_role("alert").get_by_role("link", name=label).click()
    expect(wrong).to_be_focused()
    assert [row["id"] for row in house.rows(ORDERS)] == [row["id"] for row in before]
    assert page.evaluate("window.pwned") is None


def test_html_in_a_description_is_shown_as_it_was_typed_and_does_nothing(page: Page, house: House) -> None:
    steps.fill_in(page, GOOD, HTML)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HTML)
    steps.reload_until(page, "Ready")
    expect(page.get_by_role("button", name=f"Copy the DNS name: {HTML}")).to_be_visible()
    assert page.evaluate("window.pwned") is None
    page.get_by_role("link", name="Remove", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Remove: {HTML}")
    page.get_by_role("button", name="Remove endpoint").click()
    steps.reload_until(page, "Removed")
    expect(steps.tombstone(page, "orders", HTML)).to_be_visible()
    assert page.evaluate("window.pwned") is None


def test_a_service_of_another_or_an_unknown_region_fails_in_plain_words(page: Page, house: House) -> None:
    for region in ("eu-west-1", "eu-north-9"):
        description = f"Wrong region {region}"
        steps.fill_in(page, GOOD.replace(ORDERS_REGION, region), description)
        page.get_by_role("button", name="Create", exact=True).click()
        steps.reload_until(page, "Failed")
        expect(steps.advice(page)).to_contain_text("does not accept connections from the region eu-central-1")
        expect(steps.advice(page)).to_contain_text("Modify supported Regions")
        assert not house.row(ORDERS, description).get("endpointId")
        steps.open_list(page, "orders")
