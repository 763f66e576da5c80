"""Who must have a second factor reaches nothing before they have one."""

import base64
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.models import ApiKey, User
from endpoints.web import kept
from tests.people import PASSWORD, Cast
from tests.web.account.steps import ACCOUNT, APP, make_person, set_up_app, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(settings: Any, db: None) -> User:
    settings.REQUIRE_SECOND_FACTOR = "staff"
    return make_person("boss@example.com", is_staff=True)


@pytest.mark.parametrize(
    ("rule", "fields", "is_led"),
    [
        ("none", {"is_staff": True}, False),
        ("staff", {"is_staff": True}, True),
        ("staff", {"is_superuser": True}, True),
        ("staff", {}, False),
        ("everyone", {}, True),
    ],
)
def test_who_must_is_led_to_set_one_up(
    settings: Any, rule: str, fields: dict[str, Any], is_led: bool
) -> None:
    settings.REQUIRE_SECOND_FACTOR = rule
    client = signed_in(make_person(**fields).email)
    answer = client.get("/")
    assert answer.status_code == (303 if is_led else 200)
    assert ("needs a second step" in client.get(ACCOUNT).text) is is_led


def test_pages_admin_and_fragments_are_closed_till_then(staff: User, cast: Cast) -> None:
    client = signed_in(staff.email)
    service = reverse("endpoints", args=[cast.service.pk])
    for address in ("/", service, "/admin/", "/admin/endpoints/user/", "/admin/password_change/"):
        assert client.get(address)["Location"] == ACCOUNT, address
        assert client.post(address)["Location"] == ACCOUNT, address
    assert client.get(service, headers={"HX-Request": "true"})["HX-Redirect"] == ACCOUNT
    assert client.post("/sign-out/").status_code == 302


def test_afterwards_everything_is_open_and_they_go_on(staff: User) -> None:
    client = signed_in(staff.email)
    client.get("/admin/endpoints/user/?q=x")
    set_up_app(client)
    assert 'href="/admin/endpoints/user/?q=x"' in client.get("/account/recovery-codes/").text
    assert client.get("/admin/endpoints/user/?q=x").status_code == 200


def test_what_was_typed_meanwhile_is_kept(settings: Any, cast: Cast) -> None:
    settings.REQUIRE_SECOND_FACTOR = "everyone"
    cast.operator.set_password(PASSWORD)
    cast.operator.save()
    client = signed_in(cast.operator.email)
    address = reverse("create-endpoint", args=[cast.service.pk])
    client.post(address, {"description": "half", kept.FIELD: kept.token_for(cast.operator)})
    set_up_app(client)
    assert f'href="{address}"' in client.get(ACCOUNT).text
    assert 'value="half"' in client.get(address).text


def test_the_last_factor_stays(staff: User) -> None:
    client = signed_in(staff.email)
    set_up_app(client)
    refused = client.post(f"{APP}remove/")
    assert refused.status_code == 422
    assert "Set up another one" in refused.text
    assert client.get("/").status_code == 200


def test_api_keys_are_not_asked_for_one(settings: Any, cast: Cast, client: Client) -> None:
    settings.REQUIRE_SECOND_FACTOR = "everyone"
    key, secret = ApiKey.issue(organization=cast.organization, service=None, role="viewer", name="x")
    service = f"/v1/organizations/{cast.organization.pk}/services/{cast.service.pk}"
    word = base64.b64encode(f"{key.key_id}:{secret}".encode()).decode()
    address = f"{service}/clickpipesReversePrivateEndpoints"
    assert client.get(address, headers={"Authorization": f"Basic {word}"}).status_code == 200


def test_admin_signs_in_where_everybody_does(staff: User, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = "none"
    client = Client()
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == "/sign-in/?next=/admin/"
    posted = client.post("/admin/login/", {"username": staff.email, "password": PASSWORD, "next": "/admin/"})
    assert posted["Location"] == "/sign-in/?next=/admin/", "admin's own form is not there"
    assert client.get("/admin/login/?next=//evil.example")["Location"] == "/sign-in/?next=/admin/"
    client.force_login(staff)
    assert client.get("/admin/login/?next=/admin/endpoints/user/")["Location"] == "/admin/endpoints/user/"
    assert client.get("/admin/password_change/")["Location"] == "/account/password/"
    client.force_login(make_person())
    assert client.get("/admin/", follow=True).status_code == 403
