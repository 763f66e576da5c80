"""Who works on a row now: two columns, on PostgreSQL's real clock, that fence every write-back."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from endpoints.models import Moment, ReadClock, Region, ReversePrivateEndpoint, read_clock
from endpoints.models.endpoint import EndpointQuerySet


class LeaseLost(Exception):
    """Somebody else took the row over; what this worker knows is older than what the row says."""


@dataclass(frozen=True)
class Lease:
    """A held endpoint. `until` is real time; `due_at` (moved) is why it was claimed."""

    endpoint_id: uuid.UUID
    token: uuid.UUID
    until: datetime
    due_at: datetime | None

    @contextmanager
    def fenced(self) -> Iterator[ReversePrivateEndpoint]:
        """Open a transaction on the row, locked, as long as it is still ours. Raises LeaseLost.

        `read_at` tells when it was read.
        """
        with transaction.atomic():
            row = (
                ReversePrivateEndpoint.objects.select_for_update(of=("self",))
                .select_related("service", "region", "turn")
                .filter(pk=self.endpoint_id, lease_token=self.token)
                .annotate(read_at=ReadClock())
                .first()
            )
            if row is None:
                raise LeaseLost
            yield row

    @contextmanager
    def held(self) -> Iterator[None]:
        """Do what `fenced` does, for those who need nothing that the row says. Raises LeaseLost."""
        with transaction.atomic():
            mine = ReversePrivateEndpoint.objects.filter(pk=self.endpoint_id, lease_token=self.token)
            if not list(mine.select_for_update().order_by().values_list("pk")):
                raise LeaseLost
            yield

    def is_valid(self) -> bool:
        """Say whether enough of the lease is left for one AWS call; asked just before each write."""
        budget = timedelta(seconds=settings.AWS_CONNECT_SECONDS + settings.AWS_READ_SECONDS)
        return read_clock().real + budget < self.until

    def release(self, due_at: datetime | None) -> None:
        """Give the row back; it is due again at `due_at` (moved time), None: when something changes.

        Whoever woke the row meanwhile is not overheard: a due time that changed since the claim stays.
        """
        mine = ReversePrivateEndpoint.objects.filter(pk=self.endpoint_id, lease_token=self.token)
        free: dict[str, Any] = {"lease_token": None, "lease_until": None}
        if not mine.filter(due_at=self.due_at).update(**free, due_at=due_at):
            mine.update(**free)


@contextmanager
def all_fenced(leases: Sequence[Lease]) -> Iterator[dict[uuid.UUID, ReversePrivateEndpoint]]:
    """Open one transaction on the rows of many leases, locked; those that are lost are not among them.

    `read_at` tells when they were read.
    """
    tokens = {lease.endpoint_id: lease.token for lease in leases}
    with transaction.atomic():
        rows = (
            ReversePrivateEndpoint.objects.select_for_update(of=("self",))
            .select_related("turn")
            .prefetch_related("service", "region")
            .filter(pk__in=tokens)
            .annotate(read_at=ReadClock())
            .order_by("pk")
        )
        yield {row.pk: row for row in rows if row.lease_token == tokens[row.pk]}


def read_at(row: ReversePrivateEndpoint) -> datetime:
    """Return the real time at which a row was read under its lease: one reading less of the clock."""
    return cast(datetime, row.__dict__["read_at"])


def claim_due(moment: Moment) -> Lease | None:
    """Take the endpoint that has been due longest and that nobody holds; None when none is due.

    Those whose turn has come go first: a token that nobody takes in time is lost for all.
    """
    due = ReversePrivateEndpoint.objects.due(moment.now, moment.real)
    in_turn = _claim_oldest(due.filter(turn__isnull=False), moment) if settings.AWS_RATE_FACTOR else None
    return in_turn or _claim_oldest(due, moment)


_CLAIM = """
UPDATE endpoints_reverseprivateendpoint SET lease_token = %s, lease_until = %s WHERE id = (
    {oldest} FOR UPDATE OF endpoints_reverseprivateendpoint SKIP LOCKED
) RETURNING id, due_at
"""


def _claim_oldest(due: EndpointQuerySet, moment: Moment) -> Lease | None:
    """Take one in one statement: a claim is made for each endpoint that is due."""
    token, until = uuid.uuid4(), moment.real + timedelta(seconds=settings.LEASE_SECONDS)
    oldest, values = due.order_by("due_at").values("pk")[:1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(oldest=oldest), [token, until, *values])
        found = cursor.fetchone()
    return Lease(found[0], token, until, found[1]) if found else None


def claim_region(name: str, moment: Moment) -> uuid.UUID | None:
    """Become the one observer of a region for a page's time; None when another is."""
    token = uuid.uuid4()
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=moment.real)
    taken = Region.objects.filter(free, pk=name).update(
        lease_token=token, lease_until=moment.real + _page_time()
    )
    return token if taken else None


def renew_region(name: str, token: uuid.UUID) -> None:
    """Stay the observer for another page's time. Raises LeaseLost when another took over."""
    until = read_clock().real + _page_time()
    if not Region.objects.filter(pk=name, lease_token=token).update(lease_until=until):
        raise LeaseLost


def _page_time() -> timedelta:
    # Identity and one page, each tried twice. Short: a killed observer blinds its whole region meanwhile.
    calls = 4 * (settings.AWS_CONNECT_SECONDS + settings.AWS_READ_SECONDS)
    return timedelta(seconds=min(calls + 5, settings.LEASE_SECONDS))
