"""The pages of a service's keys: who sees them, where a secret stands and where not, and what stands out."""

import html
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from endpoints import intents
from endpoints.models import ApiKey, AuditEntry, Role, User, read_clock
from tests.keys.conftest import ask, issue
from tests.people import Cast, give_role, make_service, make_user

pytestmark = pytest.mark.django_db
SECRET = re.compile(r'<code title="([\w-]{43})">')


def client_of(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    """The admin of the organization."""
    return client_of(cast.admin)


@pytest.fixture
def service_admin(cast: Cast) -> Client:
    person = make_user("service-admin@example.com")
    give_role(person, Role.ADMIN, cast.service)
    return client_of(person)


def page(name: str, cast: Cast, *more: str) -> str:
    return reverse(name, args=[cast.service.pk, *more])


def form(**changes: str) -> dict[str, str]:
    asked = {
        "name": "Terraform",
        "role": "operator",
        "scope": "service",
        "end": "90",
        "form_key": str(uuid.uuid4()),
    }
    return asked | changes


def secret_on(text: str) -> str:
    found = SECRET.search(text)
    assert found is not None
    return found[1]


# --- who ------------------------------------------------------------------------------------------------


def test_keys_are_for_admins_and_nobody_else_learns_of_them(cast: Cast, key: ApiKey) -> None:
    addresses = [
        page("keys", cast),
        page("issue-key", cast),
        *(page(name, cast, key.key_id) for name in ("key", "rotate-key", "disable-key")),
    ]
    for person, status in ((cast.viewer, 403), (cast.operator, 403), (cast.stranger, 404), (cast.staff, 404)):
        client = client_of(person)
        for address in addresses:
            for answer in (client.get(address), client.post(address, form())):
                assert answer.status_code in (status, 405 if address == addresses[0] else status)
                assert key.key_id not in answer.text.replace(address, "")
        settings = client.get(page("settings", cast))
        assert page("keys", cast) not in settings.text
    assert ApiKey.objects.count() == 1
    assert page("keys", cast) in client_of(cast.admin).get(page("settings", cast)).text


def test_keys_of_the_whole_organization_are_seen_by_service_admins_and_managed_by_its_own(
    cast: Cast, admin: Client, service_admin: Client
) -> None:
    whole, _ = issue(cast, place=cast.organization, name="whole")
    text = service_admin.get(page("keys", cast)).text
    assert "whole" in text
    assert page("key", cast, whole.key_id) not in text
    for name in ("key", "rotate-key", "disable-key"):
        for answer in (
            service_admin.get(page(name, cast, whole.key_id)),
            service_admin.post(page(name, cast, whole.key_id), form()),
        ):
            assert answer.status_code == 404
    assert page("key", cast, whole.key_id) in admin.get(page("keys", cast)).text
    assert admin.get(page("key", cast, whole.key_id)).status_code == 200
    whole.refresh_from_db()
    assert whole.disabled_at is None


def test_keys_of_other_services_are_not_here(cast: Cast, admin: Client, service_admin: Client) -> None:
    sibling = make_service(cast.organization, "sibling")
    theirs, _ = issue(cast, place=sibling, name="of the sibling")
    foreign, _ = issue(cast, place=cast.other_service, name="foreign", by=cast.stranger)
    for client in (admin, service_admin):
        assert "of the sibling" not in client.get(page("keys", cast)).text
        for key in (theirs.key_id, foreign.key_id, "unknown"):
            assert client.get(page("key", cast, key)).status_code == 404


def test_only_admins_of_the_organization_choose_its_scope(
    cast: Cast, admin: Client, service_admin: Client
) -> None:
    assert 'name="scope"' not in service_admin.get(page("issue-key", cast)).text
    service_admin.post(page("issue-key", cast), form(scope="organization"))
    assert ApiKey.objects.get().service == cast.service
    assert 'name="scope"' in admin.get(page("issue-key", cast)).text
    assert admin.post(page("issue-key", cast), form(scope="organization")).status_code == 200
    assert ApiKey.objects.filter(service=None, organization=cast.organization).count() == 1


# --- secrets --------------------------------------------------------------------------------------------


def test_a_secret_is_shown_once_in_the_answer_and_nowhere_else(
    cast: Cast, admin: Client, caplog: pytest.LogCaptureFixture
) -> None:
    sent = form()
    answer = admin.post(page("issue-key", cast), sent)
    assert answer.status_code == 200
    secret, key = secret_on(answer.text), ApiKey.objects.get()
    assert ask(cast.service, key.key_id, secret) == 200
    assert "no-store" in answer["Cache-Control"]
    assert key.created_by == cast.admin
    refreshed = admin.post(page("issue-key", cast), sent)
    assert refreshed.status_code == 422
    assert "A key was already issued from this form" in refreshed.text
    assert ApiKey.objects.count() == 1
    elsewhere = [
        refreshed.text,
        str(answer.headers),
        str(admin.cookies),
        str([session.get_decoded() for session in Session.objects.all()]),
        *(admin.get(page(name, cast)).text for name in ("keys", "issue-key")),
        admin.get(page("key", cast, key.key_id)).text,
        str(list(AuditEntry.objects.values())),
        caplog.text,
    ]
    assert not [text for text in elsewhere if secret in text]


def test_a_rotation_shows_the_new_secret_and_sent_again_makes_no_third_key(
    cast: Cast, admin: Client, key: ApiKey
) -> None:
    address = page("rotate-key", cast, key.key_id)
    assert admin.get(address).status_code == 200
    answer = admin.post(address, {"overlap": "hour", "end": "30"})
    key.refresh_from_db()
    assert key.successor is not None
    assert ask(cast.service, key.successor.key_id, secret_on(answer.text)) == 200
    assert "no-store" in answer["Cache-Control"]
    assert "The old key expires" in answer.text
    again = admin.post(address, {"overlap": "hour", "end": "30"})
    assert again.status_code == 422
    assert "already rotated" in again.text
    assert SECRET.search(again.text) is None
    assert ApiKey.objects.count() == 2
    assert admin.get(address).status_code == 303


# --- the forms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Enter a value."),
        ({"name": "a\0b"}, "cannot be printed"),
        ({"name": "x" * 101}, "At most 100 characters"),
        ({"role": "owner"}, "Choose viewer, operator or admin."),
        ({"scope": "everything"}, "Choose one."),
        ({"end": "never"}, "expires after 365 days at the latest"),
        ({"end": "keep"}, "Choose one."),
        ({"end": "4000"}, "from 1 to 365"),
        ({"end": "-1"}, "Choose one."),
        ({"end": "٣"}, "Choose one."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(
    cast: Cast, admin: Client, changes: dict[str, str], words: str
) -> None:
    answer = admin.post(page("issue-key", cast), form(**{"name": "Kept name"} | changes))
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    assert "name" in changes or 'value="Kept name"' in answer.text
    assert not ApiKey.objects.exists()


def test_a_form_that_came_after_the_sign_in_ended_is_kept(cast: Cast, admin: Client) -> None:
    text = admin.get(page("issue-key", cast)).text
    found = re.search(r'name="kept_for" value="([^"]+)"', text)
    assert found is not None
    fields = form(name="Typed before", kept_for=found[1])
    admin.logout()
    admin.post(page("issue-key", cast), fields)
    assert not ApiKey.objects.exists()
    session = admin.session
    session.save()
    kept = dict(session.items())
    admin.force_login(cast.admin)
    mine = admin.session
    mine.update(kept | dict(mine.items()))
    mine.save()
    assert 'value="Typed before"' in admin.get(page("issue-key", cast)).text


def test_name_and_end_are_changed_and_an_end_may_stay(cast: Cast, admin: Client, key: ApiKey) -> None:
    address = page("key", cast, key.key_id)
    ends = key.expires_at
    assert admin.post(address, {"name": "renamed", "end": "keep"}).status_code == 303
    key.refresh_from_db()
    assert (key.name, key.expires_at) == ("renamed", ends)
    admin.post(address, {"name": "renamed", "end": "365"})
    key.refresh_from_db()
    assert key.expires_at is not None
    assert ends is not None
    assert key.expires_at > ends
    assert admin.post(address, {"name": "", "end": "keep"}).status_code == 422


def test_a_key_is_disabled_after_a_question(cast: Cast, admin: Client) -> None:
    key, secret = issue(cast)
    address = page("disable-key", cast, key.key_id)
    assert "It was never used." in admin.get(address).text
    assert ask(cast.service, key.key_id, secret) == 200
    assert admin.post(address)["Location"] == page("keys", cast)
    assert ask(cast.service, key.key_id, secret) == 401
    text = admin.get(page("keys", cast)).text
    assert "1 key that does not get in any more" in text
    one = admin.get(page("key", cast, key.key_id)).text
    assert address not in one
    assert page("rotate-key", cast, key.key_id) not in one


# --- the list -------------------------------------------------------------------------------------------


def test_what_needs_a_look_stands_out(cast: Cast, admin: Client) -> None:
    real = read_clock().real
    issuer = make_user("issuer@example.com")
    give_role(issuer, Role.ADMIN, cast.service)
    columns: dict[str, dict[str, Any]] = {
        "Expires soon": {"expires_at": real + timedelta(days=13), "last_used_at": real},
        "Never used": {"created_at": real - timedelta(days=8)},
        "Active": {"last_used_at": real},
        "Issuer disabled": {},
        "Replaced": {},
    }
    for name, changes in columns.items():
        key, _ = issue(cast, name=name, by=issuer if name == "Issuer disabled" else cast.admin)
        if name == "Replaced":
            intents.rotate_key(key=key, overlap="week", days=30, by=cast.admin)
        if changes:
            ApiKey.objects.filter(pk=key.pk).update(**changes)
    User.objects.filter(pk=issuer.pk).update(is_active=False)
    text = admin.get(page("keys", cast)).text
    for name in columns:
        row = next(
            row for row in text.split("<tr id=") if f">{name}</a>" in row and f"</svg>{name}</span>" in row
        )
        assert "badge-" in row


def test_the_list_costs_as_much_for_thirty_keys_as_for_one(
    cast: Cast, admin: Client, django_assert_num_queries: Any
) -> None:
    issue(cast)
    with django_assert_num_queries(7) as one:
        admin.get(page("keys", cast))
    for n in range(30):
        issue(cast, name=f"key {n}")
    with django_assert_num_queries(len(one)):
        admin.get(page("keys", cast))


def test_an_empty_list_says_what_to_do(cast: Cast, admin: Client) -> None:
    assert "No API keys yet" in admin.get(page("keys", cast)).text
