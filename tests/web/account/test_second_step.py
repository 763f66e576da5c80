"""The authenticator app and the recovery codes: setting up, signing in, taking away."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from endpoints.domain.actions import Action
from endpoints.models import AuditEntry, User
from endpoints.texts.actions import action_text
from tests.web.account.steps import (
    ACCOUNT,
    APP,
    CODES,
    SECOND_STEP,
    SIGN_IN,
    code_at,
    confirm,
    let_time_pass,
    recovery_codes,
    set_up_app,
    sign_in,
)

pytestmark = pytest.mark.django_db


def audited(person: User) -> list[str]:
    entries = AuditEntry.objects.filter(action__startswith="account.").order_by("id")
    assert all(entry.actor_id == entry.object_id == str(person.pk) for entry in entries)
    return [entry.action for entry in entries]


def test_the_app_is_set_up_only_after_the_password_once_more(browser: Client) -> None:
    asked = browser.get(APP)
    assert asked["Location"] == f"{ACCOUNT}confirm/?next=%2Faccount%2Fapp%2F"
    assert browser.post(asked["Location"], {"password": "wrong"}).status_code == 422
    assert browser.get(APP).status_code == 302
    confirm(browser)
    shown = browser.get(APP)
    assert 'src="data:image/svg+xml;base64,' in shown.text
    assert "otpauth://totp/" in shown.text


def test_a_wrong_first_code_sets_nothing_up(browser: Client, person: User) -> None:
    confirm(browser)
    browser.get(APP)
    assert browser.post(APP, {"code": "000000x"}).status_code == 422
    assert not Authenticator.objects.exists()
    assert audited(person) == []


def test_who_has_an_app_signs_in_by_two_steps(
    browser: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = set_up_app(browser)
    assert audited(person) == [Action.SECOND_FACTOR_ADDED]
    let_time_pass(monkeypatch, 60)
    client = Client()
    first = sign_in(client, person.email, next="/services/x/")
    assert first["Location"] == SECOND_STEP
    assert client.get("/").status_code == 302, "not signed in yet"
    assert client.get(SIGN_IN)["Location"] == SECOND_STEP
    wrong = client.post(SECOND_STEP, {"code": "12345"})
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text
    right = client.post(SECOND_STEP, {"code": code_at(secret)})
    assert right["Location"] == "/services/x/"
    assert client.get("/").status_code == 200


def test_a_code_is_good_once(browser: Client, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = set_up_app(browser)
    let_time_pass(monkeypatch, 60)
    code = code_at(secret)
    for expected in (302, 422):
        client = Client()
        sign_in(client, person.email)
        assert client.post(SECOND_STEP, {"code": code}).status_code == expected


def test_the_second_step_cannot_be_had_without_the_first(person: User) -> None:
    client = Client()
    assert client.get(SECOND_STEP)["Location"] == SIGN_IN
    assert client.post(SECOND_STEP, {"code": "123456"})["Location"] == SIGN_IN


def test_who_is_somebody_else_starts_again_and_keeps_their_way(browser: Client, person: User) -> None:
    set_up_app(browser)
    client = Client()
    sign_in(client, person.email, next="/services/x/")
    assert client.post("/sign-in/start-again/")["Location"] == f"{SIGN_IN}?next=/services/x/"
    assert client.get(SIGN_IN).status_code == 200
    assert client.get(SECOND_STEP)["Location"] == SIGN_IN


def test_secrets_are_not_kept_as_they_are(browser: Client) -> None:
    secret = set_up_app(browser)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert "seed" in kept
    codes = recovery_codes(browser)
    assert not any(code in kept for code in codes)


def test_another_secret_key_lets_nobody_in_by_an_old_code(
    browser: Client, person: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = set_up_app(browser)
    codes = recovery_codes(browser)
    let_time_pass(monkeypatch, 60)
    settings.SECRET_KEY = "another-" * 10
    client = Client()
    sign_in(client, person.email)
    assert client.post(SECOND_STEP, {"code": code_at(secret)}).status_code == 422
    assert client.post(SECOND_STEP, {"code": codes[0]}).status_code == 422


def test_recovery_codes_are_shown_once_and_each_is_good_once(browser: Client, person: User) -> None:
    set_up_app(browser)
    codes = recovery_codes(browser)
    assert len(set(codes)) == 10
    assert "They were shown already" in browser.get(CODES).text
    assert recovery_codes(browser) == []
    for expected in (302, 422):
        client = Client()
        sign_in(client, person.email)
        assert client.post(SECOND_STEP, {"code": codes[0]}).status_code == expected


def test_new_recovery_codes_make_the_old_ones_useless(browser: Client, person: User) -> None:
    set_up_app(browser)
    old = recovery_codes(browser)
    assert browser.post(f"{CODES}new/")["Location"] == CODES
    new = recovery_codes(browser)
    assert not set(old) & set(new)
    client = Client()
    sign_in(client, person.email)
    assert client.post(SECOND_STEP, {"code": old[0]}).status_code == 422
    assert client.post(SECOND_STEP, {"code": new[0]}).status_code == 302
    assert audited(person) == [Action.SECOND_FACTOR_ADDED, Action.RECOVERY_CODES_MADE]


def test_there_are_no_recovery_codes_without_a_factor(browser: Client) -> None:
    confirm(browser)
    assert browser.get(CODES).status_code == 404
    assert browser.post(f"{CODES}new/").status_code == 422


def test_without_the_app_the_password_is_enough_again(browser: Client, person: User) -> None:
    set_up_app(browser)
    assert browser.get(f"{APP}remove/").status_code == 200
    assert browser.post(f"{APP}remove/")["Location"] == ACCOUNT
    assert not Authenticator.objects.exists(), "the recovery codes go with it"
    assert audited(person) == [Action.SECOND_FACTOR_ADDED, Action.SECOND_FACTOR_REMOVED]
    assert sign_in(Client(), person.email)["Location"] == "/"


def test_nobody_reaches_what_is_anothers(browser: Client, person: User) -> None:
    other = User.objects.create_user("other@example.com")
    data = {"name": "theirs", "credential": {}}
    theirs = Authenticator.objects.create(user=other, type=Authenticator.Type.WEBAUTHN, data=data)
    confirm(browser)
    for address in (f"{ACCOUNT}passkeys/{theirs.pk}/", f"{ACCOUNT}passkeys/{theirs.pk}/remove/"):
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"name": "mine"}).status_code == 404
    assert browser.get(f"{APP}remove/").status_code == 404


def test_another_name_for_a_passkey_is_written_down_once(browser: Client, person: User) -> None:
    data = {"name": "Telephone", "credential": {}}
    passkey = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=data)
    address = f"{ACCOUNT}passkeys/{passkey.pk}/"
    confirm(browser)
    for name in ("Old telephone", "Old telephone"):
        assert browser.post(address, {"name": name})["Location"] == f"{ACCOUNT}passkeys/"
    assert browser.post(address, {"name": ""}).status_code == 422
    passkey.refresh_from_db()
    assert passkey.wrap().name == "Old telephone"
    assert audited(person) == [Action.PASSKEY_RENAMED]
    entry = AuditEntry.objects.get(action=Action.PASSKEY_RENAMED)
    assert (entry.before, entry.after) == ({"name": "Telephone"}, {"name": "Old telephone"})
    assert action_text(entry.action, entry.before, entry.after) == "Renamed a passkey to “Old telephone”"


def test_passkeys_do_not_work_at_an_address_in_numbers(person: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    for host, works in (("127.0.0.1:8000", False), ("[::1]:8000", False), ("localhost:8000", True)):
        client = Client(headers={"Host": host})
        client.force_login(person)
        confirm(client)
        for page in ("passkeys/", "passkeys/add/"):
            shown = client.get(ACCOUNT + page)
            assert shown.status_code == 200, (host, page)
            link = f'href="http://localhost:8000/account/{page}"'
            assert (link in shown.text) is not works
            assert ("They do not work here" in shown.text) is not works
