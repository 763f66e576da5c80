"""Deadlines and their warnings on an endpoint's page, over the changes of summer time and on the leap day."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from endpoints import clock, texts
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.status import Status
from endpoints.models import Event, read_clock
from tests.people import Cast, make_endpoint, make_event
from tests.web.conftest import page_of

HOUR = timedelta(hours=1)


def warning(hours: int, status: Status, reason: Reason) -> Event:
    until = "2028-02-29T23:30:00+00:00"
    params = {"hours": str(hours), "until": until, "status": status, "reason": reason}
    return Event(code=EventCode.DEADLINE_NEAR, params=params)


@pytest.mark.parametrize(
    ("hours", "status", "reason", "said"),
    [
        (
            24, Status.PENDING_ACCEPTANCE, Reason.OWNER_MUST_ACCEPT,
            "within 24 hours, at 29 Feb 2028, 23:30 UTC. To keep it, ask the owner of the endpoint service",
        ),
        (4, Status.REJECTED, Reason.REJECTED_BY_OWNER, "within 4 hours, at 29 Feb 2028, 23:30 UTC."),
        (1, Status.FAILED, Reason.REFUSED_BY_AWS, "within 1 hour, at 29 Feb 2028, 23:30 UTC."),
        (1, Status.FAILED, Reason.SHARE_NOT_FOUND, "To keep it, ask the owner to put the resource"),
        (1, Status.REJECTED, Reason.INVITATION_REJECTED, "To keep it, ask the owner to put the resource"),
        (1, Status.FAILED, Reason.SHARE_GONE, "create a new endpoint with a new share"),
    ],
)  # fmt: skip
def test_a_warning_says_how_long_until_when_and_what_to_do(
    hours: int, status: Status, reason: Reason, said: str
) -> None:
    assert said in texts.event_text(warning(hours, status, reason))


@pytest.mark.django_db
def test_the_timeline_tells_it_and_the_state_says_what_keeps_it(cast: Cast, viewer: Client) -> None:
    now = read_clock().now
    near = make_endpoint(cast.service, Status.FAILED, status_since=now - timedelta(days=6, hours=1))
    make_event(near, EventCode.DEADLINE_NEAR, params=warning(24, Status.FAILED, Reason.FAILED_AT_AWS).params)
    page = viewer.get(page_of(near)).text
    assert "This endpoint will be removed within 24 hours" in page
    assert page.count("have the cause put right and retry") == 2
    far = make_endpoint(cast.service, Status.FAILED, description="far")
    assert "To keep it" not in viewer.get(page_of(far)).text
    ready = make_endpoint(cast.service, description="ready")
    assert "To keep it" not in viewer.get(page_of(ready)).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "since", "grace", "shown"),
    [
        # In Berlin the night of 26 March 2028 lacks an hour: 24 hours end an hour later by the wall.
        ("Europe/Berlin", "2028-03-25T12:00:00Z", 24, "26 Mar 2028, 14:00 CEST"),
        ("Europe/Berlin", "2028-03-25T00:59:59Z", 24, "26 Mar 2028, 01:59 CET"),
        ("Europe/Berlin", "2028-03-25T01:00:00Z", 24, "26 Mar 2028, 03:00 CEST"),
        # The night of 29 October 2028 has the hour after two o'clock twice.
        ("Europe/Berlin", "2028-10-28T00:30:00Z", 24, "29 Oct 2028, 02:30 CEST"),
        ("Europe/Berlin", "2028-10-28T01:30:00Z", 24, "29 Oct 2028, 02:30 CET"),
        ("Europe/Berlin", "2028-10-22T12:00:00Z", 7 * 24, "29 Oct 2028, 13:00 CET"),
        # New York changes on 12 March and 5 November 2028.
        ("America/New_York", "2028-03-11T17:00:00Z", 24, "12 Mar 2028, 13:00 EDT"),
        ("America/New_York", "2028-11-04T05:30:00Z", 24, "5 Nov 2028, 01:30 EDT"),
        ("America/New_York", "2028-11-04T06:30:00Z", 24, "5 Nov 2028, 01:30 EST"),
        ("America/New_York", "2028-11-04T16:00:00Z", 24, "5 Nov 2028, 11:00 EST"),
        # The leap day, by the reader's calendar and not by UTC's.
        ("Europe/Berlin", "2028-02-27T23:30:00Z", 24, "29 Feb 2028, 00:30 CET"),
        ("America/New_York", "2028-02-29T04:30:00Z", 24, "29 Feb 2028, 23:30 EST"),
        ("", "2028-02-22T12:00:00Z", 7 * 24, "29 Feb 2028, 12:00 UTC"),
        ("", "2028-02-28T12:00:00Z", 24, "29 Feb 2028, 12:00 UTC"),
    ],
)
def test_a_deadline_is_so_many_hours_away_whatever_the_clocks_on_the_wall_do(
    cast: Cast, viewer: Client, zone: str, since: str, grace: int, shown: str
) -> None:
    status = {24: Status.REJECTED, 7 * 24: Status.FAILED}[grace]
    entered = datetime.fromisoformat(since)
    endpoint = make_endpoint(cast.service, status, status_since=entered)
    viewer.cookies.load({"django_language": "en", "postern_zone": zone})
    page = viewer.get(page_of(endpoint)).text
    found = re.search(r"<dt>Deadline</dt><dd><time datetime=\"([^\"]+)\">([^<]+)</time>", page)
    assert found is not None
    assert datetime.fromisoformat(found[1]) == entered + grace * HOUR
    assert found[2] == shown
    endpoint.refresh_from_db()
    assert endpoint.deadline_at == entered + grace * HOUR  # what lists sort by, from the database
    assert (
        endpoint.deadline_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") == found[1]
    )


@pytest.mark.django_db
def test_how_long_is_left_counts_hours_and_not_days_of_the_wall(
    cast: Cast, viewer: Client, settings: Any, tmp_path: Path
) -> None:
    since = datetime(2028, 3, 25, 12, tzinfo=UTC)
    endpoint = make_endpoint(cast.service, Status.REJECTED, status_since=since)
    viewer.cookies.load({"django_language": "en", "postern_zone": "Europe/Berlin"})
    settings.CLOCK_FILE = tmp_path / "clock.json"
    standing = clock.ClockControl(datetime.now(UTC), since + timedelta(hours=13, minutes=30), 1e-9)
    clock.write(settings.CLOCK_FILE, standing)
    page = viewer.get(page_of(endpoint)).text
    assert "26 Mar 2028, 14:00 CEST" in page
    assert "(10 h 30 min left)" in page
