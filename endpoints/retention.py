"""How long things are kept, and what goes when it is older.

Events, tombstones with all that hangs on them and ended orphans by the moved clock; audit entries, records
of tasks, full allowances and sessions that are over by the real one. In short transactions, each of which
may be the last. What an endpoint used up for ever stays so: its claim is not part of the tombstone.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django_q.models import Task

from endpoints import audit, claims, sessions
from endpoints.domain.actions import Action
from endpoints.models import (
    Actor,
    Allowance,
    Attempt,
    AuditEntry,
    ClickPipe,
    Event,
    HandOff,
    Orphan,
    Replacement,
    ReversePrivateEndpoint,
    read_clock,
)
from endpoints.models.access import POSTERN

TOMBSTONES = 50  # in one transaction, with all that hangs on them
LINES = 2000  # of anything else in one transaction


def prune(stop_at: float, by: Actor = POSTERN) -> dict[str, int]:
    """Delete what is older than it is kept for, until monotonic `stop_at`; return how many of what.

    `left` is 1 when there was no time for all. `by` is who did it, for the audit.
    """
    moment = read_clock()
    now, real = moment.now, moment.real
    events_before = now - timedelta(days=settings.EVENT_DAYS)
    rows_before = now - timedelta(days=settings.TOMBSTONE_DAYS)
    audit_before = real - timedelta(days=settings.AUDIT_DAYS)
    records_before = real - timedelta(days=settings.TASK_RECORD_DAYS)
    steps: dict[str, Callable[[], int]] = {
        "task_records": lambda: _old_records(records_before),
        "events": lambda: _old_events(events_before),
        "tombstones": lambda: _old_tombstones(rows_before),
        "orphans": lambda: _old_orphans(rows_before),
        "audit_entries": lambda: _old_entries(audit_before, by),
        "allowances": _full_allowances,
        "sessions": sessions.forget_expired,
    }
    done = dict.fromkeys((*steps, "left"), 0)
    for name, step in steps.items():
        while True:
            if time.monotonic() >= stop_at:
                return done | {"left": 1}
            deleted = step()
            done[name] += deleted
            if not deleted:
                break
    return done


def _lock_old(before: datetime) -> list[uuid.UUID]:
    """Return, and lock, some tombstones that nothing keeps: no open attempt, no orphan, no replacement."""
    opened = Attempt.objects.filter(endpoint=OuterRef("pk"), gone_at__isnull=True)
    replacing = Replacement.objects.filter(
        Q(old=OuterRef("pk")) | Q(new=OuterRef("pk")), finished_at__isnull=True
    )
    rows = (
        ReversePrivateEndpoint.objects.tombstones()
        .filter(~Exists(opened), ~Exists(replacing), removed_at__lt=before)
        .exclude(pk__in=_named_by_orphans())
        .select_for_update(of=("self",), skip_locked=True)
    )
    return list(rows.order_by("removed_at").values_list("pk", flat=True)[:TOMBSTONES])


def _named_by_orphans() -> list[uuid.UUID]:
    """Return whom the tags of objects in AWS still name: a listing may give them back to their rows."""
    named = []
    for text in Orphan.objects.filter(ended_at__isnull=True).values_list("endpoint_id", flat=True):
        try:
            named.append(uuid.UUID(text))
        except ValueError:
            continue
    return named


@transaction.atomic
def _old_tombstones(before: datetime) -> int:
    keys = _lock_old(before)
    for row in ReversePrivateEndpoint.objects.filter(pk__in=keys):
        claims.release(row)
    Event.objects.filter(endpoint__in=keys).delete()
    Attempt.objects.filter(endpoint__in=keys).delete()
    HandOff.objects.filter(endpoint__in=keys).delete()
    Replacement.objects.filter(Q(old__in=keys) | Q(new__in=keys)).delete()
    # A ClickPipe may live on that named it by id.
    ClickPipe.endpoints.through.objects.filter(reverseprivateendpoint__in=keys).delete()
    ReversePrivateEndpoint.objects.filter(pk__in=keys).delete()
    return len(keys)


@transaction.atomic
def _old_entries(before: datetime, by: Actor) -> int:
    """Delete some old audit entries, and say so in one of its own: the trigger lets nothing else go."""
    rows = AuditEntry.objects.filter(at__lt=before).select_for_update(skip_locked=True)
    old = list(rows.order_by("at", "id").values_list("pk", "at")[:LINES])
    if not old:
        return 0
    going = {"before": before, "count": len(old), "oldest": old[0][1], "newest": old[-1][1]}
    audit.record(Action.AUDIT_PRUNED, by=by, after=going)
    return AuditEntry.objects.filter(pk__in=[key for key, _ in old]).delete()[0]


@transaction.atomic
def _old_records(before: datetime) -> int:
    keys = list(Task.objects.filter(stopped__lt=before).values_list("pk", flat=True)[:LINES])
    deleted: int = Task.objects.filter(pk__in=keys).delete()[0]
    return deleted


@transaction.atomic
def _old_events(before: datetime) -> int:
    keys = Event.objects.filter(at__lt=before).order_by("pk").values_list("pk", flat=True)[:LINES]
    return Event.objects.filter(pk__in=list(keys)).delete()[0]


@transaction.atomic
def _old_orphans(before: datetime) -> int:
    keys = Orphan.objects.filter(ended_at__lt=before).order_by("pk").values_list("pk", flat=True)[:LINES]
    return Orphan.objects.filter(pk__in=list(keys)).delete()[0]


@transaction.atomic
def _full_allowances() -> int:
    """Forget buckets that are full again, on real time: a new one is as full."""
    full = Allowance.objects.filter(full_at__lt=Now() - timedelta(hours=1)).order_by("pk")
    keys = list(full.select_for_update(skip_locked=True).values_list("pk", flat=True)[:LINES])
    return Allowance.objects.filter(pk__in=keys).delete()[0]
