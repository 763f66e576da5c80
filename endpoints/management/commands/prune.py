"""`manage.py prune`: delete now what is older than it is kept for; the workers do the same each day."""

import math
from typing import Any

from django.core.management.base import BaseCommand

from endpoints import retention
from endpoints.models import Actor

_WORDS = {
    "task_records": "records of background tasks",
    "events": "lines of timelines",
    "tombstones": "removed endpoints",
    "orphans": "orphans that ended",
    "audit_entries": "audit entries",
    "allowances": "allowances that are full again",
    "sessions": "sessions that are over",
}


class Command(BaseCommand):
    """Says what went, one kind a line. Nothing is deleted that a setting still keeps."""

    help = (
        "Delete timelines, removed endpoints, audit entries and records that are older than EVENT_DAYS,"
        " TOMBSTONE_DAYS, AUDIT_DAYS and TASK_RECORD_DAYS say, and sessions"
        " that are over. The audit keeps that entries were deleted."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete until nothing is left, and say how many of what."""
        done = retention.prune(math.inf, Actor.command("prune"))
        for name, words in _WORDS.items():
            self.stdout.write(f"{done[name]} {words}")
