"""Removing one endpoint: what is named, who may, what is typed, and what is cleaned up afterwards."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from endpoints import claims, intents
from endpoints.domain.reasons import EventCode
from endpoints.domain.types import EndpointType, Source
from endpoints.models import Event, ReversePrivateEndpoint, read_clock
from endpoints.texts.guides import left_behind_of
from tests.people import (
    REGIONAL_NAME,
    Cast,
    make_endpoint,
    make_pipe,
    make_tombstone,
)
from tests.web.conftest import As, page_of

PLACES = pytest.mark.parametrize("place", ["", "flyout"])


def address_of(endpoint: ReversePrivateEndpoint, what: str, place: str) -> str:
    """The address of something that is done to an endpoint, on its page or in the flyout."""
    return page_of(endpoint, f"settings-{what}-endpoint" if place else f"{what}-endpoint")


def details_of(endpoint: ReversePrivateEndpoint, place: str) -> str:
    return page_of(endpoint, "settings-endpoint" if place else "endpoint")


@pytest.fixture
def used(cast: Cast) -> ReversePrivateEndpoint:
    """An endpoint that one ClickPipe names by id, and two reach by host name."""
    endpoint = make_endpoint(
        cast.service, description="orders-kafka", private_dns_names=["*.shop.example.com"]
    )
    make_pipe(cast.service, endpoint, name="by id", source=Source.KAFKA)
    make_pipe(cast.service, name="by name", address=f"{REGIONAL_NAME}:5432")
    make_pipe(cast.service, name="by wildcard", address="db.shop.example.com:5432")
    make_pipe(cast.service, name="elsewhere", address="db.other.example.com:5432")
    return endpoint


@PLACES
def test_every_clickpipe_that_depends_on_it_is_named(
    cast: Cast, used: ReversePrivateEndpoint, browse_as: As, place: str
) -> None:
    page = browse_as(cast.admin).get(address_of(used, "remove", place)).text
    uses, _, may = page.partition("may be affected")
    assert "1 ClickPipe uses this endpoint by its ID" in uses
    assert "by id" in uses
    assert "1 ClickPipe uses this endpoint and loses its connection." in uses
    assert "by name" in may
    assert "by wildcard" in may
    assert "elsewhere" not in page


@PLACES
@pytest.mark.parametrize("typed", ["", "orders", "Orders-Kafka", "orders-kafka\ufffd", "\0"])
def test_what_is_in_use_goes_only_after_its_description_was_typed(
    cast: Cast, used: ReversePrivateEndpoint, browse_as: As, place: str, typed: str
) -> None:
    admin = browse_as(cast.admin)
    address = address_of(used, "remove", place)
    response = admin.post(address, {"typed": typed})
    assert response.status_code == 422
    assert "Type the description exactly as it is written: orders-kafka" in response.text
    assert 'aria-invalid="true" data-focus' in response.text
    assert response.text.count("data-focus") == 1
    assert "<title>1 error: Remove orders-kafka" in response.text
    used.refresh_from_db()
    assert used.removal_requested_at is None

    response = admin.post(address, {"typed": " orders-kafka "})
    assert (response.status_code, response["Location"]) == (303, details_of(used, place))
    used.refresh_from_db()
    assert used.removal_requested_by == "admin@example.com"


@PLACES
def test_what_nothing_uses_needs_no_typing_and_an_operator(cast: Cast, operator: Client, place: str) -> None:
    endpoint = make_endpoint(cast.service)
    page = operator.get(address_of(endpoint, "remove", place)).text
    assert "No ClickPipe uses this endpoint." in page
    assert "id_typed" not in page
    assert page.count("data-focus") == 1
    assert page.index("data-focus") < page.index(">Cancel<")
    assert operator.post(address_of(endpoint, "remove", place)).status_code == 303


@PLACES
def test_an_operator_is_told_before_who_may_remove_what_is_in_use(
    cast: Cast, used: ReversePrivateEndpoint, operator: Client, place: str
) -> None:
    address = address_of(used, "remove", place)
    for response in (operator.get(address), operator.post(address, {"typed": "orders-kafka"})):
        assert response.status_code == (200 if response.wsgi_request.method == "GET" else 403)
        assert "Only an admin may remove an endpoint that ClickPipes depend on." in response.text
        assert "admin@example.com" in response.text
        assert "stranger@example.com" not in response.text
        assert "id_typed" not in response.text
        assert "by wildcard" in response.text
    used.refresh_from_db()
    assert used.removal_requested_at is None


def test_the_details_name_who_uses_it(used: ReversePrivateEndpoint, viewer: Client) -> None:
    page = viewer.get(page_of(used)).text.partition('id="used-by"')[2].partition("</section>")[0]
    for name in ("by id", "by name", "by wildcard"):
        assert name in page
    assert "elsewhere" not in page


# --- the clean-up list ----------------------------------------------------------------------------------


@PLACES
@pytest.mark.parametrize("kind", list(EndpointType))
def test_a_tombstone_lists_what_stays_in_the_owners_account(
    cast: Cast, viewer: Client, kind: EndpointType, place: str
) -> None:
    gone = make_tombstone(cast.service, type=kind)
    page = viewer.get(details_of(gone, place)).text
    items = left_behind_of(gone)
    assert len(items) == {EndpointType.MSK_MULTI_VPC: 1, EndpointType.VPC_ENDPOINT_SERVICE: 2}.get(kind, 3)
    listed = page.partition("clean-up-title")[2].partition("</section>")[0]
    assert [item.key for item in items if escape(item.title) not in listed] == []
    assert listed.count("data-copy") == len(items)
    assert "Mark as done" not in page, "a viewer only reads"


def test_nothing_is_to_be_cleaned_up_where_nothing_was_made_or_is_still_there(
    cast: Cast, viewer: Client
) -> None:
    for endpoint in (make_tombstone(cast.service, external_id=""), make_endpoint(cast.service)):
        assert "clean-up-title" not in viewer.get(page_of(endpoint)).text


def test_a_share_that_was_used_up_is_to_be_cleaned_up_though_nothing_was_made(
    cast: Cast, operator: Client
) -> None:
    gone = make_tombstone(cast.service, type=EndpointType.VPC_RESOURCE, external_id="")
    claims.claim_target(gone)
    assert "clean-up-title" not in operator.get(page_of(gone)).text
    assert "open</a>" not in operator.get(removed_of(cast)).text
    claims.use_up(gone, read_clock().now)
    assert "clean-up-title" in operator.get(page_of(gone)).text
    assert "3 items open</a>" in operator.get(removed_of(cast)).text


def test_who_else_needs_what_is_to_be_cleaned_up_is_named(cast: Cast, operator: Client) -> None:
    gone = make_tombstone(cast.service, description="gone", external_id="vpce-1")
    said = "Other endpoints still lead to this source."
    make_tombstone(cast.service, description="gone too", external_id="vpce-2")
    assert said not in operator.get(page_of(gone)).text
    other = make_endpoint(cast.service, description="still there")
    assert other.parameters == gone.parameters
    page = operator.get(page_of(gone)).text
    assert said in page
    assert f'<a href="{page_of(other)}">still there</a>' in page


@PLACES
def test_an_item_is_ticked_and_unticked_and_says_by_whom_and_when(
    cast: Cast, operator: Client, place: str
) -> None:
    gone = make_tombstone(cast.service, type=EndpointType.VPC_RESOURCE)
    tick = address_of(gone, "tick", place)
    for _ in range(2):
        response = operator.post(tick, {"done": "delete_share"})
        assert (response.status_code, response["Location"]) == (
            303,
            f"{details_of(gone, place)}#clean-up-delete_share",
        )
    page = operator.get(details_of(gone, place)).text
    assert "Done: operator@example.com, <time" in page
    assert "Ticked on the clean-up list: Delete the resource share" in page
    assert 'name="undone" value="delete_share"' in page
    assert 'name="done" value="delete_configuration"' in page
    assert Event.objects.filter(code=EventCode.CLEANED_UP).count() == 1

    operator.post(tick, {"undone": "delete_share"})
    page = operator.get(details_of(gone, place)).text
    assert "Done: " not in page
    assert "Unticked on the clean-up list: Delete the resource share" in page


@pytest.mark.parametrize("sent", [{}, {"done": "take_out_of_policy"}, {"done": "x"}, {"undone": ""}])
def test_what_is_not_on_the_list_cannot_be_ticked(cast: Cast, operator: Client, sent: dict[str, str]) -> None:
    gone = make_tombstone(cast.service, type=EndpointType.VPC_RESOURCE)
    assert operator.post(page_of(gone, "tick-endpoint"), sent).status_code == 404
    gone.refresh_from_db()
    assert gone.cleaned_up == {}


def test_only_operators_tick_and_only_what_is_gone(cast: Cast, viewer: Client, operator: Client) -> None:
    gone, live = make_tombstone(cast.service), make_endpoint(cast.service)
    assert viewer.post(page_of(gone, "tick-endpoint"), {"done": "delete_service"}).status_code == 403
    assert operator.post(page_of(live, "tick-endpoint"), {"done": "delete_service"}).status_code == 404


# --- tombstones -----------------------------------------------------------------------------------------


def removed_of(cast: Cast) -> str:
    return reverse("removed-endpoints", args=[cast.service.pk])


def test_tombstones_say_what_is_still_to_be_cleaned_up(cast: Cast, operator: Client) -> None:
    gone = make_tombstone(cast.service, type=EndpointType.VPC_RESOURCE)
    assert "3 items open" in operator.get(removed_of(cast)).text
    for item in ("delete_share", "delete_configuration"):
        intents.tick(endpoint=gone, item=item, done=True, by=cast.operator)
    assert "1 item open" in operator.get(removed_of(cast)).text
    intents.tick(endpoint=gone, item="delete_gateway", done=True, by=cast.operator)
    page = operator.get(removed_of(cast)).text
    assert "open</a>" not in page
    assert ">Done</td>" in page


def test_tombstones_are_searched(cast: Cast, operator: Client) -> None:
    make_tombstone(cast.service, description="orders-rds")
    make_tombstone(cast.service, description="clicks-kafka", removal_requested_by="admin@example.com")
    for text in ("CLICKS", "admin@"):
        page = operator.get(removed_of(cast), {"q": text}).text
        assert "clicks-kafka" in page
        assert "orders-rds" not in page
    assert "No removed endpoint matches this search." in operator.get(removed_of(cast), {"q": "zzz"}).text


def test_a_search_among_many_tombstones_is_kept_from_page_to_page(cast: Cast, operator: Client) -> None:
    for number in range(51):
        make_tombstone(cast.service, description=f"gone {number}")
    page = operator.get(removed_of(cast), {"q": "gone"}).text
    assert "?q=gone&amp;page=2" in page
    assert operator.get(removed_of(cast), {"q": "gone", "page": "2"}).text.count('scope="row"') == 1


def test_a_viewer_is_not_offered_to_recreate(cast: Cast, viewer: Client, operator: Client) -> None:
    make_tombstone(cast.service)
    assert "Recreate from this" in operator.get(removed_of(cast)).text
    assert "Recreate from this" not in viewer.get(removed_of(cast)).text
