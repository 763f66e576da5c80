"""What was typed is never lost: drafts, checks of one field, and forms that arrive without a sign-in."""

import html
import re
import uuid
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from endpoints.domain.status import Status
from endpoints.domain.types import Source
from endpoints.models import ClickPipe, PipeDraft, ReversePrivateEndpoint, User
from endpoints.web import kept
from tests.people import PASSWORD, REGIONAL_NAME, SERVICE_NAME, Cast, make_endpoint
from tests.web.conftest import As, page_of
from tests.web.test_wizard import HTMX, NEW, at, draft_of, page

pytestmark = pytest.mark.django_db

SIGN_IN = "/sign-in/"


def value_of(page: str, name: str) -> str:
    found = re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return html.unescape(found[-1]) if found else ""  # the shell has forms with a `next` too


@pytest.fixture
def people(cast: Cast) -> Cast:
    """The cast with passwords, to sign in by."""
    for user in (cast.operator, cast.admin):
        user.set_password(PASSWORD)
        user.save()
    return cast


def sign_in(client: Client, user: User, following: str) -> Any:
    """Sign in on the page to which an answer led, and go on from there."""
    typed = {"username": user.email, "password": PASSWORD}
    shown = client.get(following)
    assert shown.status_code == 200
    return client.post(SIGN_IN, {**typed, "next": value_of(shown.text, "next")})


def end_of_session() -> None:
    Session.objects.all().delete()


# --- drafts --------------------------------------------------------------------------------------------


def test_a_changed_field_is_kept_and_answered_with_its_block(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service)
    typed = {"host": REGIONAL_NAME, "port": "x", "name": "half", "form_key": str(uuid.uuid4())}
    answer = operator.post(f"{at(endpoint)}?check=port", typed, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<div class="field" id="field-port" hx-post="?check=port"')
    assert "A port is a number" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "id_name" not in answer.text
    again = operator.get(at(endpoint)).text
    assert value_of(again, "name") == "half"
    assert value_of(again, "port") == "x"
    assert value_of(again, "form_key") == typed["form_key"]
    assert not ClickPipe.objects.exists()


def test_a_good_field_is_answered_without_an_error(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service)
    typed = {"host": REGIONAL_NAME, "port": "1", "name": ""}
    assert "error" not in operator.post(f"{at(endpoint)}?check=port", typed, headers=HTMX).text


@pytest.mark.parametrize("name", ["type", "host", "form_key", "nothing", "csrfmiddlewaretoken"])
def test_what_has_no_block_is_only_kept(cast: Cast, operator: Client, name: str) -> None:
    address = page(cast.service, "new-pipe-endpoint")
    answer = operator.post(f"{address}?check={name}", NEW, headers=HTMX)
    assert answer.status_code == 204
    assert draft_of(cast)["new"]["description"] == NEW["description"]
    assert not ReversePrivateEndpoint.objects.exists()


def test_a_check_is_htmxs_only(cast: Cast, operator: Client) -> None:
    assert (
        operator.post(f"{page(cast.service, 'new-pipe-endpoint')}?check=description", NEW).status_code == 303
    )


def test_a_field_of_the_choice_is_checked_too(cast: Cast, operator: Client) -> None:
    make_endpoint(cast.service, dns_names=["db.example.com"])
    address = f"{page(cast.service, 'choose-endpoint')}?check=host"
    wrong = operator.post(address, {"way": "host", "host": "x.example.com"}, headers=HTMX)
    assert "answers x.example.com" in wrong.text
    assert "error" not in operator.post(address, {"way": "host", "host": "db.example.com"}, headers=HTMX).text
    assert value_of(operator.get(page(cast.service, "choose-endpoint")).text, "host") == "db.example.com"


def test_a_chosen_endpoint_is_still_chosen_later(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service)
    address = page(cast.service, "choose-endpoint")
    assert (
        operator.post(f"{address}?check=endpoint", {"endpoint": endpoint.pk}, headers=HTMX).status_code == 204
    )
    assert f'value="{endpoint.pk}" checked' in operator.get(address).text


def test_each_person_and_source_has_a_draft(cast: Cast, operator: Client, browse_as: As) -> None:
    operator.post(page(cast.service, "new-pipe-endpoint"), {"description": "mine only"})
    assert "mine only" in operator.get(page(cast.service, "new-pipe-endpoint")).text
    assert "mine only" not in operator.get(page(cast.service, "new-pipe-endpoint", Source.MYSQL)).text
    assert "mine only" not in browse_as(cast.admin).get(page(cast.service, "new-pipe-endpoint")).text


def test_data_sources_lead_back_to_where_one_was(cast: Cast, operator: Client, browse_as: As) -> None:
    sources = reverse("data-sources", args=[cast.service.pk])
    assert "Unfinished" not in operator.get(sources).text
    operator.post(page(cast.service, "choose-connection"))
    places = [page(cast.service, "choose-endpoint")]
    assert f'href="{places[0]}" aria-label="Continue: Postgres"' in operator.get(sources).text
    operator.post(page(cast.service, "new-pipe-endpoint"), {"description": "Half"})
    shown = operator.get(sources).text
    assert f'href="{page(cast.service, "new-pipe-endpoint")}"' in shown
    assert "Half" in shown
    endpoint = make_endpoint(cast.service, Status.PENDING_ACCEPTANCE)
    operator.post(page(cast.service, "choose-endpoint"), {"way": "endpoint", "wait": str(endpoint.pk)})
    assert f'href="{at(endpoint)}"' in operator.get(sources).text
    assert "Unfinished" not in browse_as(cast.admin).get(sources).text
    answer = operator.post(page(cast.service, "discard-draft"))
    assert (answer.status_code, answer["Location"]) == (303, sources)
    assert not PipeDraft.objects.exists()


def test_what_cannot_be_stored_is_kept_as_unreadable(cast: Cast, operator: Client) -> None:
    address = page(cast.service, "new-pipe-endpoint")
    assert operator.post(address, {"description": "a\0b"}).status_code == 422
    assert value_of(operator.get(address).text, "description") == "a\ufffdb"


# --- after the sign-in's end ---------------------------------------------------------------------------


def pages_with_forms(cast: Cast) -> dict[str, tuple[str, dict[str, str], str]]:
    """Address, what is typed there, and the field to look for; for every form that keeps what was typed."""
    endpoint = make_endpoint(cast.service, dns_names=["db.example.com"])
    return {
        "create": (reverse("create-endpoint", args=[cast.service.pk]), NEW, "description"),
        "new": (page(cast.service, "new-pipe-endpoint"), NEW, "description"),
        "choice": (page(cast.service, "choose-endpoint"), {"way": "host", "host": "db.example.com"}, "host"),
        "pipe": (at(endpoint), {"host": "db.example.com", "port": "1", "name": "kept"}, "name"),
        "host": (page(cast.service, "pipe-host"), {"address": "db.example.com:1", "name": "kept"}, "name"),
    }


FORMS = ["create", "new", "choice", "pipe", "host"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scripts", [True, False])
def test_the_same_person_finds_everything_again(
    people: Cast, browse_as: As, form: str, scripts: bool
) -> None:
    address, typed, looked_for = pages_with_forms(people)[form]
    client = browse_as(people.operator)
    mark = value_of(client.get(address).text, kept.FIELD)
    assert mark
    end_of_session()
    before = ReversePrivateEndpoint.objects.count()
    sent = {**typed, kept.FIELD: mark}
    if scripts:
        answer = client.post(f"{address}?check={looked_for}", sent, headers=HTMX)
        following = answer["HX-Redirect"]
    else:
        answer = client.post(address, sent)
        assert answer.status_code == 303
        following = answer["Location"]
    assert following == f"{SIGN_IN}?next={address}"
    assert "what you typed is kept" in client.get(following).text
    back = sign_in(client, people.operator, following)
    assert back["Location"] == address
    shown = client.get(address)
    assert shown.status_code == 200
    assert value_of(shown.text, looked_for) == typed[looked_for]
    assert value_of(client.get(address).text, looked_for) == typed[looked_for], "on a reload too"
    assert ReversePrivateEndpoint.objects.count() == before
    assert not ClickPipe.objects.exists(), "it is shown, not sent"


def test_a_field_and_its_form_that_both_come_too_late_are_told_of_once(people: Cast, browse_as: As) -> None:
    address, typed, looked_for = pages_with_forms(people)[FORMS[0]]
    client = browse_as(people.operator)
    sent = {**typed, kept.FIELD: value_of(client.get(address).text, kept.FIELD)}
    end_of_session()
    client.post(f"{address}?check={looked_for}", sent, headers=HTMX)
    following = client.post(address, sent)["Location"]
    assert client.get(following).text.count("what you typed is kept") == 1


@pytest.mark.parametrize("form", FORMS)
def test_another_person_at_the_same_browser_never_sees_it(people: Cast, browse_as: As, form: str) -> None:
    address, typed, looked_for = pages_with_forms(people)[form]
    client = browse_as(people.operator)
    mark = value_of(client.get(address).text, kept.FIELD)
    end_of_session()
    client.post(address, {**typed, kept.FIELD: mark})
    sign_in(client, people.admin, f"{SIGN_IN}?next={address}")
    assert value_of(client.get(address).text, looked_for) != typed[looked_for]
    assert not client.session["kept_forms"]
    client.post("/sign-out/")
    sign_in(client, people.operator, f"{SIGN_IN}?next={address}")
    assert value_of(client.get(address).text, looked_for) != typed[looked_for], "it is gone for good"


def test_a_form_from_before_the_person_signed_in_again_comes_back(people: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.operator)
    address = reverse("create-endpoint", args=[people.service.pk])
    shown = client.get(address).text
    mark = value_of(shown, kept.FIELD)
    old = {**NEW, kept.FIELD: mark, "csrfmiddlewaretoken": "x" * 64}
    answer = client.post(address, old)
    assert (answer.status_code, answer["Location"]) == (303, address)
    again = client.get(address).text
    assert "You signed in again meanwhile" in again
    assert value_of(again, "description") == NEW["description"]
    assert not ReversePrivateEndpoint.objects.exists()
    assert client.post(address, NEW | {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    scripted = client.post(f"{address}?check=description", old, headers=HTMX)
    assert scripted["HX-Redirect"] == address


def test_a_form_that_a_stranger_made_up_brings_nobody_anything(people: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.operator)
    address = reverse("create-endpoint", args=[people.service.pk])
    for mark in ("", "1:x", str(people.operator.pk), kept.token_for(people.admin)):
        answer = client.post(address, {**NEW, kept.FIELD: mark})
        assert answer.status_code == 403
        assert value_of(client.get(address).text, "description") == ""


def test_secrets_large_forms_and_other_forms_are_not_kept(people: Cast, browse_as: As) -> None:
    address = reverse("create-endpoint", args=[people.service.pk])
    mark = kept.token_for(people.operator)
    typed = {**NEW, kept.FIELD: mark, "password": "secret", "csrfmiddlewaretoken": "token"}
    client = Client()
    client.post(address, typed)
    ((path, one),) = client.session["kept_forms"].items()
    assert (path, one["fields"]) == (address, NEW)
    for unkept in (
        {**NEW, kept.FIELD: mark, "description": "x" * (kept.CHARACTERS_MOST + 1)},
        {kept.FIELD: mark, **{f"field{n}": "x" for n in range(kept.FIELDS_MOST + 1)}},
        {**NEW, kept.FIELD: mark + "x"},
        NEW,
    ):
        client = Client()
        answer = client.post(address, unkept)
        assert answer["Location"] == f"{SIGN_IN}?next={address}"
        assert "kept_forms" not in client.session


def test_only_a_few_pages_are_kept_and_not_for_ever(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    mark = kept.token_for(people.operator)
    addresses = [page(people.service, "new-pipe-endpoint", source) for source in Source]
    addresses += [page(people.service, "pipe-host", source) for source in Source]
    for address in addresses:
        client.post(address, {**NEW, kept.FIELD: mark})
    assert list(client.session["kept_forms"]) == addresses[-kept.PAGES_MOST :]
    monkeypatch.setattr(kept, "LASTS_SECONDS", -1)
    address = reverse("create-endpoint", args=[people.service.pk])
    client.post(address, {**NEW, kept.FIELD: mark})
    sign_in(client, people.operator, f"{SIGN_IN}?next={address}")
    assert value_of(client.get(address).text, "description") == ""


def test_once_sent_it_is_forgotten(people: Cast) -> None:
    client = Client()
    address = reverse("create-endpoint", args=[people.service.pk])
    client.post(address, {**NEW, kept.FIELD: kept.token_for(people.operator)})
    sign_in(client, people.operator, f"{SIGN_IN}?next={address}")
    assert value_of(client.get(address).text, "vpcEndpointServiceName") == SERVICE_NAME
    assert client.post(address, NEW).status_code == 303
    assert value_of(client.get(address).text, "vpcEndpointServiceName") == ""


def test_the_query_of_the_page_is_kept_too(people: Cast) -> None:
    client = Client()
    address = f"{reverse('create-endpoint', args=[people.service.pk])}?type=VPC_RESOURCE"
    sent = {**NEW, kept.FIELD: kept.token_for(people.operator)}
    answer = client.post(f"{address}&check=description", sent, headers=HTMX)
    back = sign_in(client, people.operator, answer["HX-Redirect"])
    assert back["Location"] == address
    assert 'value="VPC_ENDPOINT_SERVICE" checked' in client.get(address).text, "what was chosen last"


def test_a_poll_leads_back_to_its_page_after_the_sign_in(people: Cast) -> None:
    address = at(make_endpoint(people.service))
    headers = {**HTMX, "HX-Current-URL": f"http://testserver{address}"}
    answer = Client().get(f"{address}?seen=x", headers=headers)
    assert answer["HX-Redirect"] == f"{SIGN_IN}?next={address}"


def test_a_button_leads_back_to_the_page_it_was_pressed_on(people: Cast) -> None:
    endpoint = make_endpoint(people.service, Status.FAILED)
    shown = page_of(endpoint)
    pressed = page_of(endpoint, "retry-endpoint")
    for before, back in (
        (f"http://testserver{shown}#x", shown),
        ("http://elsewhere/", pressed),
        ("", pressed),
    ):
        answer = Client(headers={"Referer": before}).post(pressed)
        assert answer["Location"] == f"{SIGN_IN}?next={back}"
