"""What the Cloud's API does not have: reasons, timelines, tombstones, previews and retries."""

from typing import Any

import pytest
from django.utils import timezone

from endpoints.domain.reasons import EventCode, Reason
from endpoints.models import Event, ReversePrivateEndpoint, Service
from tests.api.conftest import Caller, CallerFor, make_service, row
from tests.people import make_pipe

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]


@pytest.fixture
def made(caller: Caller) -> ReversePrivateEndpoint:
    return row(caller.create())


def got(caller: Caller, path: str) -> Any:
    answer = caller.call("GET", path)
    assert answer.status_code == 200, answer.json()
    return answer.json()["result"]


def fail(endpoint: ReversePrivateEndpoint) -> None:
    endpoint.status, endpoint.reason = "Failed", Reason.SERVICE_NOT_FOUND
    endpoint.save(update_fields=["status", "reason"])


def removed_of(caller: Caller) -> Caller:
    path = caller.collection.replace("clickpipesReverse", "removedReverse")
    return Caller(caller.key, caller.secret, path)


def test_the_situation_says_why_until_when_and_for_whom(
    caller: Caller, made: ReversePrivateEndpoint, service: Service
) -> None:
    found = got(caller, f"/{made.pk}/situation")
    assert (found["status"], found["reason"]["code"]) == ("Provisioning", "requested")
    assert (found["deadline"], found["clickPipes"]) == (None, [])
    by_id = make_pipe(service, made, name="by id", address="db.shop.example:5432")
    ReversePrivateEndpoint.objects.update(dns_names=["a.shop.example"])
    by_host = make_pipe(service, name="by host", address="a.shop.example:5432")
    fail(made)
    found = got(caller, f"/{made.pk}/situation/")
    assert (found["status"], found["reason"]["code"]) == ("Failed", "service_not_found")
    assert "SERVICE" not in found["reason"]["text"]
    assert found["reason"]["whoMustAct"]
    assert found["reason"]["nextStep"]
    assert found["deadline"] > found["statusSince"]
    assert found["clickPipes"] == [
        {"id": str(by_id.pk), "name": "by id", "source": "Postgres", "dependsBy": "id"},
        {"id": str(by_host.pk), "name": "by host", "source": "Postgres", "dependsBy": "host"},
    ]


def test_the_timeline_tells_what_aws_said_to_operators_only(
    caller: Caller, caller_for: CallerFor, made: ReversePrivateEndpoint, service: Service
) -> None:
    told = {"operation": "CreateVpcEndpoint", "aws_request_id": "r-1", "raw": "InvalidParameter: words"}
    Event.line(made, EventCode.CREATE_REFUSED, timezone.now(), **told).save()
    newest, first = got(caller, f"/{made.pk}/events")
    assert (first["code"], first["actor"]) == ("requested", "API key operator")
    assert first["text"] == "The endpoint was requested."
    assert (newest["awsRequestId"], newest["awsText"]) == ("r-1", "InvalidParameter: words")
    newest = got(caller_for(service, "viewer"), f"/{made.pk}/events")[0]
    assert newest["operation"] == "CreateVpcEndpoint"
    assert (newest["awsRequestId"], newest["awsText"]) == (None, None)


def test_tombstones_are_listed_and_keep_their_past(caller: Caller, made: ReversePrivateEndpoint) -> None:
    assert got(removed_of(caller), "") == []
    caller.call("DELETE", f"/{made.pk}")
    now = timezone.now()
    ReversePrivateEndpoint.objects.update(removed_at=now, last_status="Ready")
    (found,) = got(removed_of(caller), "/")
    assert (found["id"], found["lastStatus"]) == (str(made.pk), "Ready")
    assert found["removalRequestedBy"] == "API key operator"
    assert found["why"]
    assert got(caller, f"/{made.pk}/situation")["status"] == "Removed"
    assert got(caller, f"/{made.pk}/events")[0]["code"] == "removal_requested"
    for path in ("/removal", "/wait"):
        caller.error("GET", f"/{made.pk}{path}", status=404)
    caller.error("POST", f"/{made.pk}/retry", {}, status=404)


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_a_removal_is_previewed_with_what_it_takes(
    caller_for: CallerFor, made: ReversePrivateEndpoint, service: Service, role: str
) -> None:
    caller = caller_for(service, role)
    found = got(caller, f"/{made.pk}/removal")
    assert (found["neededRole"], found["allowed"]) == ("operator", role != "viewer")
    assert found["leftBehind"]
    make_pipe(service, made, name="orders-cdc")
    found = got(caller, f"/{made.pk}/removal")
    assert (found["neededRole"], found["allowed"]) == ("admin", role == "admin")
    assert [pipe["name"] for pipe in found["clickPipes"]] == ["orders-cdc"]
    made.refresh_from_db()
    assert made.removal_requested_at is None


def test_what_failed_is_retried_once_and_what_did_not_is_not(
    caller: Caller, caller_for: CallerFor, made: ReversePrivateEndpoint, service: Service
) -> None:
    assert "nothing to retry" in caller.error("POST", f"/{made.pk}/retry", {}, status=400)
    fail(made)
    assert caller_for(service, "viewer").error("POST", f"/{made.pk}/retry", {}, status=403)
    bodies: tuple[object, ...] = ({"a": 1}, [], None)
    for body in bodies:
        caller.error("POST", f"/{made.pk}/retry", body, status=400)
    for _ in range(2):
        answer = caller.call("POST", f"/{made.pk}/retry", {})
        assert answer.json()["result"]["status"] == "Provisioning"
    made.refresh_from_db()
    assert made.generation == 2


def test_strangers_find_nothing_of_it(
    caller_for: CallerFor, made: ReversePrivateEndpoint, service: Service
) -> None:
    stranger = caller_for(service, "admin", of=make_service("tea"))
    for path in ("situation", "events", "removal", "wait?timeout=0"):
        assert stranger.error("GET", f"/{made.pk}/{path}", status=404) == f"NOT_FOUND: {service.pk}"
    removed_of(stranger).error("GET", status=404)
    stranger.error("POST", f"/{made.pk}/retry", {}, status=404)
