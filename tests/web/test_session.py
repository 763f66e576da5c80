"""Signing in and out, the first password, and what a browser prefers."""

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from endpoints.models import User
from tests.people import PASSWORD, Cast, make_user

SIGN_IN = "/sign-in/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make_user("person@example.com", password=PASSWORD)


def link_of(user: User) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("set-password", args=[uid, default_token_generator.make_token(user)])


def test_a_person_signs_in_and_sees_their_services(person: User) -> None:
    response = Client().post(SIGN_IN, {"username": "person@example.com", "password": PASSWORD})
    assert response["Location"] == "/"


def test_the_e_mail_counts_in_any_letter_case(person: User) -> None:
    assert Client().post(SIGN_IN, {"username": "Person@Example.com", "password": PASSWORD}).status_code == 302


def test_a_person_goes_on_to_where_they_wanted(person: User) -> None:
    data = {"username": person.email, "password": PASSWORD, "next": "/services/x/"}
    assert Client().post(SIGN_IN, data)["Location"] == "/services/x/"
    elsewhere = {**data, "next": "https://elsewhere.example/"}
    assert Client().post(SIGN_IN, elsewhere)["Location"] == "/"


@pytest.mark.parametrize(
    "username", ["person@example.com", "nobody@example.com", "p\0erson", "\ufffd", "x" * 9000]
)
def test_a_wrong_sign_in_says_so_at_the_form(person: User, username: str) -> None:
    response = Client().post(SIGN_IN, {"username": username, "password": "wrong"})
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert "wrong" not in response.text.replace("wrong password", "")


def test_who_is_signed_in_is_sent_on(cast: Cast, operator: Client) -> None:
    assert operator.get(SIGN_IN)["Location"] == "/"


def test_signing_out_takes_a_post(cast: Cast, operator: Client) -> None:
    assert operator.get("/sign-out/").status_code == 405
    assert operator.post("/sign-out/")["Location"] == SIGN_IN
    assert operator.get("/").status_code == 302


def test_a_link_sets_a_password_once() -> None:
    newcomer = make_user("new@example.com")
    link = link_of(newcomer)
    client = Client()
    form = client.get(link, follow=True)
    assert "Set a password" in form.text
    address = form.redirect_chain[-1][0]
    weak = client.post(address, {"new_password1": "12345", "new_password2": "12345"})
    assert weak.status_code == 422
    done = client.post(address, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert done["Location"] == "/"
    assert client.get("/").status_code == 200, "the person is signed in by it"
    assert "used already" in Client().get(link, follow=True).text


def test_a_broken_link_is_told(person: User) -> None:
    response = Client().get(reverse("set-password", args=["AA", "x-y"]))
    assert response.status_code == 200
    assert "used already or is too old" in response.text


def test_the_language_is_chosen_and_kept(person: User) -> None:
    client = Client()
    assert "Sign in" in client.get(SIGN_IN).text
    assert client.post("/language/", {"language": "ko", "next": SIGN_IN})["Location"] == SIGN_IN
    response = client.get(SIGN_IN)
    assert "로그인" in response.text
    assert '<html lang="ko"' in response.text
    assert response["Content-Language"] == "ko"


def test_the_browsers_own_language_counts_first() -> None:
    assert "로그인" in Client(headers={"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.5"}).get(SIGN_IN).text


def test_the_theme_is_chosen_and_kept() -> None:
    client = Client()
    assert "data-theme" not in client.get(SIGN_IN).text
    response = client.post("/theme/", {"theme": "dark", "next": SIGN_IN})
    assert (response.status_code, response["Location"]) == (303, SIGN_IN)
    assert 'data-theme="dark"' in client.get(SIGN_IN).text
    client.post("/theme/", {"theme": "auto"})
    assert "data-theme" not in client.get(SIGN_IN).text


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "\0", "javascript:x", ""]
)
def test_a_choice_never_leads_elsewhere(back: str) -> None:
    assert Client().post("/theme/", {"theme": "neon", "next": back})["Location"] == "/"


def test_no_page_has_a_script_or_style_of_its_own() -> None:
    response = Client().get(SIGN_IN)
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "<style" not in response.text
    assert " style=" not in response.text
    assert "<script>" not in response.text
