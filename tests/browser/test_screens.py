"""Every screen in both languages, both themes and three widths, as pictures; none scrolls sideways.

And axe, with the rules of WCAG 2.2 AA, finds nothing on any of them.
"""

from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from devtools.common import CHECKOUT
from tests.browser.conftest import Visit
from tests.browser.house import ADMIN, OPERATOR, ORDERS, ORDERS_REGION, House
from tests.browser.screens import LONG, UNBROKEN, screens
from tests.sandbox_client import configuration_id, service_id

FOLDER = CHECKOUT / "var" / "screenshots"
_SAMPLE = {("en", "light", 1440)}
_ALL = list(product(("en", "ko"), ("light", "dark"), (360, 768, 1440)))
VARIANTS = [pytest.param(*one, marks=[] if one in _SAMPLE else pytest.mark.full) for one in _ALL]
_OF_ADMINS = list(product(("light", "dark"), (360, 768, 1440)))
NARROWEST = 320
_AXE = Axe()
_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_CONTRAST = {"type": "rule", "values": ["color-contrast"]}


def _marks(one: tuple[str, int]) -> list[pytest.MarkDecorator]:
    return [] if one == ("light", 1440) else [pytest.mark.full]


@pytest.fixture(scope="package")
def ids(house: House) -> dict[str, str]:
    """A service with an endpoint of each type in each status, with the longest of descriptions too."""
    return house.make_gallery(LONG, UNBROKEN)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("language", "theme", "width"), VARIANTS)
def test_every_screen_fits_its_window_and_everybody(
    visit: Visit, house: House, ids: dict[str, str], language: str, theme: str, width: int
) -> None:
    options: dict[str, Any] = {"color_scheme": theme, "viewport": {"width": width, "height": 900}}
    page = visit(OPERATOR, reduced_motion="reduce", **options)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": house.url}])
    FOLDER.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    every = (language, theme, width) not in _SAMPLE
    for name in screens(page, house, ids, every=every):
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.screenshot(path=FOLDER / f"{name}-{language}-{theme}-{width}.png", full_page=True)
        found = [*_too_wide(page, width), *_hindrances(page, _RULES)]
        if not every:  # the other theme as well, as far as it may differ
            page.emulate_media(color_scheme="dark")
            found += [f"dark: {what}" for what in _hindrances(page, _CONTRAST)]
            page.emulate_media(color_scheme="light")
        wrong += [f"{name}: {what}" for what in found]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("theme", "width"), [pytest.param(*one, marks=_marks(one)) for one in _OF_ADMINS])
def test_the_audit_fits_its_window_and_everybody(
    visit: Visit, house: House, ids: dict[str, str], theme: str, width: int
) -> None:
    page = visit(ADMIN, color_scheme=theme, viewport={"width": width, "height": 900})
    FOLDER.mkdir(parents=True, exist_ok=True)
    here = reverse("audit", args=[ids["service"]])
    orders = reverse("audit", args=[ORDERS])
    paths = {
        "audit": orders,
        "audit-filtered": f"{orders}?action=endpoint.requested&who={ADMIN}",
        "audit-long": here,
        "audit-nothing": f"{here}?who=nobody@example.com",
        "audit-organization": reverse("organization-audit", args=[ids["organization"]]),
    }
    wrong: list[str] = []
    for name, path in paths.items():
        page.goto(house.url + path)
        page.screenshot(path=FOLDER / f"{name}-en-{theme}-{width}.png", full_page=True)
        found = [*_too_wide(page, width), *_hindrances(page, _RULES)]
        wrong += [f"{name}: {what}" for what in found]
    assert not wrong, "\n".join(wrong)


def test_axe_would_tell(visit: Visit) -> None:
    page = visit(OPERATOR)
    page.goto("about:blank")  # a page of ours would forbid the style
    page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"></main></html>')
    assert [what.partition(":")[0] for what in _hindrances(page, _RULES)] == ["image-alt"]
    page.set_content(
        '<html lang="en"><title>x</title><p style="color:#ccc;background:#fff">Too pale to read</p></html>'
    )
    assert [what.partition(":")[0] for what in _hindrances(page, _CONTRAST)] == ["color-contrast"]


def _too_wide(page: Page, width: int) -> list[str]:
    found = []
    for wanted in (width, NARROWEST):
        page.set_viewport_size({"width": wanted, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{over} px too wide at {wanted} px"] if over > 0 else []
    page.set_viewport_size({"width": width, "height": 900})
    return found


def _hindrances(page: Page, rules: dict[str, Any]) -> list[str]:
    answer = _AXE.run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in answer["violations"]
        for node in rule["nodes"][:3]
    ]


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
