"""The flyout of the settings: each of its states is a page with an address, for a browser and for htmx."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.domain.reasons import Reason
from endpoints.domain.status import Status
from endpoints.domain.types import Source
from endpoints.models import Region, ReversePrivateEndpoint, Role, Service, read_clock
from tests.people import (
    EXTERNAL_ID,
    REGIONAL_NAME,
    SERVICE_NAME,
    Cast,
    give_role,
    make_endpoint,
    make_pipe,
    make_tombstone,
)
from tests.web.conftest import page_of, poll_address

STATES = ["settings-endpoint", "settings-remove-endpoint"]
LINK = {"HX-Request": "true", "HX-Boosted": "true"}
POLL = {"HX-Request": "true"}


def flyout_of(service: Service, query: str = "") -> str:
    return reverse("settings-endpoints", args=[service.pk]) + query


def dialog(page: str) -> str:
    """What stands in the flyout of a page."""
    return page.partition("<dialog")[2].partition("</dialog>")[0]


def test_the_settings_have_a_section_whose_button_opens_the_flyout(cast: Cast, viewer: Client) -> None:
    page = viewer.get(reverse("settings", args=[cast.service.pk])).text
    assert "ClickPipe reverse private endpoints</h2>" in page
    assert f'href="{flyout_of(cast.service)}"' in page
    assert "Reverse private endpoints</a>" in page
    assert dialog(page).split(">")[0].endswith('· Postern"'), "it is closed"


def test_the_list_tells_of_each_endpoint_what_one_looks_for(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, description="orders-kafka")
    make_pipe(cast.service, endpoint, name="clicks", source=Source.KAFKA)
    make_pipe(cast.service, name="orders", address=f"{REGIONAL_NAME}:5432")
    make_endpoint(cast.service, Status.REJECTED, description="rejected", external_id="", dns_names=[])
    page = dialog(viewer.get(flyout_of(cast.service)).text)
    expected = ["orders-kafka", 'data-status="Ready"', "VPC endpoint service", REGIONAL_NAME, "2 ClickPipes"]
    expected += ["No ClickPipe", "23 h 59 min left", "Copy the DNS name: orders-kafka", "See all"]
    assert [text for text in expected if text not in page] == []
    assert f'href="{page_of(endpoint, "settings-endpoint")}"' in page
    assert f'href="{reverse("removed-endpoints", args=[cast.service.pk])}"' in page


@pytest.mark.parametrize(
    "text", ["ORDERS-kaf", EXTERNAL_ID, REGIONAL_NAME, SERVICE_NAME, "shop.example.com", "%"]
)
def test_the_list_is_searched_by_words_ids_and_names(cast: Cast, viewer: Client, text: str) -> None:
    make_endpoint(cast.service, description="orders-kafka 100%", private_dns_names=["shop.example.com"])
    make_endpoint(cast.service, description="another", external_id="", dns_names=[], parameters={})
    page = dialog(viewer.get(flyout_of(cast.service), {"q": text}).text)
    assert "orders-kafka" in page
    assert "another" not in page
    assert f'value="{text}"' in page


def test_what_matches_nothing_is_told_with_a_way_out(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service)
    page = dialog(viewer.get(flyout_of(cast.service, "?q=nothing")).text)
    assert "No endpoint matches this search." in page
    assert "Clear search" in page
    empty = dialog(viewer.get(flyout_of(make_empty(cast))).text)
    assert "No reverse private endpoints yet" in empty


def make_empty(cast: Cast) -> Service:
    service = Service.objects.create(
        organization=cast.organization, name="empty", provider="aws", region="eu-central-1",
        created_at=read_clock().now,
    )  # fmt: skip
    give_role(cast.viewer, Role.VIEWER, service)
    return service


def test_the_list_shows_fifty_and_says_where_the_rest_is(
    cast: Cast, viewer: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(51):
        make_endpoint(cast.service, Status.PENDING_ACCEPTANCE, description=f"number {number:02}")
    viewer.get(flyout_of(cast.service))
    with django_assert_max_num_queries(12):
        page = dialog(viewer.get(flyout_of(cast.service)).text)
    assert page.count('id="see-') == 50
    assert "number 00" not in page
    assert "These are the newest 50." in page


def test_the_details_are_those_of_the_page(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED)
    page = dialog(operator.get(page_of(endpoint, "settings-endpoint")).text)
    expected = ["Next step", "Addresses", "State", "Used by", "Source side", "Identity", "What happened"]
    expected += [SERVICE_NAME, "AWS region of the source", "Recreate from this"]
    assert [text for text in expected if text not in page] == []
    for name in ("settings-retry-endpoint", "settings-remove-endpoint"):
        assert page_of(endpoint, name) in page
    assert page_of(endpoint, "retry-endpoint") not in page


def test_a_retry_from_the_flyout_comes_back_to_it(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED)
    response = operator.post(page_of(endpoint, "settings-retry-endpoint"))
    assert (response.status_code, response["Location"]) == (303, page_of(endpoint, "settings-endpoint"))
    told = operator.post(page_of(make_endpoint(cast.service), "settings-retry-endpoint"), follow=True).text
    assert "There is nothing to retry" in dialog(told), "the page behind it cannot be read"
    assert "There is nothing to retry" not in told.replace(dialog(told), "")


@pytest.mark.parametrize("name", STATES)
def test_each_state_is_a_whole_page_for_a_browser_and_for_a_link(
    cast: Cast, operator: Client, name: str
) -> None:
    address = page_of(make_endpoint(cast.service, Status.PROVISIONING), name)
    for headers in ({}, LINK, {"HX-Request": "true", "HX-History-Restore-Request": "true"}):
        for where in (address, flyout_of(cast.service)):
            page = operator.get(where, headers=headers).text
            assert "<main" in page
            assert 'aria-labelledby="flyout-title"' in page
            assert " open>" in page
            assert 'id="flyout-title"' in page


@pytest.mark.parametrize("name", [*STATES, "settings-retry-endpoint", "settings-tick-endpoint"])
def test_a_stranger_finds_nothing_in_the_flyout(cast: Cast, stranger: Client, name: str) -> None:
    endpoint = make_endpoint(cast.service)
    assert stranger.get(flyout_of(cast.service)).status_code == 404
    assert stranger.get(page_of(endpoint, name)).status_code in (404, 405)
    assert stranger.post(page_of(endpoint, name)).status_code in (404, 405)
    assert stranger.get(reverse("settings", args=[cast.service.pk])).status_code == 404


def test_a_viewer_reads_the_flyout_and_is_offered_nothing_else(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED)
    page = dialog(viewer.get(page_of(endpoint, "settings-endpoint")).text)
    for text in ("remove-button", "retry-button", "recreate-button", "<form"):
        assert text not in page
    assert "Create endpoint" not in dialog(viewer.get(flyout_of(cast.service)).text)
    assert viewer.get(page_of(endpoint, "settings-remove-endpoint")).status_code == 403
    assert viewer.post(page_of(endpoint, "settings-retry-endpoint")).status_code == 403


def test_the_list_and_the_details_follow_by_polls(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.PROVISIONING, description="orders-rds")
    for address in (flyout_of(cast.service), page_of(endpoint, "settings-endpoint")):
        poll = poll_address(viewer.get(address).text)
        assert poll.startswith(address)
        assert viewer.get(poll, headers=POLL).status_code == 204
        rows = ReversePrivateEndpoint.objects.filter(pk=endpoint.pk)
        rows.update(status=Status.READY, reason=Reason.AVAILABLE)
        answer = viewer.get(poll, headers=POLL).text
        assert "orders-rds: Ready</div>" in answer
        assert "<dialog" not in answer
        rows.update(status=Status.PROVISIONING, reason=Reason.CREATING)


def test_a_tombstone_has_its_place_in_the_flyout_too(cast: Cast, operator: Client) -> None:
    page = dialog(operator.get(page_of(make_tombstone(cast.service), "settings-endpoint")).text)
    assert 'data-status="Removed"' in page
    assert "recreate-button" in page
    assert "remove-button" not in page


# --- AWS cannot be reached ------------------------------------------------------------------------------


def test_while_aws_cannot_be_reached_the_last_data_stay_and_say_as_of_when(
    cast: Cast, viewer: Client, operator: Client, browse_as: Any
) -> None:
    endpoint = make_endpoint(cast.service, description="orders-rds")
    admin = browse_as(cast.admin)
    pages = [flyout_of(cast.service), page_of(endpoint, "settings-endpoint"), page_of(endpoint)]
    for address in pages:
        assert "could not be reached" not in admin.get(address).text
    seen = read_clock().now - timedelta(minutes=5)
    Region.objects.update(listed_at=seen, failing_since=seen, raw_error="UnauthorizedOperation: raw words")
    for address in pages:
        for client in (viewer, operator):
            page = client.get(address).text
            assert "AWS could not be reached." in page
            assert f'Status as of <time datetime="{seen:%Y-%m-%dT%H:%M:%S}Z">' in page
            assert "orders-rds" in page
            assert "raw words" not in page
        assert "UnauthorizedOperation: raw words" in admin.get(address).text


def test_a_poll_notices_that_aws_cannot_be_reached(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.PROVISIONING)
    for address in (flyout_of(cast.service), page_of(endpoint), page_of(endpoint, "settings-endpoint")):
        Region.objects.update(failing_since=None)
        poll = poll_address(viewer.get(address).text)
        Region.objects.update(failing_since=read_clock().now)
        assert "AWS could not be reached." in viewer.get(poll, headers=POLL).text
