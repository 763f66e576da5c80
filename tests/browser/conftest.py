"""A house, a Chromium, and browsers of the demo's people, each of them watched."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from endpoints.config import demo
from tests.browser.house import House, open_house
from tests.browser.watch import Watch

PATIENCE_MS = 20_000
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

Visit = Callable[..., Page]
Sessions = dict[str, StorageState]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


# Package and not session: playwright leaves an event loop in this thread, which Django's ORM refuses, so it
# must be gone before tests of other folders use the database.
@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    var = Path(settings.VAR_DIR) / f"browser-{os.getpid()}"
    shutil.rmtree(var, ignore_errors=True)
    with open_house(var) as house:
        yield house
    shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    named = os.environ.get("CHROMIUM")
    path = next(filter(None, [named and shutil.which(named), *map(shutil.which, _NAMES)]), None)
    if path is None:
        pytest.fail("No Chromium: install it (apt-get install chromium) or name it in CHROMIUM.")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch(house: House) -> Iterator[Watch]:
    """What goes wrong on the pages of a test; the test fails at its end if anything did."""
    seen = Watch(frozenset(urlsplit(url).netloc for url in (house.url, house.on_localhost, house.box.url)))
    yield seen
    assert seen.problems == []


@pytest.fixture(scope="package")
def sessions() -> Sessions:
    """The cookies of those who signed in before, by e-mail."""
    return {}


@pytest.fixture
def visit(house: House, chromium: Browser, watch: Watch, sessions: Sessions) -> Iterator[Visit]:
    """Open a browser of one person, `visit(OPERATOR)`, at their services; with `signed_in=False` before that.

    Other named options are those of a browser context, e.g. `java_script_enabled=False`.
    """
    opened: list[BrowserContext] = []

    def visit(email: str, *, signed_in: bool = True, **options: Any) -> Page:
        context = chromium.new_context(storage_state=sessions.get(email) if signed_in else None, **options)
        opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        watch.begin(context, scripts=options.get("java_script_enabled", True))
        page = context.new_page()
        page.goto(house.url)
        if signed_in and email not in sessions:
            sign_in(page, email)
            sessions[email] = context.storage_state()
        return page

    yield visit
    for context in opened:
        context.close()


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(demo.PASSWORDS[email])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Services", level=1)).to_be_visible()
