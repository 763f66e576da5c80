"""django-q2's schedules, installed by code: the safety net below the pulse, and housekeeping."""

from django.db import transaction
from django_q.models import Schedule

_SCHEDULES = {
    "sweep": {"func": "endpoints.tasks.sweep", "schedule_type": Schedule.MINUTES, "minutes": 1},
    "prune": {"func": "endpoints.tasks.prune", "schedule_type": Schedule.DAILY},
}


@transaction.atomic
def install() -> None:
    """Make the schedules be exactly these; their names are not unique in the database, so strangers go."""
    # Serialises workers that start at once: both would find nothing and insert the same name.
    list(Schedule.objects.select_for_update().values_list("pk", flat=True))
    Schedule.objects.exclude(name__in=_SCHEDULES).delete()
    for name, fields in _SCHEDULES.items():
        kept, *doubles = Schedule.objects.filter(name=name).order_by("pk") or [Schedule(name=name)]
        for double in doubles:
            double.delete()
        for field, value in fields.items():
            setattr(kept, field, value)
        kept.save()
