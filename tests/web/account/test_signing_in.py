"""E-mail and password: who gets in, where it leads, how often one may try, and what cannot be reached."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from endpoints.config.apply import set_password_link
from endpoints.domain.actions import Action
from endpoints.models import AuditEntry, User
from tests.people import PASSWORD
from tests.web.account.steps import (
    ACCOUNT,
    SECOND_STEP,
    SIGN_IN,
    code_at,
    confirm,
    let_time_pass,
    make_person,
    recovery_codes,
    set_up_app,
    sign_in,
    signed_in,
)

pytestmark = pytest.mark.django_db

ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "https:///evil.example", "javascript:alert(1)", "data:text/html,x",
    "\thttps://evil.example", " //evil.example", "http://testserver@evil.example/",
    "//testserver.evil.example/", "\0//evil.example", "http://postern.example.com/", "https://trusted.example/",
)  # fmt: skip


@pytest.fixture
def limits(settings: Any) -> None:
    """Limits as they are shipped."""
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
    settings.MFA_RATE_LIMITS = {}


@pytest.mark.parametrize("to", ELSEWHERE)
def test_it_leads_on_only_to_ourselves(person: User, settings: Any, to: str) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "postern.example.com"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.example"]
    client = Client()
    assert sign_in(client, person.email, next=to)["Location"] == "/"
    if "\0" not in to:
        assert client.get(SIGN_IN, {"next": to})["Location"] == "/"
        shown = Client().get(SIGN_IN, {"next": to}).text
        assert 'name="next" value=""' in shown


@pytest.mark.parametrize(
    "path",
    [
        "signup/", "accounts/signup/", "accounts/login/", "accounts/email/", "accounts/password/reset/",
        "accounts/2fa/", "accounts/sessions/", "accounts/3rdparty/", "accounts/3rdparty/signup/", "email/",
        "password/reset/", "3rdparty/", "2fa/", "oidc/x/login/", "sign-in/code/", "account/email/",
        "account/signup/", "account/password/set/",
    ],
)  # fmt: skip
def test_what_else_django_allauth_has_is_not_there(browser: Client, path: str) -> None:
    for client in (Client(), browser):
        assert client.get(f"/{path}").status_code == 404
        assert client.post(f"/{path}", {"email": "x@example.com"}).status_code == 404
    assert User.objects.count() == 1


def test_an_e_mail_counts_in_any_letter_case_and_only_as_it_is_now(db: None) -> None:
    user = make_person("Per.Son@Example.com")
    EmailAddress.objects.create(user=user, email="old@example.com", verified=True, primary=True)
    assert sign_in(Client(), "per.son@EXAMPLE.com").status_code == 302
    assert sign_in(Client(), "old@example.com").status_code == 422
    user.email = "new@example.com"
    user.save()
    assert sign_in(Client(), "per.son@example.com").status_code == 422
    assert sign_in(Client(), "new@example.com").status_code == 302


def test_a_closed_account_is_told_to_who_knows_its_password_only(person: User) -> None:
    person.is_active = False
    person.save()
    assert sign_in(Client(), person.email, password="wrong").status_code == 422
    client = Client()
    assert sign_in(client, person.email)["Location"] == "/sign-in/closed/"
    assert client.get("/")["Location"].startswith(SIGN_IN)
    assert Action.SIGNED_IN not in AuditEntry.objects.values_list("action", flat=True)


def test_guessing_a_password_ends_after_five_times(limits: None, person: User) -> None:
    for number in range(5):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        assert sign_in(client, person.email, password="wrong").status_code == 422
    refused = sign_in(Client(REMOTE_ADDR="192.0.2.99"), person.email.upper())
    assert refused.status_code == 429
    assert refused["Retry-After"] == "300"
    assert "Try again in five minutes" in refused.text
    assert sign_in(Client(), make_person("other@example.com").email).status_code == 302


def test_guessing_from_one_address_ends_after_ten_times(limits: None, person: User, settings: Any) -> None:
    settings.BEHIND_TLS_PROXY = True
    for number in range(10):
        client = Client(headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"})
        assert sign_in(client, f"nobody{number}@example.com").status_code == 422
    client = Client(headers={"X-Forwarded-For": "203.0.113.200, 198.51.100.7"})
    assert sign_in(client, person.email).status_code == 429
    client = Client(headers={"X-Forwarded-For": "203.0.113.200, 198.51.100.8"})
    assert sign_in(client, person.email).status_code == 302


def test_right_passwords_take_nothing(limits: None, person: User) -> None:
    for _ in range(12):
        assert sign_in(Client(), person.email).status_code == 302


def test_guessing_a_code_ends_after_five_times(
    limits: None, browser: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = set_up_app(browser)
    for number in range(5):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        sign_in(client, person.email)
        assert client.post(SECOND_STEP, {"code": "0000000"}).status_code == 422
    client = Client(REMOTE_ADDR="192.0.2.99")
    sign_in(client, person.email)
    let_time_pass(monkeypatch, 60)
    assert client.post(SECOND_STEP, {"code": code_at(secret)}).status_code == 429
    let_time_pass(monkeypatch, 300)
    assert client.post(SECOND_STEP, {"code": code_at(secret)}).status_code == 302


def test_guessing_at_an_open_browser_ends_too(limits: None, browser: Client) -> None:
    tried = [browser.post(f"{ACCOUNT}confirm/", {"password": "wrong"}).status_code for _ in range(6)]
    assert tried == [422] * 5 + [429]
    typed = {"oldpassword": "wrong", "password1": PASSWORD, "password2": PASSWORD}
    tried = [browser.post(f"{ACCOUNT}password/", typed).status_code for _ in range(6)]
    assert tried == [422] * 5 + [429]


def test_a_wrong_second_step_is_written_down(browser: Client, person: User) -> None:
    set_up_app(browser)
    client = Client()
    sign_in(client, person.email)
    client.post(SECOND_STEP, {"code": "wrong"})
    entry = AuditEntry.objects.filter(action=Action.SIGN_IN_FAILED).get()
    assert (entry.object_id, entry.object_name) == (str(person.pk), person.email)


def test_a_sign_in_by_two_steps_is_written_down_once(browser: Client, person: User) -> None:
    set_up_app(browser)
    codes = recovery_codes(browser)
    before = AuditEntry.objects.filter(action=Action.SIGNED_IN).count()
    client = Client()
    sign_in(client, person.email)
    client.post(SECOND_STEP, {"code": codes[0]})
    assert AuditEntry.objects.filter(action=Action.SIGNED_IN).count() == before + 1


def test_a_link_does_not_get_around_the_second_step(browser: Client, person: User) -> None:
    set_up_app(browser)
    person.refresh_from_db()
    client = Client()
    page = client.get(set_password_link(person), follow=True).redirect_chain[-1][0]
    new = "another correct horse"
    done = client.post(page, {"new_password1": new, "new_password2": new})
    assert done["Location"] == SECOND_STEP
    assert client.get("/").status_code == 302
    assert browser.get("/").status_code == 302, "it ends the sessions there were"


def test_a_link_opened_in_the_browser_of_another_signs_that_one_out(person: User) -> None:
    other = signed_in(make_person("other@example.com").email)
    page = other.get(set_password_link(person), follow=True).redirect_chain[-1][0]
    assert other.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})["Location"] == "/"
    assert person.email in other.get("/").text


def test_who_confirms_is_not_asked_again_for_a_while(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(browser)
    assert browser.get(f"{ACCOUNT}app/").status_code == 200
    let_time_pass(monkeypatch, 301)
    assert browser.get(f"{ACCOUNT}app/").status_code == 302
