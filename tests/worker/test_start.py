"""What `manage.py worker` does before it works: it refuses an old database and installs the schedules."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django_q.models import Schedule

from endpoints.worker import schedules
from endpoints.worker.supervisor import Supervisor

pytestmark = pytest.mark.django_db


def test_a_worker_refuses_to_start_on_unapplied_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(Supervisor, "run", started.append)
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("one", False)])
    with pytest.raises(CommandError, match="unapplied migrations"):
        call_command("worker")
    assert started == []
    assert not Schedule.objects.exists()


def test_schedules_are_exactly_ours_however_often_they_are_installed() -> None:
    Schedule.objects.create(name="sweep", func="somewhere.old", schedule_type=Schedule.HOURLY)
    Schedule.objects.create(name="sweep", func="somewhere.old", schedule_type=Schedule.HOURLY)
    Schedule.objects.create(name="stranger", func="somewhere.else", schedule_type=Schedule.DAILY)
    for _ in range(2):
        schedules.install()
    found = Schedule.objects.order_by("name").values_list("name", "func", "schedule_type")
    assert list(found) == [
        ("audit", "endpoints.tasks.audit", Schedule.MINUTES),
        ("prune", "endpoints.tasks.prune", Schedule.DAILY),
        ("sweep", "endpoints.tasks.sweep", Schedule.MINUTES),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_start_at_once_on_a_new_database_install_each_schedule_once() -> None:
    def install() -> None:
        schedules.install()
        connection.close()

    other = threading.Thread(target=install)
    with transaction.atomic():
        schedules.install()
        other.start()
        other.join(0.5)  # the other waits, or has installed its own by now
    other.join(10)
    assert sorted(Schedule.objects.values_list("name", flat=True)) == ["audit", "prune", "sweep"]
