"""A create that is sent again because its answer was lost makes no second endpoint.

Clients repeat a POST after a 5xx or a dropped connection, without an idempotency key, for a little more than
a minute (cloud-api.md §2). The same bytes by the same key to the same service within 75 seconds are therefore
answered with the row that the first of them made, as long as it is live and nobody asked for its removal, and
whatever else has changed meanwhile. Anything else is a new request: two like endpoints on purpose differ in a
byte, or are asked for further apart.
"""

from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from endpoints import clock
from endpoints.models import ApiKey, ClickPipe, ReversePrivateEndpoint, Service, read_clock

WINDOW = timedelta(seconds=75)  # real time


def digest_of(key: ApiKey, body: bytes) -> str:
    """Return what tells that a request is the same: who sent it, and its bytes.

    Keyed: a ClickPipe's body has passwords, all else of it is kept, and a plain digest could be tried out.
    """
    told = b"%s\n%s" % (key.key_id.encode(), body)
    return salted_hmac("endpoints.api.retries", told, algorithm="sha256").hexdigest()


R = TypeVar("R", ReversePrivateEndpoint, ClickPipe)


def made_before(service: Service, rows: QuerySet[R], digest: str) -> R | None:
    """Return which of these rows the same request made; others like it wait for the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"create/{service.pk}/{digest}"]
        )
    return rows.filter(request_digest=digest, created_at__gte=_window_start()).first()


def _window_start() -> datetime:
    """Return the start of the window on the moved clock, which is what rows carry."""
    return clock.read(settings.CLOCK_FILE).moved(read_clock().real - WINDOW)
