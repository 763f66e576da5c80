"""The document's examples of refusals are what Postern answers there, word by word."""

from collections import Counter
from typing import Any

import pytest
from django.conf import settings as configured

from endpoints.api import waiting
from endpoints.api.openapi import examples
from endpoints.api.openapi.document import document_of, operations_of
from endpoints.api.root import api
from endpoints.domain.reasons import Reason
from endpoints.models import ReversePrivateEndpoint, Service
from tests.api.conftest import BODY, Caller, CallerFor
from tests.people import make_endpoint, make_pipe

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]

EVERY = {
    operation["operationId"]: (path, method.upper(), operation)
    for path, method, operation in operations_of(document_of(api))
}
NAMES = [{"privateDnsName": "db.example.com"}]
WRONG: dict[str, Any] = {
    "change_state": {"command": "halt"},
    "create_endpoint": {"type": "VPC_ENDPOINT_SERVICE", "description": "Orders database"},
    "update_endpoint": {"description": "Orders"},
    "retry_endpoint": {"now": True},
    "create_pipe": {"name": "orders-cdc", "source": {}, "destination": {}},
    "change_pipe": {"name": 5},
    "scale_pipe": {"replicas": 41},
    "command_pipe": {"command": "halt"},
    "set_settings": {"streaming_max_insert_wait_ms": []},
    "scale_cdc": {"replicaCpuMillicores": 1},
}
"""By operation: a body that is refused as its example of a 400 says."""


def example(name: str, status: int) -> str:
    text: str = EVERY[name][2]["responses"][str(status)]["content"]["application/json"]["example"]["error"]
    return text


def sent(name: str) -> Any:
    body = EVERY[name][2].get("requestBody")
    return body and body["content"]["application/json"]["example"]


def having(status: int) -> list[str]:
    return [name for name, (_, _, operation) in EVERY.items() if str(status) in operation["responses"]]


@pytest.fixture
def ids(service: Service) -> dict[str, object]:
    """One of each, with the ids of the examples where answers name them."""
    endpoint = make_endpoint(service, id=examples.ENDPOINT_ID)
    pipe = make_pipe(service, name="orders-cdc", id=examples.PIPE_ID)
    return {
        "organization_id": service.organization_id,
        "service_id": service.pk,
        "endpoint_id": endpoint.pk,
        "pipe_id": pipe.pk,
    }


def answer(
    caller: Caller, name: str, ids: dict[str, object], body: Any = None, *, query: str = "", **more: Any
) -> tuple[int, str]:
    path, method, _ = EVERY[name]
    caller.collection = path.format(**ids) + query
    response = caller.call(method, "", body, **more)
    return response.status_code, response.json().get("error", "")


def last_id(name: str) -> str:
    return EVERY[name][0].rpartition("{")[2].partition("}")[0]


@pytest.mark.parametrize("name", having(404))
def test_what_is_not_there_is_told_by_its_id(caller: Caller, ids: dict[str, object], name: str) -> None:
    known = {"organization_id": examples.ORGANIZATION_ID, "service_id": examples.SERVICE_ID}
    never = "99999999-9999-4999-8999-999999999999"
    shown = {"endpoint_id": examples.ENDPOINT_ID, "pipe_id": examples.PIPE_ID} | known
    ids[last_id(name)] = known.get(last_id(name), never)
    status, error = answer(caller, name, ids, sent(name))
    assert (status, error.replace(never, shown[last_id(name)])) == (404, example(name, 404))


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_wrong_call_is_told_what_is_wrong_with_it(
    caller: Caller, ids: dict[str, object], name: str
) -> None:
    query = {
        "list_organizations": "?a=%00",
        "list_services": "?filter=env",
        "wait_for_status": "?timeout=301",
    }.get(name, "")
    if name not in WRONG and not query:
        ids[last_id(name)] = "not-a-uuid"
    assert answer(caller, name, ids, WRONG.get(name), query=query) == (400, example(name, 400))


@pytest.mark.parametrize("name", having(403))
def test_a_role_that_is_too_low_is_told_which_it_takes(
    caller_for: CallerFor, service: Service, ids: dict[str, object], name: str
) -> None:
    removes = name == "delete_endpoint"
    if removes:
        service.pipes.get().endpoints.add(service.endpoints.get())
    caller = caller_for(service, "operator" if removes else "viewer")
    assert answer(caller, name, ids, sent(name)) == (403, example(name, 403))


def test_names_that_are_taken(caller: Caller, service: Service, ids: dict[str, object]) -> None:
    held = caller.create(description="Customers", customPrivateDnsMappings=NAMES)
    holder = held.json()["result"]["id"]
    for name, body in (
        ("create_endpoint", BODY | {"description": "One more", "customPrivateDnsMappings": NAMES}),
        ("update_endpoint", {"customPrivateDnsMappings": NAMES}),
    ):
        status, error = answer(caller, name, ids, body)
        told = error.replace(holder, examples.HOLDER_ID)
        assert (status, told) == (409, example(name, 409))
    assert example("retry_endpoint", 409) == example("create_endpoint", 409)


def test_a_clickpipes_name_that_is_taken(caller: Caller, service: Service, ids: dict[str, object]) -> None:
    assert answer(caller, "create_pipe", ids, sent("create_pipe")) == (409, example("create_pipe", 409))
    ids["pipe_id"] = make_pipe(service, name="other").pk
    assert answer(caller, "change_pipe", ids, sent("change_pipe")) == (409, example("change_pipe", 409))


@pytest.mark.parametrize("name", having(411))
def test_a_body_that_is_too_large_or_without_length(
    caller: Caller, ids: dict[str, object], name: str
) -> None:
    large = b"x" * (configured.BODY_MOST + 1)
    assert answer(caller, name, ids, large) == (413, example(name, 413))
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    assert answer(caller, name, ids, **chunked) == (411, example(name, 411))


def test_a_wrong_key_is_told_how_to_send_one(caller: Caller, ids: dict[str, object]) -> None:
    caller.secret = "wrong"
    assert answer(caller, "get_endpoint", ids) == (401, example("get_endpoint", 401))


@pytest.mark.parametrize(
    ("status", "reason", "refused"),
    [("PendingAcceptance", Reason.OWNER_MUST_ACCEPT, 408), ("Rejected", Reason.REJECTED_BY_OWNER, 409)],
)
def test_a_wait_that_comes_to_nothing(
    caller: Caller, ids: dict[str, object], status: str, reason: Reason, refused: int
) -> None:
    ReversePrivateEndpoint.objects.update(status=status, reason=reason)
    told = answer(caller, "wait_for_status", ids, query="?timeout=0")
    assert told == (refused, example("wait_for_status", refused))


def test_a_key_that_waits_too_often_is_told_so(
    caller: Caller, ids: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    ReversePrivateEndpoint.objects.update(status="PendingAcceptance")
    own = configured.API_WAITS // 2
    monkeypatch.setattr(waiting, "_waiting", Counter({caller.key.pk: own}))
    assert answer(caller, "wait_for_status", ids) == (429, example("wait_for_status", 429))


def test_every_429_says_when_to_come_again_in_both_headers(ids: dict[str, object]) -> None:
    for _, _, operation in EVERY.values():
        assert set(operation["responses"]["429"]["headers"]) == {"X-RateLimit-Reset", "Retry-After"}
