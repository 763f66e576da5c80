"""Who signed in, failed to and signed out, from where; never what was typed as a password."""

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse

from endpoints.config.apply import set_password_link
from endpoints.models import AuditEntry
from endpoints.sign_ins import tried_email
from tests.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db

Line = tuple[str, str, str, str, str | None]


def trail() -> list[Line]:
    columns = ("actor_kind", "actor_name", "action", "object_name", "address")
    return list(AuditEntry.objects.order_by("id").values_list(*columns))


def test_a_sign_in_and_a_sign_out_say_who_and_from_where() -> None:
    make_user("operator@example.com", password=PASSWORD)
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.post(reverse("sign-in"), {"username": "operator@example.com", "password": PASSWORD})
    client.post(reverse("sign-out"))
    client.post(reverse("sign-out"))
    who = ("operator@example.com", "192.0.2.7")
    assert trail() == [
        ("person", who[0], "session.signed_in", *who),
        ("person", who[0], "session.signed_out", *who),
    ]


def test_a_failed_sign_in_says_which_e_mail_was_tried_and_whose_it_is() -> None:
    user = make_user("operator@example.com", password=PASSWORD)
    client = Client(REMOTE_ADDR="192.0.2.7")
    for tried in ("Operator@example.com", "nobody@example.com", "battery-staple"):
        client.post(reverse("sign-in"), {"username": tried, "password": "horse"})
    failed = ("nobody", "", "session.sign_in_failed")
    assert trail() == [
        (*failed, "Operator@example.com", "192.0.2.7"),
        (*failed, "nobody@example.com", "192.0.2.7"),
        (*failed, "", "192.0.2.7"),
    ]
    assert list(AuditEntry.objects.order_by("id").values_list("object_id", flat=True)) == [
        str(user.pk),
        "",
        "",
    ]
    assert "horse" not in str(list(AuditEntry.objects.values()))
    assert "battery" not in str(list(AuditEntry.objects.values()))


def test_a_failed_sign_in_without_a_request_is_recorded_without_an_address() -> None:
    assert authenticate(username="nobody@example.com", password="horse") is None
    assert trail() == [("nobody", "", "session.sign_in_failed", "nobody@example.com", None)]


@pytest.mark.parametrize(
    ("credentials", "kept"),
    [
        ({"username": " a@example.com "}, "a@example.com"),
        ({"email": "a@example.com"}, "a@example.com"),
        ({"username": "correct horse @ battery"}, ""),
        ({"username": "\0@example.com"}, "\ufffd@example.com"),
        ({"username": f"{'a' * 200}@example.com"}, "a" * 100),
        ({"username": None}, ""),
        ({}, ""),
    ],
)
def test_only_what_may_be_an_e_mail_is_kept(credentials: dict[str, str], kept: str) -> None:
    assert tried_email(credentials) == kept


def test_a_password_chosen_by_link_is_recorded_before_the_sign_in_that_follows() -> None:
    user = make_user("new@example.com")
    client = Client(REMOTE_ADDR="192.0.2.7")
    page = client.get(set_password_link(user), follow=True)
    client.post(page.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert [(name, action) for _, name, action, _, _ in trail()] == [
        ("new@example.com", "account.password_changed"),
        ("new@example.com", "session.signed_in"),
    ]
