"""Every page, as everybody, about what is theirs and what is not: what the table says, and no row else."""

from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet
from django.test import Client

from tests.access import state
from tests.access.asking import ask, basic, client_of, likeness, text_of, undone
from tests.access.routes import Route, every_route
from tests.access.rules import Level, Rule
from tests.access.table import ELSEWHERE, PAGES
from tests.access.world import FIXED, PEOPLE, PLACES, SECRETS, World, never

_ANYTHING = {"uidb64": "x", "object_id": "1", "content_type_id": "1", "id": "1", "key": "1"}
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")

# The short run asks as those whose answers differ; --full as everybody.
_ALIKE = {"teammate", "service admin", "organization viewer", "superuser"}
_LOOKS_TWICE = {"stranger", "viewer"}  # by HEAD as well


def of(*names: str) -> list[ParameterSet]:
    """Return people as parameters; those whose answers are others' as well have their turn in --full."""
    return [pytest.param(name, marks=[pytest.mark.full] if name in _ALIKE else []) for name in names]


def pages() -> list[Route]:
    return [route for route in every_route() if route.key in PAGES]


def asked(*, twice: bool = False) -> Iterator[tuple[Route, str, Rule]]:
    """Every page with every method that it knows, and what to ask it; `twice`: also by HEAD."""
    for route in pages():
        for method, rules in PAGES[route.key].items():
            for rule in rules:
                yield route, method, rule
                if method == "GET" and twice:
                    yield route, "HEAD", rule


def test_every_address_is_in_the_table() -> None:
    from tests.access.admin_table import is_listed
    from tests.access.api_table import OPERATIONS

    listed = PAGES.keys() | ELSEWHERE.keys() | OPERATIONS.keys()
    missing = [route for route in every_route() if route.key not in listed and not is_listed(route)]
    told = [f'    "{route.key}": page(GET=SEES),  # leads to /{route.pattern}' for route in missing]
    assert not missing, "\n".join(
        [
            "These addresses have no expectations. Say who may do what there: in PAGES of"
            " tests/access/table.py (a page), OPERATIONS of tests/access/api_table.py (below /v1), or in"
            " tests/access/admin_table.py (below /admin/). Such as:",
            *told,
        ]
    )
    unknown = listed - {route.key for route in every_route()}
    assert not unknown, f"These are expected and lead nowhere; take them out of the table: {sorted(unknown)}"


def test_every_parameter_has_values() -> None:
    one = ("service_id", "endpoint_id", "pipe_id", "link_id", "token", "key_id", "role_id")
    known = {"organization_id", *one, *FIXED}
    missing = {(route.key, name) for route in pages() for name in route.parameters if name not in known}
    assert not missing, f"Give these parameters values in Place.ids of tests/access/world.py: {missing}"


@pytest.mark.parametrize("person", of(*PEOPLE))
def test_everybody_gets_what_the_table_says_and_writes_nothing_else(world: World, person: str) -> None:
    client = client_of(world.people[person])
    wrong = []
    before = state.digest()
    for number, name in enumerate(PLACES):
        place = world.places[name]
        for route, method, rule in asked(twice=person in _LOOKS_TWICE):
            level = rule.level_of(PEOPLE[person], number)
            address = route.address(place.ids(rule.on))
            with undone():
                response = ask(client, method, address, rule.fields(place))
                expected = rule.answer(level)
                line = f"{person}, {name}: {method} {route.key} ({rule.on}): {response.status_code}"
                if response.status_code != expected:
                    wrong.append(f"{line}, not {expected}")
                elif expected == 302 and level is Level.NOBODY and rule.least > level:
                    if not response["Location"].startswith("/sign-in/"):
                        wrong.append(f"{line} to {response['Location']}")
                elif method == "POST":
                    is_changed = state.digest() != before
                    if is_changed != (rule.changes and level >= rule.least):
                        wrong.append(f"{line}, and rows were {'' if is_changed else 'not '}changed")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", of("service admin", "organization admin", "superuser"))
def test_what_is_others_answers_like_what_never_was(world: World, person: str) -> None:
    """Status, headers and bodies, apart from the ids that were sent and the tokens of forms."""
    client = client_of(world.people[person])
    wrong = []
    for number, name in enumerate(PLACES):
        place = world.places[name]
        for route, method, rule in asked():
            if rule.level_of(PEOPLE[person], number) is not Level.PERSON:
                continue
            if not set(route.parameters) - set(FIXED) or SECRETS & set(route.parameters):
                continue
            there, nowhere = place.ids(rule.on), never()
            answers = []
            for ids in (there, nowhere):
                with undone():
                    fields = rule.fields(place)
                    response = ask(client, method, route.address(ids), fields)
                    answers.append(likeness(response, ids, fields))
            if answers[0] != answers[1]:
                wrong.append(f"{person}, {name}: {method} {route.key}: {_difference(*answers)}")
    assert not wrong, "\n".join(wrong)


def _difference(one: tuple[int, str, str], other: tuple[int, str, str]) -> str:
    if one[:2] != other[:2]:
        return f"{one[:2]} and {other[:2]}"
    lines = zip(one[2].splitlines(), other[2].splitlines(), strict=False)
    return next((f"{a!r} and {b!r}" for a, b in lines if a != b), "different lengths")


@pytest.mark.parametrize("person", of("anonymous", "organization admin", "superuser"))
def test_other_methods_are_refused_everywhere(world: World, person: str) -> None:
    client = client_of(world.people[person])
    client.raise_request_exception = False
    place = world.places["own"]
    wrong = []
    for route in every_route():
        if route.pattern.startswith(("v1", "^v1")):
            continue
        try:
            address = route.address(place.ids("ready") | _ANYTHING)
        except (KeyError, ValueError):
            continue  # a pattern that is no path: Django admin's last one
        for method in OTHER_METHODS:
            response = client.generic(method, address)
            if response.status_code != 405 or response["Allow"] != "GET, HEAD, POST":
                wrong.append(f"{method} {address}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", ["organization admin"])
def test_what_a_page_does_not_know_is_refused(world: World, person: str) -> None:
    client = client_of(world.people[person])
    place = world.places["own"]
    wrong = []
    for route in pages():
        for method in {"GET", "POST"} - PAGES[route.key].keys():
            response = ask(client, method, route.address(place.ids("ready")), {})
            if response.status_code != 405 or method in response["Allow"]:
                wrong.append(f"{method} {route.key}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("key", ["admin's key of the organization"])
def test_an_api_key_opens_no_page(world: World, key: str) -> None:
    client, place = Client(), world.places["own"]
    wrong = []
    for route in pages():
        for method, rules in PAGES[route.key].items():
            for rule in rules:
                if rule.least is Level.NOBODY:
                    continue
                with undone():
                    response = ask(
                        client, method, route.address(place.ids(rule.on)), rule.fields(place),
                        headers={"Authorization": basic(world.keys[key])},
                    )  # fmt: skip
                    if response.status_code != 302 or not response["Location"].startswith("/sign-in/"):
                        wrong.append(f"{method} {route.key}: {response.status_code} {text_of(response)[:80]}")
    assert not wrong, "\n".join(wrong)
