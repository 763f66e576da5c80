"""VPC resources and MSK connections: from the sign-in to Ready, and back to nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import owner, steps
from tests.browser.conftest import Visit, sign_in
from tests.browser.house import (
    ANALYTICS,
    ANALYTICS_REGION,
    DELETED_VISIBLE_SECONDS,
    GRACE_SECONDS,
    OPERATOR,
    House,
)
from tests.sandbox_client import eventually

_RESOURCE_NAME = re.compile(
    r"^vpce-[0-9a-f]{17}\.rcfg-[0-9a-f]{17}\.[0-9a-z]+\.vpc-lattice-rsc\.us-east-1\.on\.aws$"
)
_BROKER = r"b-\d\.\w+\.[\w.-]+\.kafka\.us-east-1\.amazonaws\.com"
_STRING = re.compile(rf"^{_BROKER}:14\d{{3}}(,{_BROKER}:14\d{{3}}){{2}}$")


def test_a_vpc_resource_comes_up_by_itself_once_shared_and_is_removed_without_a_trace(
    visit: Visit, house: House
) -> None:
    page = visit(OPERATOR, signed_in=False)
    sign_in(page, OPERATOR)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=house.url)
    configuration = house.box.create_configuration(ANALYTICS_REGION)["id"]
    shared = owner.share(page, house, configuration)
    steps.open_list(page, "analytics")
    steps.fill_in_resource(page, configuration, shared.share_arn, "Resource flow")
    expect(page.get_by_text("The owner shares the resource configuration with")).to_be_visible()
    steps.send(page, "Resource flow")
    expect(steps.status(page)).to_have_text("Ready", timeout=40_000)  # by itself, the invitation too
    external_id = house.in_aws(ANALYTICS, "Resource flow")
    name = steps.fact(page, "DNS names").locator("code")
    expect(name).to_have_text(_RESOURCE_NAME)
    _expect_copied(page, "Copy the DNS name: Resource flow", name.inner_text())
    expect(page.get_by_text("A DNS name is not an address: add the port")).to_be_visible()
    expect(steps.fact(page, "Resource share ARN")).to_have_text(shared.share_arn)

    _remove(page, house, "cannot be used for another endpoint")
    _expect_tombstone(page, "Resource flow")
    house.pass_time(DELETED_VISIBLE_SECONDS + 1)
    _expect_gone(house, external_id)
    (one,) = house.box.shares(arn=shared.share_arn)
    assert one["status"] == "ACTIVE", "the share is its owner's"
    steps.open_list(page, "analytics")
    steps.fill_in_resource(page, configuration, shared.share_arn, "Once more")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("This resource share was already used")


def test_an_msk_connection_comes_up_with_its_own_string_and_is_removed_without_a_trace(
    visit: Visit, house: House
) -> None:
    page = visit(OPERATOR, signed_in=False)
    sign_in(page, OPERATOR)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=house.url)
    arn = house.box.create_cluster(ANALYTICS_REGION, "flow")["id"]
    steps.open_list(page, "analytics")
    steps.fill_in_cluster(page, arn, "SASL_SCRAM", "Cluster flow")
    expect(page.get_by_text("The owner's cluster policy allows this principal")).to_be_visible()
    steps.send(page, "Cluster flow")
    expect(steps.status(page)).to_have_text("Ready", timeout=40_000)  # by itself
    string = steps.fact(page, "Connection string").locator("code")
    expect(string).to_have_text(_STRING)
    _expect_copied(page, "Copy the connection string", string.inner_text())
    expect(steps.fact(page, "Broker names").locator("code")).to_have_count(3)
    expect(page.get_by_text("add the port of your source")).to_have_count(0)
    external_id = house.in_aws(ANALYTICS, "Cluster flow")
    steps.open_list(page, "analytics")
    _expect_copied(page, "Copy the connection string: Cluster flow", string_of(house, "Cluster flow"))
    page.get_by_role("link", name="Cluster flow", exact=True).click()

    _remove(page, house, "its owner takes our account out of it")
    _expect_tombstone(page, "Cluster flow")
    _expect_gone(house, external_id)
    assert [one["policy"] for one in house.box.clusters(id=arn)] != [""], "the policy is its owner's"


@pytest.mark.full
def test_without_javascript_the_fields_follow_the_chosen_type_and_both_types_come_up(
    visit: Visit, house: House
) -> None:
    page = visit(OPERATOR, java_script_enabled=False)
    shared = owner.make_shared(house, ANALYTICS_REGION)
    arn = house.box.create_cluster(ANALYTICS_REGION, "no-scripts")["id"]
    steps.open_list(page, "analytics")
    steps.fill_in_resource(page, shared.configuration_id, shared.share_arn, "Quiet resource")
    expect(page.get_by_label("MSK cluster ARN")).to_be_hidden()
    steps.send(page, "Quiet resource")
    resource = page.url
    steps.open_list(page, "analytics")
    steps.fill_in_cluster(page, arn, "SASL_IAM", "Quiet cluster")
    expect(page.get_by_label("Resource share ARN")).to_be_hidden()
    steps.send(page, "Quiet cluster")
    steps.reload_until(page, "Ready")
    expect(steps.fact(page, "Connection string").locator("code")).to_have_text(_STRING)
    steps.remove(page)
    page.goto(resource)
    steps.reload_until(page, "Ready")
    steps.remove(page)
    house.pass_time(GRACE_SECONDS)
    for description in ("Quiet resource", "Quiet cluster"):
        house.wait_until_gone(ANALYTICS, description)


def string_of(house: House, description: str) -> str:
    """Return what MSK tells for the connection of an endpoint, by the brokers' names that the API has."""
    names = house.row(ANALYTICS, description)["privateDnsNames"]
    return ",".join(f"{name}:1400{n}" for n, name in enumerate(names, start=1))


def _expect_copied(page: Page, button: str, text: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == text


def _remove(page: Page, house: House, stays: str) -> None:
    page.get_by_role("link", name="Remove", exact=True).click()
    expect(page.get_by_text(stays)).to_be_visible()
    page.get_by_role("button", name="Remove endpoint").click()
    expect(steps.status(page)).to_have_text("Deleting")
    house.pass_time(GRACE_SECONDS)
    expect(steps.status(page)).to_have_text("Removed", timeout=40_000)  # by itself
    expect(page.get_by_text(stays)).to_be_visible()


def _expect_tombstone(page: Page, description: str) -> None:
    row = steps.tombstone(page, "analytics", description)
    expect(row).to_contain_text(OPERATOR)
    expect(row).to_contain_text("Removal was requested")


def _expect_gone(house: House, external_id: str) -> None:
    """Wait until nothing in the sandbox mentions an endpoint or a connection any more."""

    def is_forgotten() -> bool:
        state = house.box.state()
        kinds = ("endpoints", "connections", "associations", "network_interfaces")
        return not any(external_id in str(item) for kind in kinds for item in state[kind])

    eventually(is_forgotten, 10, "AWS forgetting it")
