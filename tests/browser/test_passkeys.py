"""Passkeys in a real browser: added, used alone and as a second step, renamed, removed; at every width."""

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Visit
from tests.browser.house import House
from tests.browser.test_screens import _CONTRAST, _RULES, FOLDER, _hindrances, _too_wide

PASSWORD = "correct horse battery staple"
_OPTIONS = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Device:
    """The device that holds a person's passkeys, as Chromium plays it."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        made = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": _OPTIONS})
        self._id = made["authenticatorId"]

    def knows_its_person(self, yes: bool) -> None:
        """Let it recognise finger or face, or not."""
        asked = {"authenticatorId": self._id, "isUserVerified": yes}
        self._cdp.send("WebAuthn.setUserVerified", asked)

    def count(self) -> int:
        """Return how many passkeys it holds."""
        asked = {"authenticatorId": self._id}
        return len(self._cdp.send("WebAuthn.getCredentials", asked)["credentials"])


@pytest.fixture
def page(visit: Visit, house: House) -> Page:
    """A browser in which nobody is signed in, where passkeys work."""
    page = visit("", signed_in=False, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.goto(house.on_localhost)
    return page


def sign_in(page: Page, house: House, email: str, onward: str = "/") -> None:
    page.goto(f"{house.on_localhost}/sign-in/?next={onward}")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def title(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def look(page: Page, heading: str, name: str) -> list[str]:
    """Return what is wrong with the page of a heading, in both themes and at every width."""
    title(page, heading)
    found = [*_too_wide(page, 1440), *_hindrances(page, _RULES)]
    page.screenshot(path=FOLDER / f"{name}-en-light-1440.png", full_page=True)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 900})
    found += [f"dark: {what}" for what in _hindrances(page, _CONTRAST)]
    page.screenshot(path=FOLDER / f"{name}-en-dark-360.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})
    return [f"{name}: {what}" for what in found]


def add(page: Page, house: House, name: str, *, alone: bool = True) -> None:
    page.goto(f"{house.on_localhost}/account/passkeys/")
    follow(page, "Add a passkey")
    if page.url.partition("?")[0].endswith("/confirm/"):
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        press(page, "Go on")
    title(page, "Add a passkey")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("checkbox").set_checked(alone)
    press(page, "Add a passkey")


def test_a_passkey_signs_in_alone_and_as_a_second_step(page: Page, house: House) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    house.make_person("passkeys@postern.example", PASSWORD)
    device = Device(page)
    wrong = look(page, "Sign in", "sign-in-passkey")
    sign_in(page, house, "passkeys@postern.example")
    title(page, "Services")
    add(page, house, "Telephone")
    title(page, "Recovery codes")
    expect(page.locator("pre.code")).to_have_text(_ten_codes())
    wrong += look(page, "Recovery codes", "recovery-codes")
    follow(page, "I have kept them")
    expect(page.get_by_text("You have 1 passkey.")).to_be_visible()
    assert device.count() == 1
    wrong += look(page, "Your account", "account-with-passkey")

    sign_out(page)
    page.goto(f"{house.on_localhost}/sign-in/?next=/account/sessions/")
    press(page, "Sign in with a passkey")
    title(page, "Where you are signed in")
    wrong += look(page, "Where you are signed in", "sessions")

    sign_out(page)
    sign_in(page, house, "passkeys@postern.example", "/account/passkeys/")
    title(page, "Second step")
    wrong += look(page, "Second step", "second-step")
    press(page, "Use a passkey")
    title(page, "Passkeys")
    expect(page.get_by_text("Signs you in alone")).to_be_visible()
    wrong += look(page, "Passkeys", "passkeys")

    page.goto(f"{house.on_localhost}/account/confirm/passkey/?next=/account/passkeys/")
    wrong += look(page, "Confirm that it is you", "confirm-by-passkey")
    press(page, "Use a passkey")
    title(page, "Passkeys")
    page.goto(f"{house.on_localhost}/account/passkeys/add/")
    wrong += look(page, "Add a passkey", "add-passkey")
    page.goto(f"{house.on_localhost}/account/passkeys/")
    follow(page, "Rename: Telephone")
    wrong += look(page, "Rename a passkey", "rename-passkey")
    page.get_by_label("Name", exact=True).fill("Old telephone")
    press(page, "Rename")
    follow(page, "Remove: Old telephone")
    wrong += look(page, "Remove: Old telephone", "remove-passkey")
    press(page, "Remove the passkey")
    expect(page.get_by_text("You have none yet.")).to_be_visible()

    sign_out(page)
    press(page, "Sign in with a passkey")
    expect(page.get_by_text("This passkey signs nobody in here")).to_be_visible()
    sign_in(page, house, "passkeys@postern.example")
    title(page, "Services")
    assert not wrong, "\n".join(wrong)


def test_a_device_that_does_not_know_its_person_signs_nobody_in(page: Page, house: House) -> None:
    house.make_person("stranger@postern.example", PASSWORD)
    device = Device(page)
    sign_in(page, house, "stranger@postern.example")
    add(page, house, "Found on the street")
    title(page, "Recovery codes")
    sign_out(page)
    device.knows_its_person(False)
    press(page, "Sign in with a passkey")
    expect(page.get_by_text("The passkey was not used")).to_be_visible()
    title(page, "Sign in")
    assert page.context.request.get(f"{house.on_localhost}/account/").url.endswith("/sign-in/?next=/account/")


def test_a_simple_key_is_a_second_step_and_no_first(page: Page, house: House) -> None:
    house.make_person("key@postern.example", PASSWORD)
    Device(page)
    sign_in(page, house, "key@postern.example")
    add(page, house, "Key", alone=False)
    title(page, "Recovery codes")
    page.goto(f"{house.on_localhost}/account/passkeys/")
    expect(page.get_by_text("Second step only")).to_be_visible()
    sign_out(page)
    sign_in(page, house, "key@postern.example")
    press(page, "Use a passkey")
    title(page, "Services")


def test_at_an_address_in_numbers_the_page_says_where_passkeys_work(page: Page, house: House) -> None:
    house.make_person("numbers@postern.example", PASSWORD)
    page.goto(f"{house.url}/sign-in/?next=/account/passkeys/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    page.get_by_label("E-mail").fill("numbers@postern.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("They do not work here")).to_be_visible()
    follow(page, "Open this page on localhost")
    title(page, "Sign in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()


def _ten_codes() -> re.Pattern[str]:
    return re.compile(r"^(\d{8}\s*){10}$")
