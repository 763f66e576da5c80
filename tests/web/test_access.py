"""Who gets in: everybody must sign in, strangers find nothing, viewers change nothing."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from endpoints.models import ReversePrivateEndpoint
from tests.people import Cast, make_endpoint
from tests.web.conftest import list_of, page_of

OPEN = {
    "health", "sign-in", "account_login", "mfa_login_webauthn", "mfa_authenticate", "start-again",
    "account_inactive", "openid_connect_login", "openid_connect_callback", "set-password",
    "language", "theme", "hand-off",
}  # fmt: skip


def every_pattern(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from every_pattern(pattern, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


def test_every_address_demands_a_person_but_the_named_ones() -> None:
    open_now = {
        pattern.name
        for address, pattern in every_pattern(get_resolver())
        if not getattr(pattern.callback, "login_required", True)
        and not address.startswith(("v1/", "^v1", "(?s)^v1", "admin/login/"))
    }
    assert open_now == OPEN


def test_health_answers_without_a_database() -> None:
    response = Client().get("/healthz/")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(cast: Cast) -> None:
    address = list_of(cast.service)
    response = Client().get(address)
    assert response["Location"] == f"/sign-in/?next={address}"


def test_a_poll_after_the_session_ended_moves_the_whole_page(cast: Cast) -> None:
    response = Client().get(list_of(cast.service), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/sign-in/"


@pytest.mark.parametrize("name", ["endpoint", "retry-endpoint", "remove-endpoint"])
def test_a_stranger_finds_no_endpoint(cast: Cast, stranger: Client, name: str) -> None:
    address = page_of(make_endpoint(cast.service), name)
    assert {stranger.get(address).status_code, stranger.post(address).status_code} <= {404, 405}
    assert stranger.post(address).status_code in (404, 405)


@pytest.mark.parametrize("name", ["endpoints", "create-endpoint", "removed-endpoints"])
def test_a_stranger_finds_no_service(cast: Cast, stranger: Client, name: str) -> None:
    response = stranger.get(reverse(name, args=[cast.service.pk]))
    assert response.status_code == 404
    assert "There is nothing here" in response.text


def test_an_endpoint_is_found_under_its_own_service_only(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service)
    assert operator.get(reverse("endpoint", args=[cast.other_service.pk, endpoint.pk])).status_code == 404


def test_staff_without_a_role_are_strangers_here(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.staff)
    assert client.get(list_of(cast.service)).status_code == 404


def test_a_viewer_who_acts_is_told_no(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service)
    create = reverse("create-endpoint", args=[cast.service.pk])
    answers = [
        viewer.get(create),
        viewer.post(create, {"description": "x"}),
        viewer.get(page_of(endpoint, "remove-endpoint")),
        viewer.post(page_of(endpoint, "remove-endpoint")),
        viewer.post(page_of(endpoint, "retry-endpoint")),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert "You may not do this" in answers[0].text
    endpoint.refresh_from_db()
    assert endpoint.removal_requested_at is None
    assert ReversePrivateEndpoint.objects.count() == 1


def test_a_viewer_sees_no_buttons(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service)
    assert "Create endpoint" not in viewer.get(list_of(cast.service)).text
    assert "remove-button" not in viewer.get(page_of(endpoint)).text


def test_an_admin_of_the_organization_acts_on_its_services(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    assert client.post(page_of(make_endpoint(cast.service), "remove-endpoint")).status_code == 303


@pytest.mark.parametrize(
    ("name", "method"),
    [("endpoints", "post"), ("removed-endpoints", "post"), ("create-endpoint", "put"), ("services", "post")],
)
def test_other_methods_are_refused(cast: Cast, operator: Client, name: str, method: str) -> None:
    address = reverse(name, args=[] if name == "services" else [cast.service.pk])
    assert getattr(operator, method)(address).status_code == 405


def test_a_retry_by_get_is_refused(cast: Cast, operator: Client) -> None:
    assert operator.get(page_of(make_endpoint(cast.service), "retry-endpoint")).status_code == 405
