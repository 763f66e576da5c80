"""What the database derives of an endpoint's row by itself, for lists that filter and sort by it."""

from typing import Any

from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest

from endpoints.domain.status import FACTS, Status


class After(models.Func):
    """A moment and so many seconds more, in a form that PostgreSQL may store: no time zone's rules in it."""

    template = "(%(expressions)s AT TIME ZONE 'UTC' + interval '%(seconds)s seconds') AT TIME ZONE 'UTC'"
    output_field = models.DateTimeField()

    def __init__(self, moment: Any, seconds: int, **extra: Any) -> None:
        super().__init__(moment, seconds=seconds, **extra)


_REMOVED = "Removed"

SHOWN = Case(
    When(removed_at__isnull=False, then=Value(_REMOVED)),
    When(removal_requested_at__isnull=False, then=Value(Status.DELETING.value)),
    When(observed_generation__lt=F("generation"), then=Value(Status.PROVISIONING.value)),
    default=F("status"),
)

DEADLINE = Case(
    When(removal_requested_at__isnull=False, then=Value(None)),
    *(
        When(status=status.value, then=After(F("status_since"), int(facts.grace.total_seconds())))
        for status, facts in FACTS.items()
        if facts.grace is not None
    ),
    default=Value(None),
    output_field=models.DateTimeField(),
)

SINCE = Case(
    When(removal_requested_at__isnull=False, then=Greatest(F("removal_requested_at"), F("created_at"))),
    default=F("status_since"),
    output_field=models.DateTimeField(),
)
"""Since when `shown` holds."""
