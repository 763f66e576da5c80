"""Time to Ready: so far, and what is usual here."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models import ReversePrivateEndpoint, read_clock
from endpoints.models.pace import NEWEST, usual_time_to_ready
from endpoints.texts.pace import duration_text, pace_text
from tests.people import Cast, make_endpoint, make_tombstone
from tests.web.conftest import page_of, poll_address

HTMX = {"HX-Request": "true"}
KIND = EndpointType.VPC_ENDPOINT_SERVICE
MINUTE = timedelta(minutes=1)


def was_ready_after(cast: Cast, *minutes: float, service: str = "service", ago: int = 0) -> None:
    """Make endpoints that became Ready so many minutes after they were asked for, the last one just now."""
    now = read_clock().now - timedelta(days=ago)
    for n, took in enumerate(reversed(minutes)):
        ready_at = now - timedelta(seconds=n)
        make_endpoint(getattr(cast, service), created_at=ready_at - took * MINUTE, first_ready_at=ready_at)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a minute"),
        (59.9, "less than a minute"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 0 min"),
        (86399, "23 h 59 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_durations_in_words(seconds: float, text: str) -> None:
    assert duration_text(timedelta(seconds=seconds)) == text


def test_what_is_usual_is_rounded_and_what_was_waited_is_cut() -> None:
    text = pace_text(timedelta(seconds=119), timedelta(seconds=119))
    assert text == "So far: 1 min. Usual time until Ready: 2 min."
    assert pace_text(None, timedelta(seconds=40)) == "Usual time until Ready: less than a minute."
    assert pace_text(None, None) == ""


def test_the_usual_time_is_the_median_of_the_type_in_the_whole_installation(cast: Cast) -> None:
    was_ready_after(cast, 1, 2)
    assert usual_time_to_ready(KIND) is None, "two are too few"
    was_ready_after(cast, 100, service="other_service")
    assert usual_time_to_ready(KIND) == 2 * MINUTE
    now = read_clock().now
    make_tombstone(cast.service, created_at=now - 4 * MINUTE, first_ready_at=now)
    assert usual_time_to_ready(KIND) == 3 * MINUTE, "those that were removed count too"
    make_endpoint(cast.service, Status.PROVISIONING)
    make_endpoint(cast.service, type=EndpointType.VPC_RESOURCE, first_ready_at=now)
    assert usual_time_to_ready(KIND) == 3 * MINUTE
    assert usual_time_to_ready(EndpointType.MSK_MULTI_VPC) is None


def test_only_the_newest_count(cast: Cast) -> None:
    was_ready_after(cast, *[60] * 3, ago=1)
    assert usual_time_to_ready(KIND) == 60 * MINUTE
    row = ReversePrivateEndpoint.objects.first()
    assert row is not None
    now = read_clock().now
    many = [
        ReversePrivateEndpoint(
            service=row.service, type=KIND, region=row.region, status=Status.READY, status_since=now,
            created_at=now - 5 * MINUTE, first_ready_at=now + timedelta(seconds=n),
        )
        for n in range(NEWEST)
    ]  # fmt: skip
    ReversePrivateEndpoint.objects.bulk_create(many)
    assert usual_time_to_ready(KIND) == 5 * MINUTE + timedelta(seconds=99.5)


@pytest.mark.parametrize("status", list(Status))
def test_it_is_told_while_somebody_waits(cast: Cast, viewer: Client, status: Status) -> None:
    was_ready_after(cast, 1, 2, 9)
    now = read_clock().now
    endpoint = make_endpoint(cast.service, status, created_at=now - 3.5 * MINUTE)
    page = viewer.get(page_of(endpoint)).text
    waits = status in (Status.PROVISIONING, Status.PENDING_ACCEPTANCE)
    assert ("So far: 3 min. Usual time until Ready: 2 min." in page) is waits
    assert ("Usual time" in page) is waits


def test_it_is_told_where_a_clickpipe_waits_for_its_endpoint(cast: Cast, operator: Client) -> None:
    was_ready_after(cast, 1, 2, 9)
    endpoint = make_endpoint(cast.service, Status.PROVISIONING)
    page = operator.get(reverse("pipe-endpoint", args=[cast.service.pk, Source.KAFKA, endpoint.pk])).text
    assert "So far: less than a minute. Usual time until Ready: 2 min." in page


def test_with_too_few_before_only_the_waiting_is_told(cast: Cast, viewer: Client) -> None:
    was_ready_after(cast, 1, 2)
    page = viewer.get(page_of(make_endpoint(cast.service, Status.PROVISIONING))).text
    assert "So far: less than a minute." in page
    assert "Usual time" not in page


def test_after_a_retry_only_what_is_usual_is_told(cast: Cast, viewer: Client) -> None:
    was_ready_after(cast, 1, 2, 9)
    endpoint = make_endpoint(cast.service, Status.PROVISIONING, generation=2)
    page = viewer.get(page_of(endpoint)).text
    assert "So far" not in page
    assert "Usual time until Ready: 2 min." in page


def test_a_poll_without_news_does_not_read_it(cast: Cast, viewer: Client) -> None:
    was_ready_after(cast, 1, 2, 9)
    page = viewer.get(page_of(make_endpoint(cast.service, Status.PROVISIONING))).text
    was_ready_after(cast, 50, 50, 50)
    assert viewer.get(poll_address(page), headers=HTMX).status_code == 204
