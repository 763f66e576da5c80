"""What staff and operators do for somebody who has lost the second factor, or should be signed in no more."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from endpoints.domain.actions import Action
from endpoints.intents import signing_in
from endpoints.models import AuditEntry, User
from tests.web.account.steps import make_person, set_up_app, sign_in, signed_in

pytestmark = pytest.mark.django_db

USERS = "/admin/endpoints/user/"
EACH = pytest.mark.parametrize(
    "action", ["sign_out_everywhere", "reset_second_factor", "disconnect_provider"]
)  # fmt: skip


@pytest.fixture
def staff(db: None) -> User:
    return make_person("boss@example.com", is_staff=True)


def entries() -> list[tuple[str, str, str]]:
    kept = AuditEntry.objects.exclude(action__startswith="session.signed").order_by("id")
    return list(kept.values_list("action", "actor_name", "object_name"))


def ask(client: Client, action: str, *users: User, **more: str) -> Any:
    chosen = {"action": action, "_selected_action": [user.pk for user in users]}
    return client.post(USERS, {**chosen, **more}, follow=True)


def act(client: Client, action: str, *users: User) -> Any:
    return ask(client, action, *users, confirmed="yes", reason="asked by telephone")


def test_a_lost_second_factor_is_taken_away(browser: Client, person: User, staff: User) -> None:
    set_up_app(browser)
    admin = signed_in(staff.email)
    assert "No second factor any more: person@example.com" in act(admin, "reset_second_factor", person).text
    assert not Authenticator.objects.exists()
    assert browser.get("/").status_code == 302, "who holds the telephone is out as well"
    assert sign_in(Client(), person.email)["Location"] == "/"
    assert entries()[1:] == [
        (Action.SECOND_FACTOR_REMOVED, staff.email, person.email),
        (Action.SESSION_ENDED, staff.email, person.email),
    ]
    ended = AuditEntry.objects.filter(action__in=[Action.SECOND_FACTOR_REMOVED, Action.SESSION_ENDED])
    assert {entry.reason for entry in ended} == {"asked by telephone"}


def test_somebody_is_signed_out_everywhere(browser: Client, person: User, staff: User) -> None:
    admin = signed_in(staff.email)
    act(admin, "sign_out_everywhere", person)
    assert browser.get("/").status_code == 302
    assert admin.get(USERS).status_code == 200
    assert entries() == [(Action.SESSION_ENDED, staff.email, person.email)]


def test_a_provider_is_disconnected(browser: Client, person: User, staff: User) -> None:
    SocialAccount.objects.create(user=person, provider="oidc-x", uid="7")
    act(signed_in(staff.email), "disconnect_provider", person)
    assert not SocialAccount.objects.exists()
    assert browser.get("/").status_code == 302
    assert AuditEntry.objects.get(action=Action.PROVIDER_DISCONNECTED).before == {"subjects": ["7"]}


@EACH
def test_each_says_what_it_ends_and_wants_a_reason(
    browser: Client, person: User, staff: User, action: str
) -> None:
    set_up_app(browser)
    SocialAccount.objects.create(user=person, provider="oidc-x", uid="7")
    before = entries()
    admin = signed_in(staff.email)
    asked = ask(admin, action, person)
    assert asked.status_code == 200
    assert "all their sessions end" in asked.text or "All sessions of these people end" in asked.text
    assert f'<input type="hidden" name="_selected_action" value="{person.pk}">' in asked.text
    for reason in ({}, {"reason": " "}):
        refused = ask(admin, action, person, confirmed="yes", **reason)
        assert (refused.status_code, "This field is required" in refused.text) == (422, True)
    assert browser.get("/").status_code == 200
    assert (Authenticator.objects.exists(), SocialAccount.objects.exists()) == (True, True)
    assert entries() == before


def test_of_several_those_are_left_out_whom_staff_may_not_touch(person: User, staff: User) -> None:
    above = make_person("root@example.com", is_staff=True, is_superuser=True)
    browsers = [signed_in(above.email), signed_in(person.email)]
    admin = signed_in(staff.email)
    asked = ask(admin, "sign_out_everywhere", above, person)
    assert (asked.status_code, "Only a superuser touches a superuser: root@" in asked.text) == (200, True)
    done = act(admin, "sign_out_everywhere", above, person)
    assert "Signed out everywhere: person@example.com" in done.text
    assert "Only a superuser touches a superuser: root@example.com" in done.text
    assert [browser.get("/").status_code for browser in browsers] == [200, 302]


@EACH
def test_only_a_superuser_touches_a_superuser(staff: User, action: str) -> None:
    above = make_person("root@example.com", is_staff=True, is_superuser=True)
    browser = signed_in(above.email)
    set_up_app(browser)
    SocialAccount.objects.create(user=above, provider="oidc-x", uid="7")
    admin = signed_in(staff.email)
    for do in (ask, act):
        assert "Only a superuser touches a superuser" in do(admin, action, above).text
    assert browser.get("/").status_code == 200
    assert Authenticator.objects.exists()
    assert SocialAccount.objects.exists()


def test_who_is_no_staff_asks_in_vain(person: User, staff: User) -> None:
    for intent in (
        signing_in.sign_out_everywhere,
        signing_in.reset_second_factor,
        signing_in.disconnect_provider,
    ):
        with pytest.raises(PermissionDenied):
            intent(user=staff, by=person)


def test_the_command_helps_staff_themselves(staff: User, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_app(signed_in(staff.email))
    call_command("reset_second_factor", "Boss@example.com", reason="asked by telephone")
    assert "1 second factors were taken away" in capsys.readouterr().out
    assert not Authenticator.objects.exists()
    entry = AuditEntry.objects.get(action=Action.SECOND_FACTOR_REMOVED)
    assert (entry.actor_name, entry.reason) == ("manage.py reset_second_factor", "asked by telephone")
    with pytest.raises(CommandError, match="Nobody has the e-mail"):
        call_command("reset_second_factor", "nobody@example.com", reason="x")
