"""Two browsers, two organizations: what one makes, no link, form or htmx request of the other finds."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Visit
from tests.browser.house import ADMIN, OPERATOR, ORDERS, ORDERS_REGION, SHOP, House

DESCRIPTION = "Nobody else's business"

# What stands in an address of the console, for an endpoint and its service.
PAGES = [
    "services/{service}/", "services/{service}/data-sources/", "services/{service}/settings/",
    "services/{service}/people/", "services/{service}/clickpipes/", "services/{service}/endpoints/",
    "services/{service}/endpoints/removed/", "services/{service}/endpoints/export.json",
    "services/{service}/endpoints/{endpoint}/", "services/{service}/endpoints/{endpoint}/remove/",
    "services/{service}/endpoints/{endpoint}/address/", "services/{service}/endpoints/{endpoint}/replace/",
    "services/{service}/settings/endpoints/{endpoint}/", "services/{service}/pipes/new/kafka/endpoint/",
    "services/{mine}/endpoints/{endpoint}/", "services/{mine}/endpoints/{endpoint}/remove/",
    "services/{mine}/endpoints/new/?from={endpoint}", "services/{mine}/settings/endpoints/{endpoint}/",
    "services/{mine}/pipes/new/kafka/endpoint/{endpoint}/",
]  # fmt: skip
FORMS = [
    "services/{service}/endpoints/{endpoint}/remove/", "services/{service}/endpoints/{endpoint}/retry/",
    "services/{mine}/endpoints/{endpoint}/remove/", "services/{mine}/endpoints/{endpoint}/hand-off/",
    "services/{mine}/endpoints/{endpoint}/replace/stop/", "services/{service}/pipes/new/kafka/discard/",
]  # fmt: skip


@pytest.fixture
def theirs(visit: Visit) -> tuple[str, str]:
    """An endpoint that somebody of the other organization made in their own browser: service and id."""
    page = visit(ADMIN)
    steps.create(page, "shop", ORDERS_REGION, 6, DESCRIPTION)
    found = re.search(r"/endpoints/([0-9a-f-]{36})/", page.url)
    assert found
    return SHOP, found[1]


def test_what_one_organization_makes_the_other_cannot_find(
    visit: Visit, house: House, theirs: tuple[str, str]
) -> None:
    mine = visit(OPERATOR)
    nothing = (str(uuid4()), str(uuid4()))
    for address in PAGES:
        seen = [_seen(mine, house, address, *ids) for ids in (theirs, nothing)]
        assert seen[0] == seen[1], address
        assert seen[0][0] == 404, address
        asked = [_asked(mine, house, address, *ids) for ids in (theirs, nothing)]
        assert asked[0] == asked[1], address
    for address in FORMS:
        for ids in (theirs, nothing):
            mine.goto(house.url)
            steps.forge(mine, _address(house, address, *ids), 404)
            expect(mine.get_by_role("heading", name="There is nothing here")).to_be_visible()
    mine.goto(f"{house.url}/services/{ORDERS}/pipes/new/kafka/endpoint/")
    for ids in (theirs, nothing):
        steps.forge(mine, mine.url, 422, way="endpoint", endpoint=ids[1])
        expect(mine.get_by_text("Choose an endpoint, or create one.").first).to_be_visible()
    mine.goto(f"{house.list_of(ORDERS)}?q={DESCRIPTION}")
    expect(mine.get_by_role("link", name=DESCRIPTION)).to_have_count(0)
    mine.goto(house.url)
    expect(mine.get_by_role("main").get_by_role("link", name="shop", exact=True)).to_have_count(0)


def _address(house: House, address: str, service: str, endpoint: str) -> str:
    return f"{house.url}/{address.format(service=service, endpoint=endpoint, mine=ORDERS)}"


def _seen(page: Page, house: House, address: str, *ids: str) -> tuple[int, str]:
    """Open a page; return its status, and all that a person reads there."""
    answer = page.goto(_address(house, address, *ids))
    assert answer is not None
    return answer.status, page.locator("body").inner_text()


def _asked(page: Page, house: House, address: str, *ids: str) -> tuple[int, str]:
    """Ask as htmx does; return status and answer without the ids that were sent and the form's token."""
    answer = page.request.get(_address(house, address, *ids), headers={"HX-Request": "true"})
    text = re.sub(r'(?<=X-CSRFToken": ")\w+|(?<=csrfmiddlewaretoken" value=")\w+', "…", answer.text())
    for one in ids:
        text = text.replace(one, "…")
    return answer.status, text
