"""What people type wrong for VPC resources and MSK connections, and how the form behaves between types."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Visit
from tests.browser.house import OPERATOR, ORDERS, ORDERS_REGION, House
from tests.sandbox_client import OWNER, configuration_id, share_arn

CONFIGURATION, SHARE, CLUSTER = "Resource configuration ID", "Resource share ARN", "MSK cluster ARN"
RCFG, RAM = configuration_id(ORDERS_REGION, 3), share_arn(ORDERS_REGION, 3)
KAFKA = f"arn:aws:kafka:{ORDERS_REGION}:{OWNER}:cluster/orders"
CONSOLE = "https://eu-central-1.console.aws.amazon.com/vpc/home?region=eu-central-1#ResourceConfigurations:"
_ELSEWHERE = "lies in eu-west-1, but the ClickPipes of this service run in eu-central-1."

RESOURCE_MISTAKES = {
    "a share's ARN for the configuration": (
        RAM, RAM, CONFIGURATION, "This is the ARN of a resource share. It belongs to the type VPC resource",
    ),
    "a page of the console": (
        CONSOLE, RAM, CONFIGURATION, "This is the address of a page of the AWS console.",
    ),
    "quotes": (f'"{RCFG}"', RAM, CONFIGURATION, "Remove the quotation marks around it."),
    "another region": (RCFG, RAM.replace(ORDERS_REGION, "eu-west-1"), SHARE, _ELSEWHERE),
}  # fmt: skip
CLUSTER_MISTAKES = {
    "a share's ARN": (RAM, CLUSTER, "This is the ARN of a resource share."),
    "brokers": ("b-1.example.com:9098,b-2.example.com:9098", CLUSTER, "This is a list of hosts with ports."),
    "another region": (KAFKA.replace(ORDERS_REGION, "eu-west-1"), CLUSTER, _ELSEWHERE),
}


@pytest.fixture
def page(visit: Visit) -> Page:
    page = visit(OPERATOR)
    steps.open_list(page, "orders")
    return page


@pytest.mark.parametrize("mistake", RESOURCE_MISTAKES)
def test_a_mistake_about_a_resource_is_told_at_its_field(page: Page, house: House, mistake: str) -> None:
    configuration, share, label, message = RESOURCE_MISTAKES[mistake]
    steps.fill_in_resource(page, configuration, share, "Mistaken")
    _expect_refused(page, house, label, message)
    expect(page.get_by_label(CONFIGURATION)).to_have_value(configuration)
    expect(page.get_by_label(SHARE)).to_have_value(share)


@pytest.mark.parametrize("mistake", CLUSTER_MISTAKES)
def test_a_mistake_about_a_cluster_is_told_at_its_field(page: Page, house: House, mistake: str) -> None:
    arn, label, message = CLUSTER_MISTAKES[mistake]
    steps.fill_in_cluster(page, arn, "SASL_SCRAM", "Mistaken")
    _expect_refused(page, house, label, message)
    expect(page.get_by_label(CLUSTER)).to_have_value(arn)
    expect(page.get_by_label("Authentication")).to_have_value("SASL_SCRAM")


def test_a_type_is_chosen_by_keyboard_and_what_was_typed_for_another_stays(page: Page) -> None:
    page.get_by_role("link", name="Create endpoint").first.click()
    page.get_by_role("radio", name="VPC endpoint service").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="VPC resource")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Which endpoint type do I need?")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label(CONFIGURATION)).to_be_focused()
    page.keyboard.type(KAFKA)  # in the wrong place
    page.keyboard.press("Tab")
    expect(page.get_by_label(SHARE)).to_be_focused()
    expect(page.get_by_label(CLUSTER)).to_be_hidden()
    page.get_by_label("Description").fill("Typed twice")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2 things to correct")).to_be_visible()

    page.get_by_role("radio", name="MSK multi-VPC").check()
    expect(page.get_by_label(CONFIGURATION)).to_be_hidden()
    page.get_by_label(CLUSTER).fill("orders")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="2 things to correct")).to_be_visible()
    for label in (CLUSTER, "Authentication"):
        page.get_by_role("alert").get_by_role("link", name=label).click()
        expect(page.get_by_label(label)).to_be_focused()
    expect(page.get_by_label("Description")).to_have_value("Typed twice")
    page.get_by_role("radio", name="VPC resource").check()
    expect(page.get_by_label(CONFIGURATION)).to_have_value(KAFKA)


def test_a_cluster_and_authentication_that_are_connected_are_told_as_taken(page: Page) -> None:
    steps.fill_in_cluster(page, KAFKA, "SASL_IAM", "The demo has it, with the uuid in its ARN")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("already has a connection with this authentication")


def _expect_refused(page: Page, house: House, label: str, message: str) -> None:
    before = [row["id"] for row in house.rows(ORDERS)]
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="1 thing to correct")).to_be_visible()
    wrong = page.get_by_label(label)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field").filter(has=wrong).locator(".error")).to_contain_text(message)
    page.get_by_role("alert").get_by_role("link", name=label).click()
    expect(wrong).to_be_focused()
    assert [row["id"] for row in house.rows(ORDERS)] == before
