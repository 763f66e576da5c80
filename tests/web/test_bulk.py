"""Removing several endpoints at once: what is named, who may, what is typed, and what became of each."""

from typing import Any

import pytest
from django.test import Client

from endpoints import intents
from endpoints.models import ReversePrivateEndpoint
from tests.people import Cast, make_endpoint, make_pipe, make_tombstone
from tests.web.conftest import As, list_of


@pytest.fixture
def admin(cast: Cast, browse_as: As) -> Client:
    return browse_as(cast.admin)


@pytest.fixture
def free(cast: Cast) -> ReversePrivateEndpoint:
    """An endpoint that nothing depends on."""
    return make_endpoint(cast.service, description="free one", dns_names=["free.example.com"])


@pytest.fixture
def used(cast: Cast) -> ReversePrivateEndpoint:
    """An endpoint that one ClickPipe names, and another reaches by a wildcard."""
    names: dict[str, Any] = {"dns_names": ["used.example.com"], "private_dns_names": ["*.u.example.com"]}
    endpoint = make_endpoint(cast.service, description="used one", **names)
    make_pipe(cast.service, endpoint, name="by id")
    make_pipe(cast.service, name="by wildcard", address="db.u.example.com:5432")
    return endpoint


def address(cast: Cast) -> str:
    return f"{list_of(cast.service)}remove/"


def ask(client: Client, cast: Cast, *endpoints: ReversePrivateEndpoint) -> Any:
    return client.get(address(cast), {"id": [one.pk.hex for one in endpoints]})


def confirm(client: Client, cast: Cast, *endpoints: ReversePrivateEndpoint, **typed: str) -> Any:
    """Send the confirmation; `typed` by the first word of a description."""
    data: dict[str, Any] = {"id": [one.pk.hex for one in endpoints]}
    for one in endpoints:
        data[f"typed-{one.pk.hex}"] = typed.get(one.description.split()[0], "")
    return client.post(address(cast), data)


def is_going(endpoint: ReversePrivateEndpoint) -> bool:
    endpoint.refresh_from_db()
    return endpoint.removal_requested_at is not None


def test_the_list_offers_what_can_be_removed_to_those_who_may(
    cast: Cast, free: ReversePrivateEndpoint, operator: Client, viewer: Client
) -> None:
    going = make_endpoint(cast.service, description="going")
    intents.request_removal(endpoint=going, by=cast.admin)
    page = operator.get(list_of(cast.service)).text
    assert f'id="pick-{free.pk}"' in page
    assert f'id="pick-{going.pk}"' not in page
    assert 'id="remove-selected"' in page
    page = viewer.get(list_of(cast.service)).text
    assert "pick-" not in page
    assert "remove-selected" not in page


def test_every_clickpipe_and_what_stays_is_named(
    cast: Cast, free: ReversePrivateEndpoint, used: ReversePrivateEndpoint, admin: Client
) -> None:
    page = ask(admin, cast, free, used).text
    for text in ("free one", "used one", "by id", "by wildcard", "may be affected"):
        assert text in page
    assert page.count('type="text"') == 1, "only what is used is to be typed"
    assert "The endpoint service and its allowed principals stay as they are" in page
    assert "Remove 2 endpoints" in page
    assert not is_going(free)


def test_nothing_is_removed_until_all_is_typed(
    cast: Cast, free: ReversePrivateEndpoint, used: ReversePrivateEndpoint, admin: Client
) -> None:
    response = confirm(admin, cast, free, used, used="wrong")
    assert response.status_code == 422
    assert 'value="wrong"' in response.text
    assert "<title>1 error: Remove endpoints" in response.text
    assert not is_going(free)
    assert not is_going(used)
    response = confirm(admin, cast, free, used, used="used one")
    assert (response.status_code, response["Location"]) == (303, list_of(cast.service))
    assert is_going(free)
    assert is_going(used)
    assert "2 endpoints are being removed." in admin.get(list_of(cast.service)).text


def test_an_operator_is_told_before_what_only_an_admin_may_remove(
    cast: Cast, free: ReversePrivateEndpoint, used: ReversePrivateEndpoint, operator: Client
) -> None:
    page = ask(operator, cast, free, used).text
    assert "These stay: only an admin may remove" in page
    assert "admin@example.com" in page
    assert "Remove 1 endpoint<" in page
    assert f'value="{used.pk.hex}"' not in page
    response = confirm(operator, cast, free, used, used="used one")
    assert response.status_code == 422, "not all of it was done"
    assert "1 endpoint is being removed." in response.text
    assert is_going(free)
    assert not is_going(used)


def test_what_fails_is_told_for_each(
    cast: Cast, free: ReversePrivateEndpoint, admin: Client, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_endpoint(cast.service, description="other one", dns_names=["other.example.com"])
    real = intents.request_removal

    def meanwhile(*, endpoint: ReversePrivateEndpoint, **rest: Any) -> ReversePrivateEndpoint:
        if endpoint.pk == other.pk:
            make_pipe(cast.service, other, name="recorded meanwhile")
        return real(endpoint=endpoint, **rest)

    monkeypatch.setattr(intents, "request_removal", meanwhile)
    response = confirm(operator, cast, free, other)
    assert response.status_code == 422
    for text in ("1 endpoint is being removed.", "Not removed", "A ClickPipe has come to depend on it"):
        assert text in response.text
    assert "recorded meanwhile" in response.text
    assert is_going(free)
    assert not is_going(other)


def test_what_is_gone_or_not_mine_is_left_out(
    cast: Cast, free: ReversePrivateEndpoint, admin: Client, viewer: Client
) -> None:
    theirs = make_endpoint(cast.other_service, description="their secret")
    gone = make_tombstone(cast.service, description="long gone")
    page = ask(admin, cast, free, theirs, gone).text
    assert "their secret" not in page
    assert "long gone" not in page
    assert "Remove 1 endpoint<" in page
    assert "None of these endpoints can be removed" in ask(admin, cast, gone, theirs).text
    confirm(admin, cast, theirs)
    assert not is_going(theirs)
    assert ask(viewer, cast, free).status_code == 403
    assert confirm(viewer, cast, free).status_code == 403
    assert not is_going(free)


@pytest.mark.parametrize(
    "query", ["", "?id=", "?id=zzz", "?id=" + "&id=".join(f"{n:032x}" for n in range(101))]
)
def test_a_choice_of_nothing_or_too_much_leads_back(cast: Cast, operator: Client, query: str) -> None:
    make_endpoint(cast.service)
    page = operator.get(address(cast) + query, follow=True).text
    told = "At most 100 endpoints" if query.count("id=") > 1 else "Select the endpoints to remove first."
    assert told in page
    assert "<main" in page
