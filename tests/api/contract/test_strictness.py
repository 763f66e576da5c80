"""The client of these tests is strict: a server that is wrong in one thing fails it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.contract.planned import Answer, PlannedServer, answer
from tests.api.contract.provider import Inconsistent, Provider
from tests.api.contract.wire import Failed, NotFound, Redirected

CONFIG = {
    "service_id": "s",
    "type": "VPC_ENDPOINT_SERVICE",
    "description": "Orders",
    "vpc_endpoint_service_name": "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
}
GOOD: dict[str, Any] = {
    "id": "e",
    "serviceId": "s",
    "type": "VPC_ENDPOINT_SERVICE",
    "description": "Orders",
    "vpcEndpointServiceName": CONFIG["vpc_endpoint_service_name"],
    "status": "Ready",
    "customPrivateDnsMappings": [],
}


def ok(result: object = GOOD, status: int = 200) -> Answer:
    return answer(result, status)


@pytest.fixture
def server(planned_server: PlannedServer) -> Callable[[dict[str, list[Answer]]], Provider]:
    """Start a server with planned answers by method, of which the last is repeated; return its provider."""
    return lambda answers: Provider(planned_server(answers), "o")


Server = Callable[[dict[str, list[Answer]]], Provider]


def test_a_good_server_passes(server: Server) -> None:
    names = ok(GOOD | {"customPrivateDnsMappings": [{"privateDnsName": "a.example.com"}]})
    provider = server({"POST": [ok()], "GET": [ok()], "PATCH": [names]})
    assert provider.create(CONFIG)["status"] == "Ready"
    assert provider.set_names("s", "e", [{"private_dns_name": "a.example.com"}])


@pytest.mark.parametrize("status", [201, 202, 204, 302, 307, 400, 401, 403, 404, 409])
def test_anything_but_200_fails_a_create_at_once(server: Server, status: int) -> None:
    provider = server({"POST": [ok(status=status)], "GET": [ok()]})
    kind = {302: Redirected, 307: Redirected, 404: NotFound}.get(status, Failed)
    with pytest.raises(kind):
        provider.create(CONFIG)
    assert len(provider.wire.calls) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"description": "orders"},
        {"description": "Orders "},
        {"vpcEndpointServiceName": None},
        {"vpcEndpointServiceName": ""},
        {"mskClusterArn": ""},
        {"vpcResourceShareArn": ""},
        {"gcpServiceAttachment": ""},
        {"type": "VPC_RESOURCE"},
    ],
)
def test_a_value_that_comes_back_otherwise_is_inconsistent(server: Server, wrong: dict[str, Any]) -> None:
    with pytest.raises(Inconsistent):
        server({"POST": [ok()], "GET": [ok(GOOD | wrong)]}).create(CONFIG)


def test_what_stays_in_provisioning_is_polled_so_often_and_no_more(server: Server) -> None:
    provider = server({"POST": [ok()], "GET": [ok(GOOD | {"status": "Provisioning"})]})
    with pytest.raises(Failed):
        provider.create(CONFIG)
    assert [call[0] for call in provider.wire.calls].count("GET") == 121


def test_a_404_after_a_create_is_only_another_try(server: Server) -> None:
    provider = server({"POST": [ok()], "GET": [ok(status=404), ok(status=403), ok()]})
    assert provider.create(CONFIG)["status"] == "Ready"


@pytest.mark.parametrize(
    "given",
    [
        [],
        None,
        ["b.example.com", "a.example.com"],
        ["a.example.com"],
        ["a.example.com", "b.example.com", "b.example.com"],
        ["A.example.com", "b.example.com"],
    ],
)
def test_names_that_come_back_otherwise_are_inconsistent(server: Server, given: list[str] | None) -> None:
    mappings = None if given is None else [{"privateDnsName": name} for name in given]
    provider = server({"PATCH": [ok(GOOD | {"customPrivateDnsMappings": mappings})]})
    wanted = [{"private_dns_name": "a.example.com"}, {"private_dns_name": "b.example.com"}]
    with pytest.raises(Inconsistent):
        provider.set_names("s", "e", wanted)


@pytest.mark.parametrize("body", [b"", b"null", b"<html>", b"[]"])
def test_a_delete_without_a_json_body_fails(server: Server, body: bytes) -> None:
    provider = server({"DELETE": [(200, {}, body)], "GET": [ok(status=404)]})
    with pytest.raises(Failed):
        provider.delete({"service_id": "s", "id": "e"})


def test_errors_of_the_server_are_sent_again_for_about_a_minute(server: Server) -> None:
    provider = server({"POST": [ok(status=503)]})
    with pytest.raises(Failed, match="503"):
        provider.create(CONFIG)
    assert len(provider.wire.calls) == 4, "at once and after 4, 8 and 16 s; after 32 more the time is up"


def test_a_reset_that_is_too_far_away_is_not_waited_for(server: Server) -> None:
    busy = (429, {"X-RateLimit-Reset": "60"}, b"{}")
    provider = server({"POST": [busy, ok()], "GET": [ok()]})
    with pytest.raises(Failed, match="429"):
        provider.create(CONFIG)
