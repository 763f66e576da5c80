"""A create that is sent again because its answer was lost makes no second endpoint.

Clients repeat a POST after a 5xx or a dropped connection, without an idempotency key (cloud-api.md §2). The
same request by the same key on the same service within two minutes is therefore answered with the row that
the first one made, as long as nobody asked for its removal. Two like endpoints on purpose differ in their
description, or are asked for more than two minutes apart.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from endpoints import clock, intents
from endpoints.models import Actor, ApiKey, ReversePrivateEndpoint, Service, read_clock

WINDOW = timedelta(minutes=2)  # real time; both clients give up after about one minute


@transaction.atomic
def request_once(*, service: Service, wanted: intents.Wanted, by: ApiKey) -> ReversePrivateEndpoint:
    """Ask for an endpoint, or return the one that this request asked for already.

    Raises what `intents.request_endpoint` raises.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"create/{by.pk}/{service.pk}"]
        )
    earlier = _earlier(service, wanted, by)
    return earlier or intents.request_endpoint(service=service, wanted=wanted, by=by)


def _earlier(service: Service, wanted: intents.Wanted, by: ApiKey) -> ReversePrivateEndpoint | None:
    alike = ReversePrivateEndpoint.objects.live().filter(
        service=service,
        type=wanted.spec.type,
        parameters=wanted.spec.parameters(),
        description=wanted.description,
        created_by__isnull=True,
        created_by_name=Actor.of(by).name,
        removal_requested_at__isnull=True,
        created_at__gte=_window_start(),
    )
    return alike.select_related("region").first()


def _window_start() -> datetime:
    """Return the start of the window on the moved clock, which is what rows carry."""
    return clock.read(settings.CLOCK_FILE).moved(read_clock().real - WINDOW)
