"""Where somebody is signed in, and how that ends."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from endpoints.domain.actions import Action
from endpoints.models import AuditEntry, User
from endpoints.sessions import end_sessions
from tests.people import PASSWORD
from tests.web.account.steps import ACCOUNT, make_person, sign_in, signed_in

pytestmark = pytest.mark.django_db

SESSIONS = f"{ACCOUNT}sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_sessions_are_listed_with_browser_and_address(person: User) -> None:
    client = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.7")
    sign_in(client, person.email)
    signed_in(person.email)
    shown = client.get(SESSIONS).text
    assert "Firefox on Linux" in shown
    assert "192.0.2.7" in shown
    assert shown.count("This one") == 1
    assert shown.count("End it</button>") == 1


def test_what_a_client_says_of_its_address_is_not_believed(person: User, settings: Any) -> None:
    headers = {"X-Forwarded-For": "203.0.113.1, 198.51.100.2"}
    sign_in(Client(headers=headers, REMOTE_ADDR="192.0.2.7"), person.email)
    settings.BEHIND_TLS_PROXY = True
    sign_in(Client(headers=headers, REMOTE_ADDR="192.0.2.7"), person.email)
    sign_in(Client(REMOTE_ADDR=""), person.email)
    rows = UserSession.objects.order_by("pk").values_list("ip", flat=True)
    assert list(rows) == ["192.0.2.7", "198.51.100.2", "0.0.0.0"]


def test_one_session_is_ended_and_written_down(browser: Client, person: User) -> None:
    other = signed_in(person.email)
    row = UserSession.objects.get(session_key=other.session.session_key)
    assert browser.post(SESSIONS, {"session": row.pk}).status_code == 303
    assert not is_in(other)
    assert is_in(browser)
    entry = AuditEntry.objects.get(action=Action.SESSION_ENDED)
    assert (entry.actor_id, entry.before["address"]) == (str(person.pk), "127.0.0.1")


def test_all_others_are_ended(browser: Client, person: User) -> None:
    others = [signed_in(person.email), signed_in(person.email)]
    stranger = signed_in(make_person("other@example.com").email)
    browser.post(SESSIONS)
    assert [is_in(client) for client in others] == [False, False]
    assert is_in(browser)
    assert is_in(stranger)
    assert AuditEntry.objects.get(action=Action.SESSION_ENDED).before == {"sessions": 2}


@pytest.mark.parametrize("chosen", ["0", "x", "9" * 30, "-1", "mine", "theirs"])
def test_no_session_but_an_own_other_one_is_ended(browser: Client, chosen: str) -> None:
    stranger = signed_in(make_person("other@example.com").email)
    keys = {"mine": browser.session.session_key, "theirs": stranger.session.session_key}
    if chosen in keys:
        chosen = str(UserSession.objects.get(session_key=keys[chosen]).pk)
    assert browser.post(SESSIONS, {"session": chosen}).status_code == 404
    assert is_in(browser)
    assert is_in(stranger)
    assert not AuditEntry.objects.filter(action=Action.SESSION_ENDED).exists()


def test_every_way_in_is_listed(person: User) -> None:
    client = Client()
    client.force_login(person)
    assert UserSession.objects.get().session_key == client.session.session_key


def test_a_session_is_seen_once_a_minute(browser: Client, django_assert_num_queries: Any) -> None:
    browser.get(ACCOUNT + "password/")
    with django_assert_num_queries(3):  # the session, the user, the notices
        browser.get(ACCOUNT + "password/")
    session = browser.session
    session["seen_at"] -= 61
    session.save()
    UserSession.objects.update(ip="192.0.2.9")
    browser.get(ACCOUNT + "password/")
    assert UserSession.objects.get().ip == "127.0.0.1"


def test_staff_end_every_session_of_somebody(person: User) -> None:
    browsers = [signed_in(person.email), signed_in(person.email)]
    stranger = signed_in(make_person("other@example.com").email)
    assert end_sessions(person) == 2
    assert [is_in(client) for client in browsers] == [False, False]
    assert is_in(stranger)
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)


def test_another_password_ends_the_other_sessions(browser: Client, person: User) -> None:
    other = signed_in(person.email)
    address = f"{ACCOUNT}password/"
    new = "another correct horse"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert browser.post(address, {**typed, "oldpassword": "wrong"}).status_code == 422
    assert browser.post(address, {**typed, "password1": "123", "password2": "123"}).status_code == 422
    assert is_in(other)
    before = browser.session.session_key
    assert browser.post(address, typed)["Location"] == ACCOUNT
    assert not is_in(other)
    assert is_in(browser)
    assert browser.session.session_key != before
    assert UserSession.objects.get().session_key == browser.session.session_key
    assert AuditEntry.objects.get(action=Action.PASSWORD_CHANGED).actor_id == str(person.pk)
    assert sign_in(Client(), person.email).status_code == 422
    assert sign_in(Client(), person.email, password=new).status_code == 302


def test_who_has_no_password_sets_none_by_themselves() -> None:
    user = User.objects.create_user("other@example.com")
    client = Client()
    client.force_login(user)
    assert client.get(f"{ACCOUNT}password/").status_code == 404
    assert "send you a link" in client.get(ACCOUNT).text


def test_signing_in_changes_the_session_key(person: User) -> None:
    client = Client()
    client.get("/services/x/", headers={"Accept-Language": "ko"})
    session = client.session
    session["planted"] = "x"
    session.save()
    before = client.session.session_key
    sign_in(client, person.email)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
