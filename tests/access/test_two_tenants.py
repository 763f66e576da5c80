"""Somebody of one organization tries every id of another's, in every address and field: no answer differs.

Each try is made twice, with the other's id and with one that never was. Status, headers, body (but for the
ids that were sent) and the number of queries must be the same, and nothing of the other's may be written.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from endpoints import claims
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.access.api_table import OPERATIONS
from tests.access.asking import ask, basic, client_of, likeness, undone
from tests.access.test_api_walk import asked as asked_of_the_api
from tests.access.test_api_walk import call
from tests.access.test_walk import asked
from tests.access.world import FIXED, SECRETS, Place, World, never
from tests.people import PARAMETERS, make_endpoint

Answer = tuple[Any, int]


@dataclass(frozen=True)
class Try:
    """A request with a place for an id: `send` sends it with one of `values`, the other's and a made-up."""

    what: str
    send: Callable[[Any], Any]
    values: tuple[Any, Any]


_NEW = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z")


def answer(send: Callable[[Any], Any], value: Any) -> Answer:
    """Send, undo, and return what tells: the answer without the ids, and how many queries it took."""
    with undone(), CaptureQueriesContext(connection) as queries:
        status, headers, body = likeness(send(value), {})
    echoed = {str(value), value.hex} if isinstance(value, uuid.UUID) else {f"/{value}/", str(value)}
    for text in sorted(echoed, key=len, reverse=True):
        if not text.isdecimal():
            body, headers = body.replace(text, "…"), headers.replace(text, "…")
    return (status, _NEW.sub("…", headers), _NEW.sub("…", body)), len(queries)


def differing(tries: Iterator[Try]) -> tuple[int, list[str]]:
    """Return how many tries there were, and those whose two answers are not the same."""
    number, wrong = 0, []
    for one in tries:
        number += 1
        theirs, made_up = (answer(one.send, value) for value in one.values)
        if theirs != made_up:
            wrong.append(f"{one.what}: {_told(theirs, made_up)}")
    return number, wrong


def _told(theirs: Answer, made_up: Answer) -> str:
    if theirs[0] == made_up[0]:
        return f"{theirs[1]} and {made_up[1]} queries"
    if theirs[0][0] != made_up[0][0]:
        return f"{theirs[0][0]} and {made_up[0][0]}"
    pairs = zip("\n".join(theirs[0][1:]).splitlines(), "\n".join(made_up[0][1:]).splitlines(), strict=False)
    return str(next(((a, b) for a, b in pairs if a != b), "lengths"))


def in_addresses(client: Client, own: Place, theirs: Place) -> Iterator[Try]:
    """Every page of one's own service, with one of its ids after the other replaced."""
    for route, method, rule in asked():
        for name in set(route.parameters) - set(FIXED) - SECRETS:
            fields = rule.fields(own)

            def send(
                value: Any,
                route: Any = route,
                method: str = method,
                rule: Any = rule,
                name: str = name,
                fields: Any = fields,
            ) -> Any:
                return ask(client, method, route.address(own.ids(rule.on) | {name: value}), fields)

            yield Try(
                f"{method} {route.key} with {name}", send, (theirs.ids(rule.on)[name], never()[name])
            )  # fmt: skip


def in_fields(client: Client, own: Place, theirs: Place) -> Iterator[Try]:
    """Every field and every part of a query that takes an id or a name of something."""
    service, endpoint = own.service.pk, own.endpoints["ready"].pk

    def page(name: str, *more: Any) -> str:
        return reverse(name, args=[service, *more])

    new = {
        "type": "VPC_ENDPOINT_SERVICE", "description": "x",
        "vpcEndpointServiceName": "com.amazonaws.vpce.eu-central-1.vpce-svc-00000000000000001",
    }  # fmt: skip
    host = own.endpoints["ready"].dns_names[0]
    pipe = {"host": host, "port": "5432", "name": "x"}
    ids = (theirs.endpoints["ready"].pk, uuid.uuid4())
    gone = (theirs.endpoints["gone"].pk, uuid.uuid4())
    keys = (theirs.endpoints["ready"].form_key, uuid.uuid4())
    pipe_keys = (theirs.pipe.form_key, uuid.uuid4())
    hosts = (theirs.endpoints["ready"].dns_names[0], _like(theirs.endpoints["ready"].dns_names[0]))
    links = (f"{theirs.link.pk.hex}.{'x' * 43}", f"{uuid.uuid4().hex}.{'x' * 43}")
    assert None not in (*keys, *pipe_keys)

    def post(address: str, make: Callable[[Any], dict[str, Any]]) -> Callable[[Any], Any]:
        return lambda value: ask(client, "POST", address, make(value))

    def get(address: str, make: Callable[[Any], dict[str, Any]]) -> Callable[[Any], Any]:
        return lambda value: ask(client, "GET", address, make(value))

    choose = page("choose-endpoint", "postgres")
    yield Try("a chosen endpoint", post(choose, lambda v: {"endpoint": v}), ids)
    yield Try("an endpoint to wait for", post(choose, lambda v: {"wait": v}), ids)
    yield Try("a chosen tombstone", post(choose, lambda v: {"endpoint": v}), gone)
    yield Try("a chosen host", post(choose, lambda v: {"way": "host", "host": v}), hosts)
    yield Try("a searched endpoint", get(choose, lambda v: {"q": v}), hosts)
    by_host = page("pipe-host", "postgres")
    yield Try(
        "the host of a ClickPipe", post(by_host, lambda v: {"address": f"{v}:5432", "name": "x"}), hosts
    )
    by_id = page("pipe-endpoint", "postgres", endpoint)
    yield Try("a host beside an endpoint", post(by_id, lambda v: pipe | {"host": v}), hosts)
    yield Try("the key of another's pipe form", post(by_id, lambda v: pipe | {"form_key": v}), pipe_keys)
    forms: dict[str, list[Any]] = {
        "create-endpoint": [], "replace-endpoint": [endpoint], "new-pipe-endpoint": ["postgres"],
    }  # fmt: skip
    for name, rest in forms.items():
        sends = post(page(name, *rest), lambda v: new | {"form_key": v})
        yield Try(f"the key of another's form: {name}", sends, keys)
    yield Try("an endpoint to be like", get(page("create-endpoint"), lambda v: {"from": v}), ids)
    yield Try("a tombstone to be like", get(page("create-endpoint"), lambda v: {"from": v}), gone)
    several = page("remove-endpoints")
    yield Try("endpoints to remove", get(several, lambda v: {"id": [v]}), ids)
    yield Try("one's own beside another's", post(several, lambda v: {"id": [endpoint, v]}), ids)
    yield Try("only another's", post(several, lambda v: {"id": [v]}), ids)
    yield Try("which endpoint answers", get(page("which-endpoint"), lambda v: {"host": v}), hosts)
    for name in ("endpoints", "removed-endpoints", "settings-endpoints", "export-endpoints"):
        more = ["json"] if name == "export-endpoints" else []
        yield Try(f"a search: {name}", get(page(name, *more), lambda v: {"q": v}), hosts)
        yield Try(f"a search by id: {name}", get(page(name, *more), lambda v: {"q": v}), ids)
    yield Try("a hand-off link", lambda v: client.get(f"/hand-off/{v}/"), links)


def _like(host: str) -> str:
    """Return a name of the same shape that nobody answers."""
    return host.translate(str.maketrans("0123456789", "1234567890"))


def in_the_api(world: World, own: Place, theirs: Place) -> Iterator[Try]:
    """Every operation by the key of an organization's admin, with one id after the other replaced."""
    key = "admin's key of the service" if theirs.name == "sibling" else "admin's key of the organization"
    for route, method, rule in asked_of_the_api():
        for name in set(route.parameters) - set(FIXED):
            if name == "organization_id" and theirs.name == "sibling":
                continue  # it is their own

            def send(
                value: Any, route: Any = route, method: str = method, rule: Any = rule, name: str = name
            ) -> Any:
                address = route.address(own.ids(rule.on) | {name: value})
                return call(world, key, method, address, rule.fields(own))

            yield Try(
                f"{method} {route.key} with {name}", send, (theirs.ids(rule.on)[name], never()[name])
            )  # fmt: skip
    (new,) = (rules["POST"][0] for name, rules in OPERATIONS.items() if name == "api-create-pipe")
    address = f"/v1/organizations/{own.service.organization_id}/services/{own.service.pk}/clickpipes"

    def kafka(value: Any) -> Any:
        body = json.loads(json.dumps(new.fields(own)))
        body["source"] = {"kafka": {
            "type": "msk", "format": "JSONEachRow", "brokers": "b-1.example.com:9098", "topics": "orders",
            "authentication": "IAM_USER", "credentials": {"accessKeyId": "AKIA", "secretKey": "x" * 12},
            "reversePrivateEndpointIds": [str(value)],
        }}  # fmt: skip
        return call(world, key, "POST", address, body)

    yield Try("endpoints of a ClickPipe", kafka, (theirs.endpoints["ready"].pk, uuid.uuid4()))

    def host(value: Any) -> Any:
        body = json.loads(json.dumps(new.fields(own)))
        body["source"]["postgres"]["host"] = value
        return call(world, key, "POST", address, body)

    known = theirs.endpoints["ready"].dns_names[0]
    yield Try("the host of a ClickPipe", host, (known, _like(known)))


PAIRS = [("organization admin", "foreign"), pytest.param("service admin", "sibling", marks=pytest.mark.full)]


@pytest.fixture
def two(world: World) -> World:
    """The world, in which what was made from a form still knows its key."""
    for place in world.places.values():
        ReversePrivateEndpoint.objects.filter(pk=place.endpoints["ready"].pk).update(form_key=uuid.uuid4())
        type(place.pipe).objects.filter(pk=place.pipe.pk).update(form_key=uuid.uuid4())
        place.endpoints["ready"].refresh_from_db()
        place.pipe.refresh_from_db()
    return world


@pytest.mark.parametrize(("person", "whose"), PAIRS)
def test_no_page_tells_that_what_is_anothers_exists(two: World, person: str, whose: str) -> None:
    client, own, theirs = client_of(two.people[person]), two.places["own"], two.places[whose]
    number, wrong = differing(in_addresses(client, own, theirs))
    assert not wrong, "\n".join(wrong)
    assert number > 60


@pytest.mark.parametrize(("person", "whose"), PAIRS)
def test_no_field_tells_that_what_is_anothers_exists(two: World, person: str, whose: str) -> None:
    client, own, theirs = client_of(two.people[person]), two.places["own"], two.places[whose]
    number, wrong = differing(in_fields(client, own, theirs))
    assert not wrong, "\n".join(wrong)
    assert number > 20


@pytest.mark.parametrize("whose", ["foreign", "sibling"])
def test_no_operation_tells_that_what_is_anothers_exists(two: World, whose: str) -> None:
    number, wrong = differing(in_the_api(two, two.places["own"], two.places[whose]))
    assert not wrong, "\n".join(wrong)
    assert number > 40


@pytest.mark.parametrize("whose", ["foreign", "sibling"])
@pytest.mark.parametrize("kind", [EndpointType.VPC_RESOURCE, EndpointType.MSK_MULTI_VPC])
def test_who_comes_too_late_learns_nothing_of_who_was_first(
    world: World, whose: str, kind: EndpointType
) -> None:
    """The answer is the same whoever holds it, and names nothing of theirs: neither page nor API."""
    key = "admin's key of the service"
    told = []
    for words in ("one", "another"):
        with undone():
            theirs = world.places[whose].service
            type(theirs).objects.filter(pk=theirs.pk).update(name=f"secret {words} service")
            holder = make_endpoint(
                theirs, type=kind, description=f"secret {words}", parameters=PARAMETERS[kind],
                external_id=f"vpce-{words}",
            )  # fmt: skip
            claims.claim_target(holder)
            own = world.places["own"].service
            asks = {"type": kind.value, "description": "mine", **PARAMETERS[kind]}
            page = client_of(world.people["service admin"]).post(
                reverse("create-endpoint", args=[own.pk]), asks
            )
            address = (
                f"/v1/organizations/{own.organization_id}/services/{own.pk}/clickpipesReversePrivateEndpoints"
            )
            api = call(world, key, "POST", address, asks)
            assert (page.status_code, api.status_code) == (422, 409)
            for response in (page, api):
                for name in ("secret", str(holder.pk), holder.external_id, theirs.name, "bank"):
                    assert name not in response.text.lower(), name
            told.append((likeness(page, {}), likeness(api, {})))
    assert told[0] == told[1]


def test_whoever_sees_the_holder_is_told_which_it_is(world: World) -> None:
    holder = make_endpoint(
        world.places["sibling"].service, type=EndpointType.VPC_RESOURCE, description="The holder",
        parameters=PARAMETERS[EndpointType.VPC_RESOURCE],
    )  # fmt: skip
    claims.claim_target(holder)
    own = world.places["own"].service
    asks = {"type": "VPC_RESOURCE", "description": "mine", **PARAMETERS[EndpointType.VPC_RESOURCE]}
    address = f"/v1/organizations/{own.organization_id}/services/{own.pk}/clickpipesReversePrivateEndpoints"
    assert "The holder" in call(world, "admin's key of the organization", "POST", address, asks).text


@pytest.mark.parametrize("known", ["viewer@example.com", "inactive@example.com", "staff@example.com"])
def test_signing_in_does_not_tell_which_e_mails_are_known(world: World, known: str) -> None:
    answers = []
    for email in (known, "nobody" + known[6:].rjust(len(known) - 6, "x")):
        with undone(), CaptureQueriesContext(connection):
            response = Client().post("/sign-in/", {"login": email, "password": "wrong wrong wrong"})
            status, headers, body = likeness(response, {})
            answers.append((status, headers, body.replace(email, "…")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_wrong_keys_answer_alike(world: World) -> None:
    """A key that is unknown, disabled, expired or has another secret: nobody learns which."""
    answers = set()
    for name in ("wrong secret", "disabled key", "expired key", "no such key"):
        header = basic(world.keys.get(name) or ("x" * 20, "x" * 43))
        response = Client().get("/v1/organizations", headers={"Authorization": header})
        answers.add(likeness(response, {}))
    assert len(answers) == 1
