"""Pages that follow by themselves: what a poll costs, what is news to it, and what is no poll."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from endpoints import clock
from endpoints.domain.reasons import EventCode
from endpoints.domain.status import Status
from endpoints.models import Region, ReversePrivateEndpoint, read_clock
from endpoints.web.live import NEVER_SHOWN
from tests.people import Cast, make_endpoint, make_event
from tests.web.conftest import As, page_of, poll_address

HTMX = {"HX-Request": "true"}


def test_an_unchanged_poll_costs_one_query_beyond_session_and_user(
    cast: Cast, viewer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = poll_address(viewer.get(page_of(make_endpoint(cast.service, Status.PROVISIONING))).text)
    with django_assert_num_queries(3):
        response = viewer.get(address, headers=HTMX)
    assert (response.status_code, response.content) == (204, b"")
    assert "HX-Request" in response["Vary"]


def test_a_new_line_of_the_timeline_is_news(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.PROVISIONING)
    address = poll_address(viewer.get(page_of(endpoint)).text)
    make_event(endpoint, EventCode.CREATE_SENT)
    assert "AWS was asked to create the endpoint." in viewer.get(address, headers=HTMX).text


def test_what_a_worker_notes_for_itself_is_no_news(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.PROVISIONING)
    address = poll_address(viewer.get(page_of(endpoint)).text)
    now = read_clock().now
    noted = {"due_at": now, "lease_token": uuid.uuid4(), "lease_until": now, "failures": 3}
    noted |= {"preparation": {"share": "found"}, "prepared_generation": 1, "prepare_look_at": now}
    noted |= {"write_ended_at": now, "skipped_at": now - timedelta(days=1)}
    assert set(noted) == NEVER_SHOWN
    ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).update(**noted)
    assert viewer.get(address, headers=HTMX).status_code == 204


@pytest.mark.parametrize("field", ["description", "raw_error", "external_id", "planned"])
def test_every_other_column_is_news(cast: Cast, viewer: Client, field: str) -> None:
    endpoint = make_endpoint(cast.service, Status.PROVISIONING)
    address = poll_address(viewer.get(page_of(endpoint)).text)
    ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).update(**{field: "create"})
    assert viewer.get(address, headers=HTMX).status_code == 200


def test_minutes_that_pass_are_news_and_seconds_are_not(
    cast: Cast, viewer: Client, settings: Settings, tmp_path: Path
) -> None:
    address = poll_address(viewer.get(page_of(make_endpoint(cast.service, Status.PROVISIONING))).text)
    settings.CLOCK_FILE = tmp_path / "clock.json"
    for seconds, code in ((0, 204), (20, 204), (61, 200)):
        clock.write(
            settings.CLOCK_FILE, clock.IDENTITY.advanced(timedelta(seconds=seconds), read_clock().real)
        )
        answer = viewer.get(address, headers=HTMX)
        assert answer.status_code == code, seconds
    assert "1 minute ago" in answer.text
    assert 'hx-trigger="every 5s"' in answer.text, "after a minute it looks less often"
    assert viewer.get(poll_address(answer.text), headers=HTMX).status_code == 204


def test_another_language_is_news(cast: Cast, viewer: Client) -> None:
    address = poll_address(viewer.get(page_of(make_endpoint(cast.service, Status.PROVISIONING))).text)
    assert viewer.get(address, headers=HTMX | {"Accept-Language": "ko"}).status_code == 200


def test_a_region_that_cannot_be_read_any_more_is_news(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.PENDING_ACCEPTANCE, description="orders-rds")
    address = poll_address(viewer.get(page_of(endpoint)).text)
    long_ago = read_clock().now - timedelta(hours=2)
    Region.objects.update(failing_since=long_ago, listed_at=long_ago)
    assert "orders-rds: Unknown" in viewer.get(address, headers=HTMX).text


def test_only_a_request_that_says_what_it_has_seen_is_a_poll(cast: Cast, viewer: Client) -> None:
    address = page_of(make_endpoint(cast.service, Status.PROVISIONING))
    assert "<main" in viewer.get(address, headers=HTMX).text


def test_a_poll_of_what_is_not_mine_finds_nothing(cast: Cast, viewer: Client, browse_as: As) -> None:
    theirs = make_endpoint(cast.other_service, Status.PROVISIONING)
    address = poll_address(browse_as(cast.stranger).get(page_of(theirs)).text)
    assert viewer.get(address, headers=HTMX).status_code == 404
