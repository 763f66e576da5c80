"""Every operation of the API, with each kind of key, about what is its organization's and what is not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.access import state
from tests.access.api_table import OPERATIONS
from tests.access.asking import basic, client_of, likeness, undone
from tests.access.routes import Route, every_route
from tests.access.rules import Level, Rule
from tests.access.world import KEYS, PLACES, World, never

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")


def operations() -> list[Route]:
    """One address of each view: several names may lead to it, and one more with a slash at its end."""
    listed = [route for route in every_route() if OPERATIONS.get(route.key)]
    found = {route.pattern.rstrip("/"): route for route in listed if route.name}
    views = {route.view for route in listed if route.name}
    assert {route.view for route in listed} == views, "an address with a slash has a view of its own"
    return list(found.values())


def call(world: World, key: str, method: str, address: str, fields: dict[str, Any]) -> Any:
    client = Client(raise_request_exception=False)
    header = basic(world.keys[key])
    body = json.dumps(fields).encode() if method in ("POST", "PATCH", "PUT") else b""
    headers = {"Authorization": header} if header else {}
    return client.generic(method, address, body, "application/json", headers=headers)


def asked() -> Iterator[tuple[Route, str, Rule]]:
    for route in operations():
        for method, rules in OPERATIONS[route.key].items():
            for rule in rules:
                yield route, method, rule


def answer_of(rule: Rule, level: Level) -> int:
    return 401 if level is Level.NOBODY else rule.answer(level)


@pytest.mark.parametrize("key", KEYS)
def test_every_kind_of_key_gets_what_the_table_says_and_writes_nothing_else(world: World, key: str) -> None:
    wrong = []
    before = state.digest()
    for number, name in enumerate(PLACES):
        place = world.places[name]
        for route, method, rule in asked():
            level = rule.level_of(KEYS[key], number)
            with undone():
                response = call(world, key, method, route.address(place.ids(rule.on)), rule.fields(place))
                is_changed = state.digest() != before
                line = f"{key}, {name}: {method} {route.key} ({rule.on}): {response.status_code}"
                expected = answer_of(rule, level)
                if response.status_code != expected or response.json()["status"] != expected:
                    wrong.append(f"{line}, not {expected}")
                elif is_changed != (rule.changes and level >= rule.least):
                    wrong.append(f"{line}, and rows were {'' if is_changed else 'not '}changed")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("key", ["admin's key of the organization", "admin's key of the service", "no key"])
def test_what_is_others_answers_like_what_never_was(world: World, key: str) -> None:
    wrong = []
    for number, name in enumerate(PLACES):
        place = world.places[name]
        for route, method, rule in asked():
            if not route.parameters or rule.level_of(KEYS[key], number) > Level.PERSON:
                continue
            answers = []
            for ids in (place.ids(rule.on), never()):
                with undone():
                    fields = rule.fields(place)
                    response = call(world, key, method, route.address(ids), fields)
                    answers.append(likeness(response, ids, fields))
            if answers[0] != answers[1]:
                wrong.append(f"{key}, {name}: {method} {route.key}: {answers}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("key", ["viewer's key of the organization", "no key"])
def test_head_is_answered_as_get_without_a_body(world: World, key: str) -> None:
    looked = 0
    for name in PLACES:
        place = world.places[name]
        for route, method, rule in asked():
            if method == "GET":
                address = route.address(place.ids(rule.on))
                got, head = (call(world, key, way, address, {}) for way in ("GET", "HEAD"))
                assert (head.status_code, head.content) == (got.status_code, b""), address
                assert head["Content-Type"].partition(";")[0] == "application/json"
                looked += 1
    assert looked > 20


def test_other_methods_are_refused(world: World) -> None:
    place = world.places["own"]
    for route in operations():
        known = OPERATIONS[route.key].keys()
        for method in set(METHODS) - known - ({"HEAD"} if "GET" in known else set()):
            response = call(
                world, "admin's key of the service", method, route.address(place.ids("ready")), {}
            )
            assert response.status_code == 405, (method, route.key)


@pytest.mark.parametrize("person", ["anonymous", "organization admin", "superuser"])
def test_a_session_opens_nothing_here(world: World, person: str) -> None:
    """Neither the cookie nor a form's token: without a key every answer is the same 401."""
    client, place = client_of(world.people[person]), world.places["own"]
    before = state.digest()
    for route, method, rule in asked():
        response = client.generic(
            method, route.address(place.ids(rule.on)), json.dumps(rule.fields(place), default=str),
            "application/json",
        )  # fmt: skip
        assert response.status_code == 401, (method, route.key)
    assert state.digest() == before


def test_below_v1_there_is_nothing_else(world: World) -> None:
    for address in ("/v1", "/v1/", "/v1/services/", "/v1/nothing/"):
        assert call(world, "admin's key of the organization", "GET", address, {}).status_code == 404
