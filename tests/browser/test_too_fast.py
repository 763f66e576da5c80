"""A person who is too fast, in a browser: when to go on is told, and nothing that was typed is lost."""

import contextlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from devtools.children import Child
from devtools.up import web_command
from tests.browser.conftest import Visit
from tests.browser.house import ORDERS, VIEWER, House, _answers, _free_port
from tests.browser.test_screens import _RULES, FOLDER, _hindrances, _too_wide
from tests.browser.watch import Watch
from tests.sandbox_client import eventually

A_MINUTE = 12


@pytest.fixture
def strict_url(house: House, watch: Watch) -> Iterator[str]:
    """Another web server of the house, which lets a person change only so much a minute."""
    port = _free_port()
    env = dict(house.env) | {"RATE_LIMITS": "on", "USER_CHANGES_A_MINUTE": str(A_MINUTE)}
    url = f"http://127.0.0.1:{port}"
    watch.hosts |= {urlsplit(url).netloc}
    child = Child("strict", web_command(port), env, house.var / "log")
    with contextlib.ExitStack() as stack:
        stack.callback(child.stop, 20.0)
        child.start()
        eventually(lambda: _answers(url), 60, "an answer of the strict web server")
        yield url


def test_who_is_too_fast_waits_and_sends_the_same_again(visit: Visit, strict_url: str) -> None:
    page = visit(VIEWER, viewport={"width": 360, "height": 900})
    page.goto(strict_url + reverse("settings", args=[ORDERS]))
    refused = page.get_by_role("heading", name="That was too much at once")
    for n in range(3 * A_MINUTE):
        chosen = page.get_by_role("button", name=("Dark", "Light")[n % 2])
        chosen.click()
        page.wait_for_load_state()
        if refused.is_visible():
            break
    expect(refused).to_be_visible()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=FOLDER / f"too-fast-en-{width}.png", full_page=True)
        assert [*_too_wide(page, width), *_hindrances(page, _RULES)] == []
    page.wait_for_timeout(60_000 / A_MINUTE + 500)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    expect(chosen).to_have_attribute("aria-pressed", "true")
