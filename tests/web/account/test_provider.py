"""Signing in at an OpenID Connect provider: a real one, in a process of its own."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from endpoints.domain.actions import Action
from endpoints.models import AuditEntry, User
from endpoints.web import kept
from endpoints.web.account.oidc import provider_id
from tests.oidc.walking import (
    BEGIN,
    CALLBACK,
    Provider,
    at_provider,
    come_back,
    leave_for_provider,
    running,
    sign_in_at,
)
from tests.people import PASSWORD, Cast, make_user
from tests.web.account.steps import (
    SECOND_STEP,
    SIGN_IN,
    code_at,
    let_time_pass,
    set_up_app,
    sign_in,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture(autouse=True)
def _use_it(provider: Provider, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name, value in provider.settings().items():
        setattr(settings, name, value)


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def trail() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_who_is_known_by_a_verified_e_mail_signs_in(person: User) -> None:
    client = Client()
    page = client.get(f"{SIGN_IN}?next=/services/x/").text
    assert f'href="{BEGIN}?next=/services/x/"' in page
    assert "Sign in with Example Login" in page
    assert sign_in_at(client, "person", "/services/x/")["Location"] == "/services/x/"
    assert is_in(client)
    assert trail() == [Action.PROVIDER_CONNECTED, Action.SIGNED_IN]
    person.refresh_from_db()
    assert person.check_password(PASSWORD), "the password stays what it was"
    account = SocialAccount.objects.get()
    assert (account.user, account.provider) == (person, provider_id())
    assert set(account.extra_data) == {"sub"}, "no more is kept than who it is"
    assert sign_in_at(Client(), "person")["Location"] == "/"
    assert trail() == [Action.PROVIDER_CONNECTED, Action.SIGNED_IN, Action.SIGNED_IN]


def test_the_code_is_bound_to_this_browser_and_goes_by_pkce(person: User) -> None:
    client = Client()
    address = leave_for_provider(client)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    back = at_provider(address, "person")
    stranger = Client()
    leave_for_provider(stranger)
    assert come_back(stranger, back).status_code == 400
    assert not is_in(stranger)
    assert come_back(client, back).status_code == 302
    assert come_back(client, back).status_code == 400, "it is good once"


def test_nothing_of_the_address_changes_what_is_asked_of_the_provider(person: User) -> None:
    wild = {
        "process": "connect", "scope": "admin", "action": "reauthenticate",
        "auth_params": "redirect_uri=https://evil.example/&state=mine",
    }  # fmt: skip
    client = Client()
    address = client.get(BEGIN, wild)["Location"]
    assert "evil" not in address
    assert "admin" not in address
    come_back(client, at_provider(address, "person"))
    assert is_in(client)


def test_the_session_of_somebody_else_is_not_taken_over(person: User) -> None:
    other = signed_in(make_user("other@example.com", password=PASSWORD).email)
    assert other.get(BEGIN)["Location"] == "/", "who is signed in needs no provider"
    assert other.post(BEGIN).status_code == 405
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("unverified", "has not verified that person@example.com is yours"),
        ("worded", "has not verified that person@example.com is yours"),
        ("silent", "has not verified that person@example.com is yours"),
        ("nameless", "does not tell us your e-mail"),
        ("unknown", "Nobody here has the e-mail new@example.com"),
        ("kelvin", "Nobody here has the e-mail"),
        ("disabled", "The account of closed@example.com is closed"),
    ],
)
def test_who_is_refused_is_told_why(person: User, who: str, said: str) -> None:
    make_user("closed@example.com", is_active=False)
    make_user("worker@example.com")
    client = Client()
    refused = sign_in_at(client, who)
    assert refused.status_code == 403
    assert said in refused.text
    assert not is_in(client)
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 3
    assert trail() == [Action.SIGN_IN_FAILED]


def test_who_was_disabled_after_having_been_connected_stays_out(person: User) -> None:
    sign_in_at(Client(), "person")
    person.is_active = False
    person.save()
    client = Client()
    assert sign_in_at(client, "person")["Location"] == "/sign-in/closed/"
    assert "This account is closed" in client.get("/sign-in/closed/").text
    assert not is_in(client)


def test_a_provider_that_never_says_so_is_believed_for_its_own_domains(person: User, settings: Any) -> None:
    settings.OIDC_VERIFIED_DOMAINS = ["Example.com"]
    assert sign_in_at(Client(), "unverified").status_code == 403, "what it does say counts"
    assert sign_in_at(Client(), "silent").status_code == 302


def test_the_letters_case_of_an_e_mail_does_not_matter(person: User) -> None:
    assert sign_in_at(Client(), "shouting").status_code == 302
    assert SocialAccount.objects.get().user == person


def test_an_address_that_went_to_somebody_new_does_not_bring_the_account_along(person: User) -> None:
    sign_in_at(Client(), "person")
    client = Client()
    refused = sign_in_at(client, "namesake")
    assert refused.status_code == 403
    assert "connected with another person" in refused.text
    assert not is_in(client)


def test_another_issuer_knows_nobody_by_the_same_number(person: User, settings: Any) -> None:
    sign_in_at(Client(), "person")
    before = provider_id()
    settings.OIDC_ISSUER = "https://another.example"
    assert provider_id() != before


def test_people_of_named_domains_are_made(db: None, settings: Any) -> None:
    settings.OIDC_CREATE_DOMAINS = ["example.com"]
    client = Client()
    assert sign_in_at(client, "unknown").status_code == 302
    made = User.objects.get()
    assert (made.email, made.first_name, made.last_name) == ("new@example.com", "New", "One")
    assert (made.is_staff, made.is_superuser, made.has_usable_password()) == (False, False, False)
    assert "You have no role on any service" in client.get("/").text
    assert trail() == [Action.USER_CREATED, Action.PROVIDER_CONNECTED, Action.SIGNED_IN]
    assert sign_in_at(Client(), "unverified").status_code == 403
    settings.OIDC_CREATE_DOMAINS = ["other.example"]
    assert sign_in_at(Client(), "disabled").status_code == 403


def test_the_second_step_is_asked_for_all_the_same(
    browser: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = set_up_app(browser)
    client = Client()
    assert sign_in_at(client, "person", "/services/x/")["Location"] == SECOND_STEP
    assert not is_in(client)
    let_time_pass(monkeypatch, 60)
    done = client.post(SECOND_STEP, {"code": code_at(secret)})
    assert done["Location"] == "/services/x/"
    assert is_in(client)
    assert trail()[-2:] == [Action.PROVIDER_CONNECTED, Action.SIGNED_IN]


def test_whoever_must_have_a_second_step_is_led_to_it(person: User, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = "everyone"
    client = Client()
    sign_in_at(client, "person")
    assert client.get("/")["Location"] == "/account/"
    assert client.get("/account/app/").status_code == 302, "the password is there to confirm with"


def test_what_was_typed_is_kept_on_the_way(cast: Cast) -> None:
    cast.operator.email = "person@example.com"
    cast.operator.save()
    client = Client()
    address = reverse("create-endpoint", args=[cast.service.pk])
    client.post(address, {"description": "half", kept.FIELD: kept.token_for(cast.operator)})
    assert sign_in_at(client, "person", address)["Location"] == address
    assert 'value="half"' in client.get(address).text


@pytest.mark.parametrize("to", ["//evil.example", "/\\evil.example", "https:evil.example", "javascript:x"])
def test_the_way_leads_back_only_to_ourselves(person: User, to: str) -> None:
    assert sign_in_at(Client(), "person", to)["Location"] == "/"


def test_who_turns_back_is_told_so(person: User) -> None:
    client = Client()
    back = at_provider(leave_for_provider(client), "person", consents=False)
    answer = come_back(client, back)
    assert "You left Example Login before you were signed in" in answer.text
    assert not is_in(client)


def test_a_provider_that_does_not_answer_is_one_plain_sentence(
    person: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    back = at_provider(leave_for_provider(client), "person")
    with monkeypatch.context() as broken:
        broken.setattr(requests.Session, "send", _refuse)
        answers = [come_back(client, back)]
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    answers.append(client.get(BEGIN))
    for answer in answers:
        assert answer.status_code == 502
        assert "Example Login does not answer" in answer.text
    assert not is_in(client)
    assert sign_in(client, person.email).status_code == 302, "the password still works"


def _refuse(*args: Any, **options: Any) -> None:
    raise requests.ConnectionError("refused")


@pytest.mark.parametrize(
    ("part", "spoiled"),
    [
        ("openid-configuration", {"issuer": "http://evil.example"}),
        ("openid-configuration", {"jwks_uri": None}),
        ("userinfo", {"sub": "2"}),
        ("jwks", {"keys": []}),
        ("token", {"id_token": "e30.e30.e30"}),
        ("token", {"id_token": None}),
    ],
)
def test_answers_that_do_not_agree_let_nobody_in(
    person: User, monkeypatch: pytest.MonkeyPatch, part: str, spoiled: dict[str, Any]
) -> None:
    client = Client()
    back = at_provider(leave_for_provider(client), "person")
    whole = requests.Response.json

    def json(self: requests.Response, **options: Any) -> Any:
        found = whole(self, **options)
        return {**found, **spoiled} if part in self.url else found

    monkeypatch.setattr(requests.Response, "json", json)
    answer = come_back(client, back)
    assert answer.status_code == 502
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


def test_without_a_provider_there_is_nothing_of_it(person: User, settings: Any) -> None:
    settings.OIDC_ISSUER = ""
    client = Client()
    assert "provider" not in client.get(SIGN_IN).text
    assert client.get(BEGIN).status_code == 404
    assert client.get(CALLBACK).status_code == 404
