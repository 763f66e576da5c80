"""Every form and every JSON body that there is, with what a good one of each looks like."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.access.admin_table import EXTRA, MODELS, model_of, model_view
from tests.access.api_table import OPERATIONS
from tests.access.asking import strict
from tests.access.routes import every_route
from tests.access.rules import Level
from tests.access.table import PAGES
from tests.access.world import World, password_link


@dataclass(frozen=True)
class Form:
    """Something that takes a body: where, by which method, and the fields of a good one.

    `checked` are the fields in which the form refuses what it cannot take. A form that leads `back` says what
    is wrong on the page that it leads to.
    """

    name: str
    method: str
    address: str
    client: Client
    fields: dict[str, Any]
    checked: tuple[str, ...] = ()
    is_json: bool = False
    back: bool = False
    tells: bool = True
    headers: dict[str, str] = field(default_factory=dict)


# What says nothing where it cannot be read: another key is made, or the usual way back is taken.
_IGNORED = {"form_key", "next"}
_OF_THE_BROWSER = {"username"}  # beside a password, for the browser to remember
_LEADS_BACK = {
    "theme", "language", "make-hand-off", "remove-endpoints", "change-role", "change-organization-role",
}  # fmt: skip
_BEFORE_SIGN_IN = ("sign-in", "mfa_login_webauthn")
_OF_ACCOUNTS = (
    *_BEFORE_SIGN_IN, "account_change_password", "account_reauthenticate", "mfa_activate_totp",
    "mfa_add_webauthn",
)  # fmt: skip


def every_form(world: World, objects: dict[str, Any], basic: str) -> list[Form]:
    """Return all of them, each with somebody who may send it; none has been sent."""
    return [
        *_of_pages(world),
        *_of_sessions(world),
        *_of_the_admin(world, objects),
        *_of_the_api(world, basic),
    ]


def _of_pages(world: World) -> Iterator[Form]:
    place, client = world.places["own"], strict(world.people["organization admin"])
    for route in every_route():
        for rule in PAGES.get(route.key, {}).get("POST", ()):
            fields = rule.fields(place)
            yield Form(
                f"{route.key} ({rule.on})",
                "POST",
                route.address(place.ids(rule.on)),
                client,
                fields,
                tuple(name for name in fields if name not in _IGNORED),
                back=route.key in _LEADS_BACK,
                tells=route.key != "theme",  # an unknown one leaves the choice as it is
            )


def _of_sessions(world: World) -> Iterator[Form]:
    link = password_link(world.places["own"].newcomer)
    client = strict(None)
    there = client.get(f"/set-password/{link['uidb64']}/{link['token']}/")["Location"]
    sent = {"new_password1": "correct horse battery", "new_password2": "correct horse battery"}
    yield Form("set-password", "POST", there, client, sent, tuple(sent))
    fresh = strict(world.people["viewer"])
    _just_confirmed(fresh)
    for name in _OF_ACCOUNTS:
        here = strict(None) if name in _BEFORE_SIGN_IN else fresh
        found = read_form(here, reverse(name))
        taken = tuple(name for name in found.fields if name not in {*_IGNORED, "remember"})
        yield Form(name, "POST", reverse(name), here, found.fields, taken)
    yield Form(
        "language",
        "POST",
        "/language/",
        strict(None),
        {"language": "ko"},
        ("language",),
        back=True,
        tells=False,
    )


def _just_confirmed(client: Client) -> None:
    """Let this session count as one whose person has just shown that it is they."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()


def _of_the_admin(world: World, objects: dict[str, Any]) -> Iterator[Form]:
    client = strict(world.people["superuser"])
    for route in every_route():
        found, model = model_view(route), model_of(route)
        if not model or MODELS[model].is_djangos or not _takes_a_form(route.key, found, model):
            continue
        pk = objects[model].pk
        address = route.address({"object_id": pk, "key": pk, "id": pk})
        reader = read_form(client, address)
        if reader.fields:
            yield Form(
                route.name, "POST", address, client, reader.fields, tuple(set(reader.texts) - _OF_THE_BROWSER)
            )


def _takes_a_form(key: str, found: tuple[str, str] | None, model: str) -> bool:
    if found is None:
        return "POST" in EXTRA.get(key, {}) or key == "admin:auth_user_password_change"
    kind = MODELS[model]
    return (found[1] == "add" and kind.adds) or (found[1] == "change" and kind.changes)


def _of_the_api(world: World, basic: str) -> Iterator[Form]:
    place = world.places["own"]
    headers = {"Authorization": basic}
    for route in every_route():
        if not route.name:
            continue
        for method, rules in OPERATIONS.get(route.key, {}).items():
            for rule in rules:
                fields = rule.fields(place)
                if rule.least >= Level.OPERATOR and fields:
                    address = route.address(place.ids(rule.on))
                    yield Form(
                        f"{method} {route.key}", method, address, Client(), fields,
                        tuple(fields), is_json=True, headers=headers,
                    )  # fmt: skip


def read_form(client: Client, address: str) -> "FormReader":
    """Read the forms of a page."""
    reader = FormReader()
    reader.feed(client.get(address).text)
    return reader


class FormReader(HTMLParser):
    """Reads the fields of the forms that post on a page, and which of them take text."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {}
        self.texts: list[str] = []
        self._posts = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._posts = found.get("method", "").lower() == "post" and "logout" not in found.get(
                "action", ""
            )
        elif self._posts and tag in ("input", "textarea", "select"):
            self._field(tag, found)
        elif tag == "option" and self._select and "selected" in found:
            self.fields[self._select] = found.get("value", "")

    def _field(self, tag: str, found: dict[str, str]) -> None:
        name, kind = found.get("name", ""), found.get("type", "text")
        # Django has "__prefix__" for rows that a script may add, and nothing reads the buttons.
        if not name or "__prefix__" in name or name == "csrfmiddlewaretoken" or kind in ("submit", "button"):
            return
        if kind in ("checkbox", "radio") and "checked" not in found:
            return
        self.fields[name] = found.get("value", "")
        self._select = name if tag == "select" else ""
        if kind in ("text", "email", "number", "url") and not name.startswith("initial-"):
            self.texts.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._posts = False
        elif tag == "select":
            self._select = ""
