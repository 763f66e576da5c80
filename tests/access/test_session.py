"""The ways in and out, and what leads back from them: only to ourselves."""

from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client

from tests.access.asking import client_of
from tests.access.world import World, password_link
from tests.people import PASSWORD

ELSEWHERE = (
    "https://elsewhere.example/", "//elsewhere.example/", "///elsewhere.example", "/\\elsewhere.example",
    "\\\\elsewhere.example", "https:elsewhere.example", "https:///elsewhere.example", "javascript:alert(1)",
    "data:text/html,x", "\thttps://elsewhere.example", " //elsewhere.example", "http://testserver@elsewhere.example/",
    "//testserver.elsewhere.example/", "/%09/elsewhere.example\n", "\0//elsewhere.example",
)  # fmt: skip


def is_ours(address: str) -> bool:
    return address.startswith("/") and not address.startswith(("//", "/\\"))


@pytest.mark.parametrize("to", ELSEWHERE)
def test_language_and_theme_lead_back_only_to_ourselves(world: World, to: str) -> None:
    for address, more in (("/language/", {"language": "ko"}), ("/theme/", {"theme": "dark"})):
        for person in (None, world.people["viewer"]):
            response = client_of(person).post(address, {**more, "next": to}, headers={"Referer": to.strip()})
            assert response.status_code in (302, 303)
            assert is_ours(response["Location"]), response["Location"]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_a_hand_off_form_leads_back_only_to_ourselves(world: World, to: str) -> None:
    own = world.places["own"]
    address = f"/services/{own.service.pk}/endpoints/{own.endpoints['ready'].pk}/hand-off/"
    response = client_of(world.people["operator"]).post(address, {"days": "1", "next": to})
    assert response.status_code == 303
    assert is_ours(response["Location"]), response["Location"]


def test_signing_out_takes_a_form_and_ends_the_session(world: World) -> None:
    client = client_of(world.people["viewer"])
    assert client.get("/sign-out/").status_code == 405
    assert get_user(client).is_authenticated
    response = client.post("/sign-out/", {"next": ELSEWHERE[0]})
    assert response.status_code == 302
    assert is_ours(response["Location"])
    assert not get_user(client).is_authenticated


def test_a_link_sets_one_password_once(world: World) -> None:
    user = world.places["own"].newcomer
    link = password_link(user)
    client = Client()
    first = client.get(f"/set-password/{link['uidb64']}/{link['token']}/")
    assert first.status_code == 302
    assert link["token"] not in first["Location"], "it leaves the address, and with it every log and referrer"
    sent = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(first["Location"], sent).status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    again = Client().get(f"/set-password/{link['uidb64']}/{link['token']}/")
    assert (again.status_code, "Location" in again) == (200, False)


@pytest.mark.parametrize("what", ["another's token", "no such person", "no such token"])
def test_links_that_set_no_password_answer_alike(world: World, what: str) -> None:
    one, other = (world.places[name].newcomer for name in ("own", "foreign"))
    mine, theirs = password_link(one), password_link(other)
    uidb64, token = {
        "another's token": (mine["uidb64"], theirs["token"]),
        "no such person": ("OTk5OTk5", mine["token"]),
        "no such token": (mine["uidb64"], "x" * len(mine["token"])),
    }[what]
    response = Client().get(f"/set-password/{uidb64}/{token}/")
    assert response.status_code == 200
    assert "new_password1" not in response.text
    assert one.email not in response.text


def test_a_link_of_somebody_who_was_disabled_sets_nothing(world: World) -> None:
    user = world.places["own"].newcomer
    link = password_link(user)
    user.is_active = False
    user.save()
    client = Client()
    address = f"/set-password/{link['uidb64']}/{link['token']}/"
    first: Any = client.get(address)
    address = first["Location"] if first.status_code == 302 else address
    client.post(address, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    user.refresh_from_db()
    assert not get_user(client).is_authenticated
