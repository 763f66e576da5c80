"""From the sign-in to a Ready endpoint and a ClickPipe, by visible labels only, and few page loads."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from endpoints.config import demo
from tests.browser import owner, steps
from tests.browser.conftest import Visit, sign_in
from tests.browser.house import ANALYTICS, ANALYTICS_REGION, LISTED_AGAIN_SECONDS, OPERATOR, House
from tests.sandbox_client import service_name

LOADS_MOST = 12
_DNS_NAME = r"vpce-[0-9a-f]{17}[-.][\w.-]+"
_BROKER = r"b-\d\.[\w.-]+\.kafka\.us-east-1\.amazonaws\.com:14\d{3}"

Fill = Callable[[Page, House], None]


def _service(page: Page, house: House) -> None:
    page.get_by_role("radio", name="VPC endpoint service").check()
    page.get_by_label("VPC endpoint service name").fill(service_name(ANALYTICS_REGION, 2))


def _resource(page: Page, house: House) -> None:
    shared = owner.make_shared(house, ANALYTICS_REGION)
    page.get_by_role("radio", name="VPC resource").check()
    page.get_by_label("Resource configuration ID").fill(shared.configuration_id)
    page.get_by_label("Resource share ARN").fill(shared.share_arn)


def _cluster(page: Page, house: House) -> None:
    arn = house.box.create_cluster(ANALYTICS_REGION, "wizard")["id"]
    page.get_by_role("radio", name="MSK multi-VPC").check()
    page.get_by_label("MSK cluster ARN").fill(arn)
    page.get_by_label("Authentication").select_option("SASL_SCRAM")


def count_loads(page: Page) -> list[str]:
    """Return the list into which every page load from now on goes, after the one that is there."""
    loads = [page.url]
    page.on("domcontentloaded", lambda loaded: loads.append(loaded.url))
    return loads


def open_choice(page: Page, source: str) -> None:
    """Go from the services to the choice of an endpoint for a source."""
    page.get_by_role("table").get_by_role("link", name="analytics", exact=True).click()
    page.get_by_role("link", name="Set up a ClickPipe").first.click()
    page.get_by_role("link", name=source).click()
    page.get_by_role("button", name="Reverse private endpoint").click()


def create(page: Page, house: House, fill: Fill, description: str) -> None:
    """Create an endpoint from the choice; ends at the page to wait on."""
    page.get_by_role("link", name="Create endpoint").click()
    fill(page, house)
    page.get_by_label("Description").fill(description)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name=description, level=3)).to_be_visible()


@pytest.mark.parametrize(
    ("source", "fill", "address"),
    [
        ("Postgres", _service, rf"{_DNS_NAME}\.vpce\.amazonaws\.com:5432"),
        ("MySQL", _resource, rf"{_DNS_NAME}\.on\.aws:3306"),
        ("Kafka", _cluster, rf"{_BROKER}(,{_BROKER})+"),
    ],
    ids=["service", "resource", "cluster"],
)
def test_from_the_sign_in_to_a_clickpipe_in_few_page_loads(
    visit: Visit, house: House, source: str, fill: Fill, address: str
) -> None:
    page = visit(OPERATOR, signed_in=False)
    loads = count_loads(page)
    sign_in(page, OPERATOR)
    open_choice(page, source)
    create(page, house, fill, f"Wizard {source}")
    expect(page.get_by_role("button", name="Create ClickPipe")).to_be_visible(timeout=40_000)  # by itself
    expect(page).to_have_title(re.compile(f"^Ready: Wizard {source}"))
    expect(page.get_by_role("status")).to_have_text(f"Wizard {source}: Ready")
    expect(page.get_by_role("listitem").filter(has_text="Address and name")).to_have_attribute(
        "aria-current", "step"
    )
    page.get_by_label("ClickPipe name").fill(f"orders from {source}")
    page.get_by_role("button", name="Create ClickPipe").click()
    expect(page.get_by_role("heading", name=f"orders from {source}", level=1)).to_be_visible()
    expect(page.get_by_text("Can connect", exact=True)).to_be_visible()
    expect(steps.fact(page, "Address").locator("code")).to_have_text(re.compile(f"^{address}$"))
    assert len(loads) <= LOADS_MOST, loads
    page.get_by_role("link", name="Data Sources").click()
    expect(page.get_by_text("Unfinished")).to_have_count(0)
    page.get_by_role("link", name=f"orders from {source}").click()
    page.get_by_role("link", name="Remove", exact=True).click()
    page.get_by_role("button", name="Remove ClickPipe").click()
    expect(page.get_by_text(f"The ClickPipe was removed: orders from {source}")).to_be_visible()


def test_without_javascript_the_page_reloads_until_it_asks_for_the_name(visit: Visit, house: House) -> None:
    page = visit(OPERATOR, signed_in=False, java_script_enabled=False)
    loads = count_loads(page)
    sign_in(page, OPERATOR)
    open_choice(page, "MongoDB")
    create(page, house, _service, "Wizard without scripts")
    before = len(loads)
    wait = page.url
    expect(page.get_by_role("button", name="Create ClickPipe")).to_be_visible(timeout=40_000)
    assert set(loads[before:]) <= {wait}
    reloads = len(loads) - before
    page.get_by_label("Port", exact=True).fill("99999")
    page.get_by_label("ClickPipe name").fill("orders without scripts")
    page.get_by_role("button", name="Create ClickPipe").click()
    expect(page.get_by_role("alert")).to_contain_text("A port is a number from 1 to 65535.")
    expect(page).to_have_title(re.compile("^1 error: Set up a ClickPipe"))
    page.goto(house.url)
    page.get_by_role("table").get_by_role("link", name="analytics", exact=True).click()
    page.get_by_role("link", name="Continue: MongoDB").click()
    expect(page.get_by_label("ClickPipe name")).to_have_value("orders without scripts")
    expect(page.get_by_label("Port", exact=True)).to_have_value("99999")
    page.get_by_label("Port", exact=True).fill("27017")
    page.get_by_role("button", name="Create ClickPipe").click()
    expect(page.get_by_role("heading", name="orders without scripts", level=1)).to_be_visible()
    detour = 4  # the mistake, and the way back to it
    assert len(loads) - reloads - detour <= LOADS_MOST, loads


def test_a_pending_endpoint_is_waited_for_and_nothing_typed_is_lost_on_the_way(
    visit: Visit, house: House
) -> None:
    house.ask_for(ANALYTICS, ANALYTICS_REGION, 1, "Wizard pending")
    external_id = house.wait_for(ANALYTICS, "Wizard pending", "PendingAcceptance")["endpointId"]
    page = visit(OPERATOR)
    open_choice(page, "Postgres")
    page.get_by_label("Search").fill("zard pend")
    expect(page.get_by_role("radio")).to_have_count(1)  # by itself
    expect(page.get_by_role("radio")).to_be_disabled()
    page.get_by_role("button", name="Wait for it: Wizard pending").click()
    expect(page.get_by_text("This page follows by itself")).to_be_visible()
    steps.act_as_owner(page, house, ANALYTICS_REGION, external_id, "Accept")
    house.pass_time(LISTED_AGAIN_SECONDS["PendingAcceptance"])
    page.bring_to_front()
    name = page.get_by_label("ClickPipe name")
    expect(name).to_be_visible(timeout=40_000)

    name.fill("typed before")
    port = page.get_by_label("Port", exact=True)
    port.fill("0")
    name.focus()
    expect(page.get_by_text("A port is a number from 1 to 65535.")).to_be_visible()  # without sending it
    expect(name).to_be_focused()
    page.reload()
    expect(name).to_have_value("typed before")
    page.get_by_role("link", name="Endpoint", exact=True).click()
    page.go_back()
    expect(name).to_have_value("typed before")
    expect(port).to_have_value("0")
    page.get_by_role("button", name="Create ClickPipe").click()
    expect(page.get_by_role("alert")).to_contain_text("A port is a number from 1 to 65535.")
    page.get_by_role("link", name="Endpoint", exact=True).click()
    page.go_back()  # to a page, not to a form that must be sent again
    expect(name).to_have_value("typed before")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_expired_sign_in_brings_the_form_back(visit: Visit, house: House) -> None:
    page = visit(OPERATOR, signed_in=False)
    sign_in(page, OPERATOR)
    open_choice(page, "Kafka")
    page.get_by_role("link", name="Create endpoint").click()
    form = page.url
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("VPC endpoint service name").fill(service_name(ANALYTICS_REGION, 2))
    page.get_by_label("Description").fill("Typed by nobody")
    # The check of the first field found nobody signed in.
    expect(page.get_by_text("what you typed is kept")).to_be_visible()
    sign_in_again(page)
    assert page.url == form
    expect(page.get_by_label("VPC endpoint service name")).to_have_value(service_name(ANALYTICS_REGION, 2))

    page.get_by_label("Description").fill("Typed once more")
    page.get_by_label("VPC endpoint service name").focus()
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text("what you typed is kept")).to_be_visible()
    sign_in_again(page)
    expect(page.get_by_label("Description")).to_have_value("Typed once more")
    assert "Typed once more" not in {row["description"] for row in house.rows(ANALYTICS)}


def sign_in_again(page: Page) -> None:
    """Sign in on the page one was sent to; ends on the page one came from."""
    page.get_by_label("E-mail").fill(OPERATOR)
    page.get_by_label("Password", exact=True).fill(demo.PASSWORDS[OPERATOR])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Set up a ClickPipe")).to_be_visible()


def test_a_search_waits_until_a_korean_syllable_is_complete(visit: Visit, house: House) -> None:
    page = visit(OPERATOR)
    open_choice(page, "Postgres")
    page.get_by_label("Search").focus()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "?q=" in request.url else None)
    ime = page.context.new_cdp_session(page)
    for text in ("ㅎ", "하", "한"):
        ime.send("Input.imeSetComposition", {"text": text, "selectionStart": 1, "selectionEnd": 1})
    page.wait_for_timeout(800)  # more than twice the wait of the search
    assert asked == []
    ime.send("Input.insertText", {"text": "한"})
    expect(page.get_by_text("No endpoint matches this search.")).to_be_visible()
    assert [url.rpartition("?q=")[2] for url in asked] == ["%ED%95%9C"]
