"""Organizations and services, as a key sees them."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from endpoints.models import Service
from tests.api.conftest import Caller, CallerFor, make_service

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]

ALL = "/v1/organizations"


def at(caller: Caller, path: str) -> Caller:
    """Return the same caller at another address."""
    return Caller(caller.key, caller.secret, path)


@pytest.fixture
def home(caller: Caller, service: Service) -> Caller:
    """The caller, at its organization."""
    return at(caller, f"{ALL}/{service.organization_id}")


def results(caller: Caller, path: str = "") -> Any:
    answer = caller.call("GET", path)
    assert answer.status_code == 200, answer.json()
    return answer.json()["result"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_key_finds_its_one_organization(home: Caller, service: Service, slash: str) -> None:
    make_service("tea")  # of another organization
    (organization,) = results(at(home, ALL), slash)
    assert organization == results(home, slash)
    assert organization.pop("createdAt").endswith("Z")
    assert organization == {"id": str(service.organization_id), "name": service.organization.name}


def test_services_are_those_that_the_key_may_see(
    home: Caller, caller_for: CallerFor, service: Service
) -> None:
    sibling = make_service("analytics", service.organization)
    assert [one["name"] for one in results(home, "/services")] == ["analytics", "orders"]
    limited = at(caller_for(service, only=service), home.collection)
    assert [one["name"] for one in results(limited, "/services")] == ["orders"]
    assert results(limited)["id"] == str(service.organization_id)
    limited.error("GET", f"/services/{sibling.pk}", status=404)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_service_always_runs(home: Caller, service: Service, slash: str) -> None:
    Service.objects.update(labels=["production", "team=payments", "a=b=c"])
    found = results(home, f"/services/{service.pk}{slash}")
    assert results(home, f"/services{slash}") == [found]
    assert datetime.fromisoformat(found.pop("createdAt")) == service.created_at
    assert found == {
        "id": str(service.pk),
        "name": "orders",
        "provider": "aws",
        "region": "eu-central-1",
        "state": "running",
        "isReadonly": False,
        "idleScaling": False,
        "ipAccessList": [],
        "endpoints": [],
        "tags": [
            {"key": "production", "value": ""},
            {"key": "team", "value": "payments"},
            {"key": "a", "value": "b=c"},
        ],
    }


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        ([], ["analytics", "ledger", "orders"]),
        (["tag:env=prod"], ["analytics", "orders"]),
        (["tag:env=prod", "tag:team=a"], ["orders"]),
        (["tag:env=pro"], []),
        (["tag:env"], []),
        (["tag:critical"], ["ledger"]),
        (["tag:critical="], ["ledger"]),
        (["tag:이름=값"], ["ledger"]),
    ],
)
def test_filters_by_labels_must_all_hold(
    home: Caller, service: Service, filters: list[str], named: list[str]
) -> None:
    service.labels = ["env=prod", "team=a"]
    service.save()
    labels = {"analytics": ["env=prod"], "ledger": ["critical", "이름=값"]}
    for name, its_own in labels.items():
        Service.objects.filter(pk=make_service(name, service.organization).pk).update(labels=its_own)
    query = "&".join(f"filter={quote(text)}" for text in filters)
    assert [one["name"] for one in results(home, f"/services?{query}")] == named


@pytest.mark.parametrize("wrong", ["env=prod", "tag:", "tag:=prod", "name:orders", ""])
def test_other_filters_are_bad_requests(home: Caller, wrong: str) -> None:
    assert home.error("GET", f"/services?filter={wrong}", status=400).startswith("BAD_REQUEST: filter: ")


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("command", ["start", "stop", "awake"])
def test_state_commands_are_answered_by_a_running_service(
    home: Caller, service: Service, command: str, slash: str
) -> None:
    answer = home.call("PATCH", f"/services/{service.pk}/state{slash}", {"command": command})
    assert answer.status_code == 200
    assert answer.json()["result"] == results(home, f"/services/{service.pk}")


@pytest.mark.parametrize("body", [{}, {"command": "sleep"}, {"command": None}, {"command": ["stop"]}, []])
def test_other_commands_are_bad_requests(home: Caller, service: Service, body: object) -> None:
    home.error("PATCH", f"/services/{service.pk}/state", body, status=400)


def test_a_viewer_sends_no_commands(home: Caller, caller_for: CallerFor, service: Service) -> None:
    viewer = at(caller_for(service, "viewer"), home.collection)
    assert results(viewer, f"/services/{service.pk}")["state"] == "running"
    viewer.error("PATCH", f"/services/{service.pk}/state", {"command": "stop"}, status=403)


def test_strangers_find_nothing_and_malformed_ids_are_bad_requests(home: Caller, service: Service) -> None:
    stranger = make_service("tea")
    for path in (
        f"/{stranger.organization_id}",
        f"/{stranger.organization_id}/services",
        f"/{service.organization_id}/services/{stranger.pk}",
        f"/{stranger.organization_id}/services/{stranger.pk}",
        f"/{uuid4()}",
    ):
        assert at(home, ALL).error("GET", path, status=404).startswith("NOT_FOUND: ")
    for path, what in (("/x", "organization"), ("/x/services", "organization")):
        assert at(home, ALL).error("GET", path, status=400) == f"BAD_REQUEST: Invalid {what} id <string:x>"
    assert "service id <string:x>" in home.error("GET", "/services/x", status=400)


def test_nobody_learns_anything_without_a_key(home: Caller, service: Service) -> None:
    home.secret = "wrong"
    for path in ("", "/services", f"/services/{service.pk}"):
        home.error("GET", path, status=401)
    at(home, ALL).error("GET", status=401)
