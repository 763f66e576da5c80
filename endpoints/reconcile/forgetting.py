"""Forgetting together: rows whose objects were seen gone become tombstones, many in one transaction.

The rule is `next_step`'s, asked for each row, and so are the changes and lines `settle`'s. What needs more
than that is left to the ordinary way: rows that decide otherwise, wait for a turn, or shall be replaced.
"""

import logging
import time
import uuid

from django.db import transaction
from django.db.models import Q

from endpoints import claims
from endpoints.domain.status import Status
from endpoints.domain.steps import Step
from endpoints.domain.timing import ABSENT_LISTINGS
from endpoints.models import Attempt, Event, Moment, ReversePrivateEndpoint, read_clock
from endpoints.reconcile.replacing import awaited
from endpoints.reconcile.settle import mark_gone, mark_removed
from endpoints.reconcile.situation import decide, open_attempt, read_attempts
from endpoints.reconcile.together import update_together

log = logging.getLogger(__name__)

FORGET_EVERY = 25
"""After how many rows that were taken one by one it is looked again for such as go together."""

_MOST = 50
_ATTEMPT = ("gone_at", "in_doubt")
_ROW = (
    "changed_outside",
    "removal_trouble",
    "removed_at",
    "raw_error",
    "due_at",
    "lease_token",
    "lease_until",
)


def forget_due(stop_at: float) -> int:
    """Forget due rows until none is left or a monotonic time has come; return how many were forgotten."""
    left: set[uuid.UUID] = set()
    forgotten = 0
    while True:
        try:
            found, gone = _forget(left, read_clock())
        except Exception:
            # A poisonous one must not stop the others: they go the ordinary way, one by one.
            log.exception("Endpoints could not be forgotten together.")
            return forgotten
        forgotten += gone
        if found < _MOST or time.monotonic() >= stop_at:
            return forgotten


@transaction.atomic
def _forget(left: set[uuid.UUID], moment: Moment) -> tuple[int, int]:
    """Forget up to so many; return how many were found and forgotten. Those not forgotten join `left`.

    Nothing leaves the transaction, so the locks do for a lease; one that has run out is taken back.
    """
    rows = _due(left, moment)
    if not rows:
        return 0, 0
    read_attempts(rows)
    # Locked: nobody asks for another replacement meanwhile.
    replaced = awaited([row.pk for row in rows])
    attempts: list[Attempt] = []
    gone: list[ReversePrivateEndpoint] = []
    lines: list[Event] = []
    for row in rows:
        attempt = open_attempt(row)
        if row.pk in replaced or attempt is None or decide(row, attempt, moment).step is not Step.CLOSE:
            left.add(row.pk)
            continue
        told = mark_gone(row, attempt, moment)
        if decide(row, open_attempt(row), moment).step is not Step.FORGET:
            left.add(row.pk)
            continue
        lines += told + mark_removed(row, moment)
        row.due_at = row.lease_token = row.lease_until = None
        attempts.append(attempt)
        gone.append(row)
    claims.release_all([row.pk for row in gone])
    update_together(attempts, _ATTEMPT)
    update_together(gone, _ROW)
    Event.objects.bulk_create(lines)
    return len(rows), len(gone)


def _due(left: set[uuid.UUID], moment: Moment) -> list[ReversePrivateEndpoint]:
    """Lock rows that look as if they may be forgotten; `next_step` says whether they may."""
    rows = (
        ReversePrivateEndpoint.objects.due(moment.now, moment.real)
        .filter(
            Q(attempts__state="deleted") | Q(attempts__absent_listings__gte=ABSENT_LISTINGS),
            attempts__gone_at__isnull=True,
            removal_requested_at__isnull=False,
            status=Status.DELETING,
            turn__isnull=True,
        )
        .exclude(pk__in=left)
        .prefetch_related("region")
        .order_by("due_at")
        .select_for_update(skip_locked=True, of=("self",))
    )
    return list(rows[:_MOST])
