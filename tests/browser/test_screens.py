"""Every screen in both languages, both themes and three widths, as pictures; none scrolls sideways."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from devtools.common import CHECKOUT
from tests.browser.conftest import Visit
from tests.browser.house import OPERATOR, ORDERS, ORDERS_REGION, SHOP, House
from tests.sandbox_client import configuration_id, service_id

FOLDER = CHECKOUT / "var" / "screenshots"
LONG = "Bestellungen-und-Rechnungen-" * 9  # 252 characters that break nowhere but at hyphens
UNBROKEN = "x" * 255
_SAMPLE = {("en", "light", 1440), ("ko", "dark", 360), ("en", "light", 360)}
_ALL = list(product(("en", "ko"), ("light", "dark"), (360, 768, 1440)))
VARIANTS = [pytest.param(*one, marks=[] if one in _SAMPLE else pytest.mark.full) for one in _ALL]


@pytest.fixture(scope="package")
def gallery(house: House) -> dict[str, str]:
    """An endpoint of each lasting status, and a Ready one of each type: by name, its id."""
    wanted = {"pending": (1, "Payments Kafka", "PendingAcceptance"), "ready": (2, "Clicks Kafka", "Ready")}
    wanted |= {"failed": (3, LONG, "Failed"), "unbroken": (2, UNBROKEN, "Ready")}
    for k, description, _ in wanted.values():
        house.ask_for(ORDERS, ORDERS_REGION, k, description)
    rows = {name: house.wait_for(ORDERS, text, status) for name, (_, text, status) in wanted.items()}
    of_the_demo = {"resource": "Payments MySQL", "msk": "Orders MSK"}
    rows |= {name: house.wait_for(ORDERS, text, "Ready") for name, text in of_the_demo.items()}
    return {name: str(row["id"]) for name, row in rows.items()}


@pytest.mark.parametrize(("language", "theme", "width"), VARIANTS)
def test_every_screen_fits_its_window(
    visit: Visit, house: House, gallery: dict[str, str], language: str, theme: str, width: int
) -> None:
    options: dict[str, Any] = {"color_scheme": theme, "viewport": {"width": width, "height": 900}}
    page = visit(OPERATOR, **options)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": house.url}])
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in _screens(page, house, gallery):
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.screenshot(path=FOLDER / f"{name}-{language}-{theme}-{width}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} px too wide"


def test_the_owner_console_fits_a_telephone(visit: Visit, house: House) -> None:
    page = visit(OPERATOR, viewport={"width": 360, "height": 800})
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = service_id(ORDERS_REGION, 1)
    cluster = f"clusters/{house.box.clusters(region=ORDERS_REGION, name='orders')[0]['uuid']}"
    configuration = f"configurations/{configuration_id(ORDERS_REGION, 1)}"
    paths = ["", "new", f"services/{name}", "endpoints", "faults", "clock", "calls"]
    for path in (*paths, "clusters", cluster, "configurations", configuration, "shares"):
        page.goto(f"{house.box.url}/_console/{path}")
        shot = path.partition("/")[0] + ("-one" if "/" in path else "")
        page.screenshot(path=FOLDER / f"console-{shot or 'home'}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"


def _screens(page: Page, house: House, gallery: dict[str, str]) -> Iterator[str]:
    """Go to one screen after the other, and yield its name."""
    orders = house.list_of(ORDERS)
    addresses = {"services": house.url, "list": orders, "create": f"{orders}new/"}
    addresses |= {name: f"{orders}{key}/" for name, key in gallery.items()}
    addresses |= {"remove": f"{orders}{gallery['ready']}/remove/", "removed": f"{orders}removed/"}
    addresses |= {"create-resource": f"{orders}new/?type=VPC_RESOURCE"}
    addresses |= {"create-msk": f"{orders}new/?type=MSK_MULTI_VPC"}
    addresses |= {"remove-msk": f"{orders}{gallery['msk']}/remove/"}
    addresses |= {"nothing-here": house.list_of(SHOP), "old-link": f"{house.url}/set-password/x/y/"}
    for name, address in addresses.items():
        page.goto(address)
        yield name
    page.goto(f"{orders}new/")
    page.locator("#id_description").fill(UNBROKEN + "y")
    page.locator("form.form button").last.click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "create-with-mistakes"
    page.context.clear_cookies(name="sessionid")
    page.goto(f"{house.url}/sign-in/")
    yield "sign-in"
