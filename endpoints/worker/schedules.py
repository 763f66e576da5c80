"""django-q2's schedules, installed by code: the safety net below the pulse, and housekeeping."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django_q.models import Schedule

_SCHEDULES: dict[str, dict[str, Any]] = {
    "sweep": {"func": "endpoints.tasks.sweep", "schedule_type": Schedule.MINUTES, "minutes": 1},
    # Each region is matched once a day; what may have been on its way is looked at a second time sooner.
    "audit": {"func": "endpoints.tasks.audit", "schedule_type": Schedule.MINUTES, "minutes": 5},
    "prune": {"func": "endpoints.tasks.prune", "schedule_type": Schedule.DAILY},
}
_KEPT = {"kwargs": repr({"q_options": {"save": True}})}  # a record each time: how the net is seen to hold
_INSTALLING = 0x7363686564756C  # "schedul"
_CLOCKS_MAY_DIFFER = timedelta(seconds=30)


@transaction.atomic
def install() -> None:
    """Make the schedules be exactly these; their names are not unique in the database, so strangers go."""
    # Serialises workers that start at once: on a new database, where no row can be locked yet, both would
    # find nothing and insert the same name.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_INSTALLING])
    Schedule.objects.exclude(name__in=_SCHEDULES).delete()
    for name, fields in _SCHEDULES.items():
        kept, *doubles = Schedule.objects.filter(name=name).order_by("pk") or [Schedule(name=name)]
        for double in doubles:
            double.delete()
        for field, value in (fields | _KEPT).items():
            setattr(kept, field, value)
        kept.save()


def bring_back() -> None:
    """Make due what lies further ahead than its period: a host whose clock is wrong has planned it."""
    for name, fields in _SCHEDULES.items():
        every = timedelta(minutes=fields["minutes"]) if "minutes" in fields else timedelta(days=1)
        ahead = Schedule.objects.filter(name=name, next_run__gt=Now() + every + _CLOCKS_MAY_DIFFER)
        ahead.update(next_run=Now())
