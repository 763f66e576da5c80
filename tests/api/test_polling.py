"""GET of one endpoint, which clients poll: it tells what the list tells, by one query beside the key's."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from endpoints.models import Organization, Region, Service, read_clock
from tests.api.conftest import Caller, CallerFor, make_service
from tests.bench.crowd import make_crowd
from tests.people import make_endpoint


def asked(caller: Caller, path: str = "") -> object:
    """Call, expect 200, and return the result."""
    answer = caller.call("GET", path)
    assert answer.status_code == 200, answer.json()
    return answer.json()["result"]


@pytest.mark.parametrize("is_limited", [False, True])
def test_it_tells_what_the_list_tells(service: Service, caller_for: CallerFor, is_limited: bool) -> None:
    crowd = make_crowd(service.organization, "crowd", 40)
    caller = caller_for(crowd, "viewer", only=crowd if is_limited else None)
    listed = asked(caller)
    assert isinstance(listed, list)
    assert len(listed) == 40
    for one in listed:
        assert asked(caller, f"/{one['id']}") == one
    now = read_clock().now
    old = now - timedelta(days=1)
    Region.objects.update(listed_at=old, failing_since=old, connections_failing_since=old)
    Region.objects.update(connections_listed_at=old)
    later = asked(caller)
    assert isinstance(later, list)
    assert {one["status"] for one in later} > {"Unknown"}
    assert [asked(caller, f"/{one['id']}") for one in later] == later
    assert sum(one["status"] == "Unknown" for one in later) > sum(
        one["status"] == "Unknown" for one in listed
    )


def test_it_asks_once_beside_the_keys_own_query(service: Service, caller_for: CallerFor) -> None:
    caller = caller_for(service, "viewer")
    endpoint = make_endpoint(service)
    asked(caller, f"/{endpoint.pk}")
    with CaptureQueriesContext(connection) as queries:
        asked(caller, f"/{endpoint.pk}")
    assert len(queries) == 2


def test_it_is_not_found_by_who_may_not_see_it(service: Service, caller_for: CallerFor) -> None:
    beside = make_service("beside", Organization.objects.get())
    stranger = make_service("stranger")
    endpoint = make_endpoint(service)
    path = f"/{endpoint.pk}"
    asked(caller_for(service, only=service), path)
    for caller, what in (
        (caller_for(service, only=beside), service.pk),
        (caller_for(service, of=stranger), service.pk),
        (caller_for(service, of=stranger, only=service), service.pk),  # such a row says nothing
        (caller_for(beside), endpoint.pk),
    ):
        assert caller.error("GET", path, status=404) == f"NOT_FOUND: {what}"
    unknown = uuid.uuid4()
    assert caller_for(service).error("GET", f"/{unknown}", status=404) == f"NOT_FOUND: {unknown}"
    assert "Invalid" in caller_for(service).error("GET", "/nonsense", status=400)
