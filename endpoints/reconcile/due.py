"""What is due now, and when the next thing is: the pulse enqueues it, the watchdog sees that it is done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db.models import F, Func, Q, QuerySet

from endpoints import clock
from endpoints.models import Moment, MovedClock, Network, ReadClock, Region, ReversePrivateEndpoint


@dataclass(frozen=True)
class Look:
    """What is due: `endpoints` counted up to a bound; something else is in `next_in` real seconds, or never.

    What somebody holds now counts for neither: whoever gives it back wakes the pulse.
    """

    moment: Moment
    regions: Sequence[str] = field(default=())
    endpoints: int = 0
    next_in: float | None = None
    granted: bool = False

    @property
    def is_work_due(self) -> bool:
        """Whether anything is due."""
        return bool(self.regions or self.endpoints)


def look(line: psycopg.Connection, most: int, lock: int | None) -> Look:
    """Read clock, due regions, due endpoints (up to `most`) and the next due time, in one statement.

    With `lock`, try to get that advisory lock by the same statement (`granted`). Raises psycopg.Error.
    """
    now, real = MovedClock(), ReadClock()
    endpoints = ReversePrivateEndpoint.objects.due(now, real).values("pk")[:most]
    next_endpoint = ReversePrivateEndpoint.objects.free(real).filter(due_at__gt=now).order_by("due_at")
    next_region = _free_regions(real).filter(observe_due_at__gt=now).order_by("observe_due_at")
    parts = [
        _sql("ARRAY({})", _due_regions(now, real)),
        _sql("(SELECT count(*) FROM ({}) due)", endpoints),
        _sql("(SELECT due_at FROM ({}) due)", next_endpoint.values("due_at")[:1]),
        _sql("(SELECT observe_due_at FROM ({}) due)", next_region.values("observe_due_at")[:1]),
        ("false", ()) if lock is None else ("pg_try_advisory_lock(%s)", (lock,)),
    ]
    sql = ", ".join(["SELECT statement_timestamp()", *(part for part, _ in parts)])
    row = line.execute(sql, [value for _, values in parts for value in values]).fetchone()
    assert row is not None
    read, regions, count, next_endpoint_at, next_region_at, granted = row
    moment = Moment.of(read.astimezone(UTC))
    coming = [at for at in (next_endpoint_at, next_region_at) if at is not None]
    return Look(moment, regions, count, _seconds_to(min(coming), moment) if coming else None, granted)


def due_endpoints(moment: Moment, most: int) -> int:
    """Return how many endpoints are due and held by nobody; counted up to `most`."""
    return ReversePrivateEndpoint.objects.due(moment.now, moment.real)[:most].count()


def due_regions(moment: Moment) -> list[str]:
    """Return the regions that should be listed now and that nobody is listing."""
    return list(_due_regions(moment.now, moment.real))


def _due_regions(now: datetime | Func, real: datetime | Func) -> QuerySet[Region, str]:
    time_is_up = Q(observe_due_at__isnull=True) | Q(observe_due_at__lte=now)
    # A clock that was set back must not make a region wait for years.
    set_back = Q(listed_at__gt=now)
    due = _free_regions(real).filter(time_is_up | set_back)
    return due.order_by(F("observe_due_at").asc(nulls_first=True)).values_list("pk", flat=True)


def _free_regions(real: datetime | Func) -> QuerySet[Region]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=real)
    return Region.objects.filter(free, pk__in=Network.objects.values("region"))


def _sql(frame: str, query: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """Return SQL and parameters of a query within a frame."""
    sql, values = query.query.sql_with_params()
    return frame.format(sql), values


def _seconds_to(at: datetime, moment: Moment) -> float:
    """Return the real seconds until a moved time."""
    return (at - moment.now).total_seconds() / clock.read(settings.CLOCK_FILE).scale
