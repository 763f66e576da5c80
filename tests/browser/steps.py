"""What people do on the pages and in the owner console, by the labels they see."""

import re
import time

from playwright.sync_api import Locator, Page, expect

from tests.browser.house import House
from tests.sandbox_client import service_id, service_name

PACE_MS = 250

# What a forged form does: a POST from a page of ours, with the token that every page carries.
_FORGE = """([address, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  form.append(document.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""


def open_list(page: Page, service: str) -> None:
    """Go from the services to the full list of the endpoints of one, by its name."""
    page.get_by_role("link", name="Services").first.click()
    page.get_by_role("table").get_by_role("link", name=service, exact=True).click()
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("link", name="Reverse private endpoints", exact=True).click()
    page.get_by_role("link", name="See all").click()
    expect(page.get_by_role("heading", name="Reverse private endpoints", level=1)).to_be_visible()


def fill_in(page: Page, name: str, description: str) -> None:
    """Open the form from the list and fill it in, without sending it."""
    page.get_by_role("link", name="Create endpoint").first.click()
    page.get_by_label("VPC endpoint service name").fill(name)
    page.get_by_label("Description").fill(description)


def choose(page: Page, kind: str) -> None:
    """Open the form from the list and choose a type by its words."""
    page.get_by_role("link", name="Create endpoint").first.click()
    page.get_by_role("radio", name=kind).check()


def fill_in_resource(page: Page, configuration_id: str, share_arn: str, description: str) -> None:
    """Open the form from the list and fill it in for a VPC resource, without sending it."""
    choose(page, "VPC resource")
    page.get_by_label("Resource configuration ID").fill(configuration_id)
    page.get_by_label("Resource share ARN").fill(share_arn)
    page.get_by_label("Description").fill(description)


def fill_in_cluster(page: Page, arn: str, authentication: str, description: str) -> None:
    """Open the form from the list and fill it in for an MSK cluster, without sending it."""
    choose(page, "MSK multi-VPC")
    page.get_by_label("MSK cluster ARN").fill(arn)
    page.get_by_label("Authentication").select_option(authentication)
    page.get_by_label("Description").fill(description)


def send(page: Page, description: str) -> None:
    """Send the form; ends at the new endpoint's page."""
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name=description, level=1)).to_be_visible()


def open_endpoint(page: Page, service: str, description: str) -> None:
    """Go from the services to the page of one endpoint."""
    open_list(page, service)
    page.get_by_role("link", name=description, exact=True).click()
    expect(page.get_by_role("heading", name=description, level=1)).to_be_visible()


def fact(page: Page, caption: str) -> Locator:
    """Return what an endpoint's page says under a caption."""
    return page.locator("dt", has_text=re.compile(f"^{re.escape(caption)}$")).locator("+ dd")


def create(page: Page, service: str, region: str, k: int, description: str) -> None:
    """Create an endpoint to the seed's endpoint service k; ends at the endpoint's page."""
    open_list(page, service)
    fill_in(page, service_name(region, k), description)
    send(page, description)


def status(page: Page) -> Locator:
    """Return the badge of an endpoint's own page."""
    return page.locator(".heading .badge")


def reload_until(page: Page, word: str, seconds: float = 30) -> None:
    """Reload an endpoint's page until its badge says `word`."""
    badge = status(page)
    end = time.monotonic() + seconds
    while badge.inner_text() != word:
        assert time.monotonic() < end, f"still {badge.inner_text()!r}, not {word!r}: {page.url}"
        page.wait_for_timeout(PACE_MS)  # else reloading takes the time of those who do the work
        page.reload()


def create_pending(page: Page, service: str, region: str, description: str) -> None:
    """Create an endpoint whose owner must accept, and wait until it says so."""
    create(page, service, region, 1, description)
    reload_until(page, "Pending acceptance")


def act_as_owner(page: Page, house: House, region: str, endpoint_id: str, button: str) -> None:
    """Press a button for a connection that waits at the seed's service 1, in the owner console."""
    console = page.context.new_page()
    console.goto(f"{house.box.url}/_console/?region={region}")
    row = console.get_by_role("row").filter(has_text=service_id(region, 1))
    expect(row).to_contain_text("waiting for you")
    row.get_by_role("link").first.click()
    console.get_by_role("button", name=f"{button} {endpoint_id}").click()
    expect(console.get_by_role("status")).to_be_visible()
    console.close()


def act_as_fate(page: Page, house: House, endpoint_id: str, button: str, message: str = "") -> None:
    """Press a button on an endpoint's own page of the owner console."""
    console = page.context.new_page()
    console.goto(f"{house.box.url}/_console/endpoints/{endpoint_id}")
    if message:
        console.get_by_label("Message").fill(message)
    console.get_by_role("button", name=button).click()
    expect(console.get_by_role("status")).to_be_visible()
    console.close()


def remove(page: Page) -> None:
    """Remove the endpoint whose page is open, with the confirmation."""
    page.get_by_role("link", name="Remove", exact=True).click()
    expect(page.get_by_text("loses its connection")).to_be_visible()
    page.get_by_role("button", name="Remove endpoint").click()


def tombstone(page: Page, service: str, description: str) -> Locator:
    """Go to the removed endpoints of a service and return the row of one."""
    open_list(page, service)
    page.get_by_role("link", name="Removed endpoints").click()
    row = page.get_by_role("row").filter(has_text=description)
    expect(row).to_have_count(1)
    return row


def advice(page: Page) -> Locator:
    """Return what an endpoint's page says first: what is the matter, who must act, what to do."""
    return page.get_by_role("region", name="What is the matter")


def forge(page: Page, address: str, status: int, **fields: str) -> None:
    """Send a form that the page does not have, with the token that every page carries; expect a status."""
    with page.expect_navigation() as moved:
        page.evaluate(_FORGE, [address, fields])
    assert moved.value is not None
    assert moved.value.status == status
