"""Every page of Django admin, as everybody: nothing for who is not staff, and for staff what is listed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from tests.access import state
from tests.access.admin_objects import make_objects
from tests.access.admin_table import ACTIONS, EXTRA, MODELS, VIEWS, Kind, model_of, model_view
from tests.access.asking import ask, client_of, undone
from tests.access.routes import Route, every_route
from tests.access.world import FIXED, PEOPLE, World

STAFF = ("staff", "superuser")
SHORT = {"anonymous", "organization admin"}
OTHERS = [
    pytest.param(name, marks=[] if name in SHORT else [pytest.mark.full])
    for name in PEOPLE
    if name not in STAFF
]


@pytest.fixture
def objects(world: World) -> dict[str, Any]:
    """A row of every model that has pages, by the model."""
    made = make_objects(world)
    missing = MODELS.keys() - made.keys()
    assert not missing, f"Make a row of these in tests/access/admin_objects.py: {sorted(missing)}"
    return made


def admin_routes() -> list[Route]:
    return [route for route in every_route() if route.pattern.startswith("admin/")]


def addresses(objects: dict[str, Any]) -> Iterator[tuple[str, Route]]:
    """Every address below /admin/ but that of signing in, filled in with rows that there are."""
    for route in admin_routes():
        model = model_of(route)
        pk = objects[model].pk if model else 1
        values = {"object_id": pk, "key": pk, "id": pk, "content_type_id": "1", **FIXED}
        if "(?P<app_label>" in route.pattern:
            yield "/admin/endpoints/", route  # its patterns are regular expressions
        elif "(?P<url>" in route.pattern:
            yield "/admin/nothing/of/this/name/", route
        elif route.name not in ("admin:login", "admin:logout"):
            yield route.address(values), route


def test_every_model_and_action_is_listed(world: World) -> None:
    models = {model._meta.label_lower.replace(".", "_") for model in admin.site._registry}
    told = "Say in MODELS of tests/access/admin_table.py what staff may do with these"
    assert models == MODELS.keys(), f"{told}: {sorted(models ^ MODELS.keys())}"
    request = RequestFactory().get("/admin/")
    request.user = world.people["superuser"]  # type: ignore[assignment]
    found = {}
    for model, pages in admin.site._registry.items():
        names = set(pages.get_actions(request))
        if names:
            found[model._meta.label_lower.replace(".", "_")] = names
    told = "Say in ACTIONS of tests/access/admin_table.py what these answer"
    listed = {model: set(actions) for model, actions in ACTIONS.items()}
    assert found == listed, f"{told}: {sorted(set(map(str, found.items())) ^ set(map(str, listed.items())))}"


@pytest.mark.parametrize("person", OTHERS)
def test_who_is_not_staff_gets_no_page_of_it_and_changes_nothing(
    world: World, objects: dict[str, Any], person: str
) -> None:
    client = client_of(world.people[person])
    gates = ("/admin/login/", "/sign-in/") if person in ("anonymous", "inactive") else ("/admin/login/",)
    wrong = []
    before = state.digest()
    for address, route in addresses(objects):
        found = model_view(route)
        sent = (
            [{}] if not found else [{"action": name, **_chosen(objects, found[0])} for name in _names(found)]
        )
        for method, fields in [("GET", {}), *(("POST", fields) for fields in sent)]:
            with undone():
                response = ask(client, method, address, fields)
                if response.status_code != 302 or not response["Location"].startswith(gates):
                    wrong.append(f"{person}: {method} {address}: {response.status_code}")
                elif method == "POST" and state.digest() != before:
                    wrong.append(f"{person}: {method} {address} changed rows")
    assert not wrong, "\n".join(wrong)


def _names(found: tuple[str, str]) -> list[str]:
    return [*ACTIONS.get(found[0], {})] if found[1] == "changelist" else ["none"]


def _chosen(objects: dict[str, Any], model: str) -> dict[str, Any]:
    return {"_selected_action": objects[model].pk, "post": "yes", "confirmed": "yes"}


@pytest.mark.parametrize("person", STAFF)
def test_staff_see_what_is_listed_and_change_nothing_else(
    world: World, objects: dict[str, Any], person: str
) -> None:
    client = client_of(world.people[person])
    wrong = []
    before = state.digest()
    for address, route in addresses(objects):
        for method, expected in _expected(route, STAFF.index(person)):
            with undone():
                response = ask(client, method, address, {})
                if response.status_code != expected:
                    wrong.append(f"{person}: {method} {address}: {response.status_code}, not {expected}")
                elif expected == 403 and state.digest() != before:
                    wrong.append(f"{person}: {method} {address} changed rows")
    assert not wrong, "\n".join(wrong)


def _expected(route: Route, column: int) -> list[tuple[str, int]]:
    found = model_view(route)
    if found is None:
        return [(method, statuses[column]) for method, statuses in EXTRA[route.key].items()]
    model, view = found
    if view == "redirect":
        return [("GET", 302)]
    allowed = _allowed(MODELS[model], view, is_superuser=column == 1)
    got = [("GET", 200 if allowed else 403)]
    kind = MODELS[model]
    if view in ("add", "change", "delete") and not _allowed(kind, f"post {view}", is_superuser=column == 1):
        got.append(("POST", 403))
    return got


def _allowed(kind: Kind, view: str, *, is_superuser: bool) -> bool:
    if kind.is_djangos and not is_superuser:
        return False
    return {
        "add": kind.adds,
        "post add": kind.adds,
        "delete": kind.deletes,
        "post delete": kind.deletes,
        "post change": kind.changes,
    }.get(view, True)


@pytest.mark.parametrize("person", STAFF)
def test_actions_answer_as_listed(world: World, objects: dict[str, Any], person: str) -> None:
    client = client_of(world.people[person])
    wrong = []
    for model, actions in ACTIONS.items():
        for name, expected in actions.items():
            if MODELS[model].is_djangos and person == "staff":
                expected = 403
            address = reverse(f"admin:{model}_changelist")
            with undone():
                fields = {"action": name, "_selected_action": objects[model].pk}
                response = ask(client, "POST", address, fields)
                if response.status_code != expected:
                    wrong.append(f"{person}: {model}.{name}: {response.status_code}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_the_table_speaks_of_the_views_that_there_are() -> None:
    assert {found[1] for route in admin_routes() if (found := model_view(route))} == {*VIEWS, "redirect"}
