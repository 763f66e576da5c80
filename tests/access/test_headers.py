"""What every answer carries, and what no request can talk us into."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.admin_objects import make_objects
from tests.access.asking import ask, basic, client_of, undone
from tests.access.table import ELSEWHERE, PAGES
from tests.access.test_admin_walk import addresses
from tests.access.test_walk import pages
from tests.access.world import World

CSP = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
}  # fmt: skip


def wrong_headers(response: Any) -> list[str]:
    """Return the headers of an answer that are not as they must be."""
    expected = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    wrong = [name for name, value in expected.items() if response.get(name) != value]
    if set(response.get("Content-Security-Policy", "").split("; ")) != CSP:
        wrong.append("Content-Security-Policy")
    if "no-store" not in response.get("Cache-Control", ""):
        wrong.append("Cache-Control")
    if response.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        wrong.append("Referrer-Policy")
    if "camera=()" not in response.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    return wrong


def test_every_answer_has_the_headers(world: World) -> None:
    objects = make_objects(world)
    place = world.places["own"]
    asked = [(route.address(place.ids("ready")), "organization admin") for route in pages()]
    asked += [(address, "superuser") for address, _ in addresses(objects)]
    asked += [("/", "anonymous"), ("/nothing/", "viewer"), ("/sign-in/", "anonymous"), ("/v1/", "anonymous")]
    asked += [("/?q=%00", "anonymous"), ("/healthz/", "anonymous"), ("/hand-off/x.y/", "anonymous")]
    clients = {name: client_of(world.people[name]) for _, name in asked}
    wrong = []
    for address, name in asked:
        with undone():
            response = ask(clients[name], "GET", address, {})
            found = wrong_headers(response)
            if found:
                wrong.append(f"{response.status_code} {address}: {found}")
    assert not wrong, "\n".join(wrong)


def test_every_form_wants_its_token(world: World) -> None:
    """Every POST of every page, sent by the one who may, without the token of a form of ours: 403."""
    place, objects = world.places["own"], make_objects(world)
    asked = [
        (route.address(place.ids(rule.on)), rule.fields(place), "organization admin")
        for route in pages()
        for rule in PAGES[route.key].get("POST", ())
    ]
    asked += [(address, {}, "superuser") for address, _ in addresses(objects)]
    asked += [("/admin/login/", {}, "anonymous"), ("/sign-in/", {}, "anonymous")]
    plain = {
        name for name in ELSEWHERE if name not in ("set-password", "mfa_edit_webauthn", "mfa_remove_webauthn")
    }
    asked += [(reverse(name), {}, "viewer") for name in sorted(plain)]
    wrong = []
    for address, fields, person in asked:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        user = world.people[person]
        if user is not None:
            client.force_login(user)
        with undone():
            status = client.post(address, fields).status_code
            if status != 403:
                wrong.append(f"{address}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "testserver.elsewhere.example", "testserver@x", "a b", ""]
)
def test_another_host_gets_nothing(world: World, host: str) -> None:
    response = Client(raise_request_exception=False).get("/sign-in/", headers={"Host": host})
    assert response.status_code == 400


def test_a_forwarded_host_and_another_method_are_not_believed(world: World) -> None:
    client, own = client_of(world.people["organization admin"]), world.places["own"]
    page = reverse("endpoint", args=[own.service.pk, own.endpoints["ready"].pk])
    headers = {
        "X-Forwarded-Host": "elsewhere.example",
        "X-HTTP-Method-Override": "DELETE",
        "X-Method": "POST",
    }
    response = client.get(page, {"_method": "POST"}, headers=headers)
    assert response.status_code == 200
    assert "elsewhere.example" not in response.text


def test_cookies_stay_with_https_and_with_us(world: World, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    client = Client()
    client.get("/sign-in/", secure=True)
    client.post("/theme/", {"theme": "dark"}, secure=True)
    client.post("/language/", {"language": "ko"}, secure=True)
    assert {"csrftoken", "postern_theme", "django_language"} <= set(client.cookies)
    for name, morsel in client.cookies.items():
        assert morsel["secure"], name
        assert morsel["samesite"] == "Lax", name
        assert morsel["domain"] == "", name
    signed_in = client_of(world.people["viewer"])
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert signed_in.get("/").status_code == 200


def test_plain_http_is_sent_on_and_https_remembered(world: World, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    assert Client().get("/sign-in/")["Location"] == "https://testserver/sign-in/"
    assert Client().get("/sign-in/", secure=True)["Strict-Transport-Security"] == "max-age=31536000"
    key = basic(world.keys["admin's key of the organization"])
    refused = Client().get("/v1/organizations", headers={"Authorization": key})
    assert (refused.status_code, refused.json()["error"]) == (400, "BAD_REQUEST: Use https.")
