"""Waiting for a status, so that a pipeline fails when an endpoint is not usable.

A wait holds a thread of its web server, and between two looks no connection to PostgreSQL. So that waits
cannot take all threads, each process has places for API_WAITS of them, half of which one key may hold; who
finds none gets a 429. Whose client has gone (a cancelled job) gives its place back at its next look.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query

from endpoints.api.beyond import reason_of
from endpoints.api.envelope import Problem
from endpoints.api.keys import key_of
from endpoints.api.peer import has_gone
from endpoints.api.places import endpoint_of, service_of
from endpoints.api.private_endpoints import ONE
from endpoints.api.shapes import EndpointShape
from endpoints.domain.status import Status
from endpoints.models import ApiKey, ReversePrivateEndpoint, read_clock

router = Router(tags=["Reverse private endpoints, beyond the Cloud's API"])

LONGEST = 300  # seconds
EVERY = 2.0  # seconds between two looks
COME_AGAIN = 5  # seconds after which a place may be free

_ENDED = (Status.FAILED, Status.REJECTED, Status.EXPIRED, Status.DELETING)
_STATUS: Any = Query(Status.READY, description="The status to wait for.")
_TIMEOUT: Any = Query(60, ge=0, le=LONGEST, description="For how many seconds to wait; 0 looks once.")

_now, _sleep = time.monotonic, time.sleep
_lock = threading.Lock()
_waiting: Counter[int] = Counter()  # by key


@router.get(ONE + "/wait", response=EndpointShape)
def wait_for_status(
    request: HttpRequest,
    organization_id: str,
    service_id: str,
    endpoint_id: str,
    status: Status = _STATUS,
    timeout: int = _TIMEOUT,
) -> EndpointShape:
    """Answer once an endpoint has a status; 409 with the reason once it cannot any more, 408 at last."""
    until = _now() + timeout
    endpoint_of(service_of(request, organization_id, service_id), endpoint_id)  # a tombstone is a 404

    def look() -> EndpointShape | None:
        service = service_of(request, organization_id, service_id)
        rows = service.endpoints.with_details().select_related("region", "service")
        endpoint = rows.filter(pk=endpoint_id).first()
        if endpoint is None:
            raise Problem(404, endpoint_id)
        return _judge(endpoint, status, read_clock().now, is_last=_now() >= until)

    found = look()
    if found is not None:
        return found
    with _place(key_of(request)):
        while found is None:
            _rest(min(EVERY, until - _now()))
            if has_gone(request):
                raise Problem(408, "Nobody waits for this answer any more.")
            _check(key_of(request))
            found = look()
    return found


def _judge(
    endpoint: ReversePrivateEndpoint, wanted: Status, now: datetime, *, is_last: bool
) -> EndpointShape | None:
    """Return the answer, None while there is none. Raises Problem(409) or Problem(408)."""
    status = Status.DELETING if endpoint.is_removed else endpoint.shown_status(now)
    if status is wanted and not endpoint.is_removed:
        return EndpointShape.of(endpoint, now)
    said = reason_of(endpoint, now)
    detail = f"{said.text} {said.nextStep}".strip()
    if endpoint.is_removed or status in _ENDED:
        word = "removed" if endpoint.is_removed else status.value
        raise Problem(409, f"The endpoint is {word} and will not be {wanted.value}: {detail}")
    if is_last:
        raise Problem(408, f"The endpoint is still {status.value}: {detail}")
    return None


def _check(key: ApiKey) -> None:
    """Raise Problem(401) for a key that has ended meanwhile."""
    found = ApiKey.objects.select_related("created_by").filter(pk=key.pk).first()
    if found is None or not found.is_in_use(read_clock().real):
        raise Problem(401, "This key is not in use any more.")


@contextmanager
def _place(key: ApiKey) -> Iterator[None]:
    """Take one of the places of this process for a key. Raises Problem(429)."""
    with _lock:
        refused = _why_none(_waiting[key.pk], _waiting.total())
        if refused:
            detail = f"{refused} Try again in {COME_AGAIN} s."
            raise Problem(429, detail, X_RateLimit_Reset=str(COME_AGAIN), Retry_After=str(COME_AGAIN))
        _waiting[key.pk] += 1
    try:
        yield
    finally:
        with _lock:
            _waiting[key.pk] -= 1
            if not _waiting[key.pk]:
                del _waiting[key.pk]


def _why_none(own: int, all_of_them: int) -> str:
    """Say why a key that waits so often already gets no place; "" where it gets one."""
    places: int = settings.API_WAITS
    if not places:
        return "No call waits in this installation: it only says whether the status is there."
    if own >= max(places // 2, 1):
        return f"This key waits in {own} calls here already, and others need room as well."
    if all_of_them >= places:
        return f"{all_of_them} others are waiting here already."
    return ""


def _rest(seconds: float) -> None:
    if not connection.in_atomic_block:
        connection.close()
    _sleep(max(seconds, 0.01))
