"""API keys in a browser: issued, copied, rotated and disabled by an admin, with and without JavaScript."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.house import ADMIN, ANALYTICS, House
from tests.browser.test_screens import _ALL, _RULES, FOLDER, _hindrances, _too_wide
from tests.keys.asking import ask_api

_SAMPLE = ("en", "light", 1440)
VARIANTS = [pytest.param(*one, marks=[] if one == _SAMPLE else pytest.mark.full) for one in _ALL]


@pytest.mark.parametrize("scripts", [True, False])
def test_an_admin_issues_rotates_and_disables_a_key(visit: Visit, house: House, scripts: bool) -> None:
    page = visit(ADMIN, java_script_enabled=scripts)
    page.goto(house.url + reverse("settings", args=[ANALYTICS]))
    page.get_by_role("link", name="API keys").click()
    page.get_by_role("link", name="Issue key").first.click()
    name = f"pipeline {scripts}"
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Issue key").click()
    first = _read(page)
    assert ask_api(house.url, ANALYTICS, *first) == 200
    if scripts:
        page.reload()  # it is a GET by now, and no form is sent again
        expect(page.get_by_role("heading", name="Issue API key")).to_be_visible()
    page.goto(house.url + reverse("key", args=[ANALYTICS, first[0]]))
    assert first[1] not in page.content()
    page.get_by_role("link", name="Rotate").click()
    page.get_by_label("The old key goes on for").select_option("hour")
    page.get_by_role("button", name="Rotate key").click()
    second = _read(page)
    assert [ask_api(house.url, ANALYTICS, *pair) for pair in (first, second)] == [200, 200]
    page.get_by_role("link", name="I have copied it").click()
    row = page.locator(f"#key-{second[0]}")
    row.get_by_role("link", name=name).click()
    page.get_by_role("link", name="Disable").click()
    page.get_by_role("button", name="Disable key").click()
    expect(page.get_by_text(f"“{name}” is disabled")).to_be_visible()
    assert [ask_api(house.url, ANALYTICS, *pair) for pair in (first, second)] == [200, 401]


def _read(page: Page) -> tuple[str, str]:
    expect(page.get_by_role("heading", name="Copy the secret now")).to_be_visible()
    shown = [page.locator(f".copyable:has(#copy-{name}) code").inner_text() for name in ("key-id", "secret")]
    assert re.fullmatch(r"[\w-]{43}", shown[1])
    return shown[0], shown[1]


@pytest.fixture(scope="package")
def gallery(house: House) -> dict[str, str]:
    """A service with a key in each state."""
    return house.make_gallery()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("language", "theme", "width"), VARIANTS)
def test_every_screen_fits_its_window_and_everybody(
    visit: Visit, house: House, gallery: dict[str, str], language: str, theme: str, width: int
) -> None:
    options: dict[str, Any] = {"color_scheme": theme, "viewport": {"width": width, "height": 900}}
    page = visit(ADMIN, reduced_motion="reduce", **options)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": house.url}])
    FOLDER.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    for name in _screens(page, house, gallery):
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.screenshot(path=FOLDER / f"{name}-{language}-{theme}-{width}.png", full_page=True)
        found = [*_too_wide(page, width), *_hindrances(page, _RULES)]
        wrong += [f"{name}: {what}" for what in found]
    assert not wrong, "\n".join(wrong)


def _screens(page: Page, house: House, gallery: dict[str, str]) -> Iterator[str]:
    here, key = [gallery["service"]], [gallery["service"], gallery["key"]]
    page.goto(house.url + reverse("keys", args=here))
    yield "keys"
    page.locator("details.more summary").click()
    yield "keys-ended"
    for name in ("key", "rotate-key", "disable-key"):
        page.goto(house.url + reverse(name, args=key))
        yield name
    page.goto(house.url + reverse("key", args=[gallery["service"], gallery["rotated key"]]))
    yield "key-rotated"
    page.goto(house.url + reverse("issue-key", args=here))
    yield "issue-key"
    page.locator("main form.form button").click()
    yield "issue-key-with-mistakes"
    page.locator("#id_name").fill("Shown once")
    page.locator("main form.form button").click()
    expect(page.locator("#copy-secret")).to_be_attached()
    yield "key-secret"
