"""Who gets in, and what each role may do."""

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from endpoints.models import ApiKey, ReversePrivateEndpoint, Service
from tests.api.conftest import BODY, Caller, CallerFor, make_service, row
from tests.people import make_pipe

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Bearer abc",
        basic(b"no-colon"),
        basic(b"unknown:secret"),
        basic(b":"),
        basic(b"nul\x00:secret"),
        basic("schlüssel:secret".encode()),
        basic(b"\xff\xfe:\xff"),
        "Basic " + "A" * 20_000,
    ],
)
def test_request_without_a_right_key_is_unauthorized(caller: Caller, header: str) -> None:
    response = Client().get(caller.collection, headers={"Authorization": header} if header else {})
    assert response.status_code == response.json()["status"] == 401
    assert response.json()["error"].startswith("UNAUTHORIZED: ")
    assert response["WWW-Authenticate"].startswith("Basic realm=")


def test_wrong_secret_and_disabled_key_are_unauthorized(caller: Caller) -> None:
    right, caller.secret = caller.secret, "wrong"
    caller.error("GET", status=401)
    caller.secret = right
    assert caller.call("GET").status_code == 200
    ApiKey.objects.update(disabled_at=timezone.now())
    caller.error("GET", status=401)


def test_viewer_sees_and_is_forbidden_to_act(caller: Caller, caller_for: CallerFor, service: Service) -> None:
    endpoint = row(caller.create())
    viewer = caller_for(service, "viewer")
    assert viewer.call("GET", f"/{endpoint.pk}").status_code == 200
    for method, path, body in (
        ("DELETE", f"/{endpoint.pk}", None),
        ("PATCH", f"/{endpoint.pk}", {}),
        ("POST", "", BODY),
        ("POST", "", b"\x00"),
        ("POST", f"/{endpoint.pk}/retry", {}),
    ):
        text = viewer.error(method, path, body, status=403)
        assert text == "FORBIDDEN: This takes the role operator."
    endpoint.refresh_from_db()
    assert endpoint.removal_requested_at is None
    assert ReversePrivateEndpoint.objects.count() == 1


def test_stranger_gets_404_not_403(caller: Caller, caller_for: CallerFor, service: Service) -> None:
    endpoint = row(caller.create())
    stranger = caller_for(service, "admin", of=make_service("tea"))
    for method, path, body in (("GET", "", None), ("POST", "", BODY), ("DELETE", f"/{endpoint.pk}", None)):
        assert stranger.error(method, path, body, status=404) == f"NOT_FOUND: {service.pk}"


def test_key_of_one_service_does_not_reach_its_sibling(caller_for: CallerFor, service: Service) -> None:
    sibling = make_service("analytics", service.organization)
    assert caller_for(service, only=service).call("GET").status_code == 200
    caller_for(sibling, only=service).error("GET", status=404)


def test_service_under_the_wrong_organization_is_not_found(caller: Caller, service: Service) -> None:
    caller.collection = caller.collection.replace(str(service.organization_id), str(uuid4()))
    caller.error("GET", status=404)


def test_use_of_a_key_is_noted_at_most_once_a_minute(caller: Caller) -> None:
    caller.call("GET")
    caller.key.refresh_from_db()
    first = caller.key.last_used_at
    assert first is not None
    caller.call("GET")
    caller.key.refresh_from_db()
    assert caller.key.last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    caller.call("GET")
    caller.key.refresh_from_db()
    assert caller.key.last_used_at is not None
    assert caller.key.last_used_at >= first


def test_plain_http_is_refused_and_never_redirected_where_tls_is_on(caller: Caller, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    settings.SECURE_REDIRECT_EXEMPT = [r"^v1/"]  # type: ignore[attr-defined]
    assert caller.error("POST", body=BODY, status=400) == "BAD_REQUEST: Use https."
    assert caller.call("POST", body=BODY, secure=True).status_code == 200


def test_only_an_admin_key_removes_what_clickpipes_depend_on(
    caller: Caller, caller_for: CallerFor, service: Service
) -> None:
    by_id = row(caller.create(description="by id"))
    by_host = row(caller.create(description="by host"))
    alone = row(caller.create(description="alone"))
    ReversePrivateEndpoint.objects.filter(pk=by_host.pk).update(private_dns_names=["*.shop.test"])
    for number in range(6):
        make_pipe(service, by_id, name=f"customers {number}")
    make_pipe(service, address="db.shop.test:5432", name="orders")
    takes = "FORBIDDEN: This takes the role admin, because ClickPipes depend on it: "
    many = ", ".join(f"customers {number}" for number in range(5)) + " and 1 more."
    for endpoint, names in ((by_id, many), (by_host, "orders.")):
        assert caller.error("DELETE", f"/{endpoint.pk}", status=403) == takes + names
        endpoint.refresh_from_db()
        assert endpoint.removal_requested_at is None
    assert caller.call("DELETE", f"/{alone.pk}").status_code == 200
    admin = caller_for(service, "admin")
    for endpoint in (by_id, by_host):
        assert admin.call("DELETE", f"/{endpoint.pk}").status_code == 200
        endpoint.refresh_from_db()
        assert endpoint.removal_requested_by == "API key admin"
    assert caller.call("DELETE", f"/{by_id.pk}").status_code == 200, "it is being removed already"
