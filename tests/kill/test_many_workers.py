"""Several workers on one PostgreSQL: one leads, another follows it, and nothing is done twice."""

import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django_q.models import Schedule, Task

from endpoints.lines import LEADER_LOCK
from endpoints.models import ReversePrivateEndpoint, read_clock
from endpoints.worker.pulse import SILENT_SECONDS
from tests.kill.conftest import Furnish
from tests.kill.house import SHORT, House, Worker, since
from tests.kill.targets import assert_one_object_each

pytestmark = pytest.mark.kill
Tell = Callable[[object], None]

FOLLOWED_WITHIN = 6.0  # seconds after the leader was killed
MANY = 18

_LEADERS = """
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) + objid::bigint = %s
AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def leader(house: House) -> Worker | None:
    """Return the worker that leads, as PostgreSQL tells it; None while there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_LEADERS, [LEADER_LOCK])
        pids = [int(name.split()[-1]) for (name,) in cursor.fetchall()]
    assert len(pids) <= 1, pids
    return next((worker for worker in house.workers if worker.pid in pids), None)


def test_three_workers_do_nothing_twice_and_one_leads(furnished: Furnish, tell: Tell) -> None:
    house = furnished({**SHORT, "AWS_RATE_FACTOR": "0"})
    for worker in [house.start_worker() for _ in range(3)]:
        worker.crew()
    began = time.monotonic()
    rows = [house.ask() for _ in range(MANY)]
    house.wait(lambda: all(house.ready(row) for row in rows), 60, "Ready")
    house.box.advance(house.grace)
    for row in rows:
        house.remove(row)
    house.wait(lambda: not ReversePrivateEndpoint.objects.live().exists(), 60, "the removal")
    tell(f"{MANY} endpoints with three workers are Ready and gone after {since(began):.1f} s")
    assert_one_object_each(house.box, *rows)
    _assert_one_after_the_other(house, rows)
    _see_another_lead(house, tell)


def _see_another_lead(house: House, tell: Tell) -> None:
    """Kill the leader: another leads soon, and work goes on."""
    first = house.wait(lambda: leader(house), 10, "a leader")
    assert first is not None
    first.kill()
    house.workers.remove(first)
    began = time.monotonic()
    second = house.wait(lambda: leader(house), FOLLOWED_WITHIN, "the next leader")
    tell(f"another leads {since(began):.1f} s after the leader was killed")
    assert second in house.workers
    row = house.ask()
    house.wait(lambda: house.ready(row), 30, "Ready")


def _assert_one_after_the_other(house: House, rows: list[ReversePrivateEndpoint]) -> None:
    """No two calls for one endpoint were under way at the same time; each was found and created once."""
    for row in rows:
        calls = house.box.calls(mentions=str(row.pk))
        assert [call["operation"] for call in calls].count("CreateVpcEndpoint") == 1
        for earlier, later in pairwise(calls):
            ended = datetime.fromisoformat(earlier["at"]) + timedelta(milliseconds=earlier["duration_ms"])
            assert ended <= datetime.fromisoformat(later["at"]), (earlier, later)


@pytest.mark.full
def test_another_worker_leads_when_the_leader_is_frozen(house: House, tell: Tell) -> None:
    for worker in (house.start_worker(), house.start_worker()):
        worker.crew()
    frozen = house.wait(lambda: leader(house), 10, "a leader")
    assert frozen is not None
    frozen.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    house.wait(
        lambda: leader(house) not in (None, frozen), SILENT_SECONDS + FOLLOWED_WITHIN, "the next leader"
    )
    tell(f"another leads {since(began):.1f} s after the leader was frozen")
    frozen.process.send_signal(signal.SIGCONT)
    row = house.ask()
    house.wait(lambda: house.ready(row), 30, "Ready")
    now = leader(house)
    assert now is not None
    assert now is not frozen, "who was frozen leads beside the other, or took the lead away"


@pytest.mark.full
def test_each_schedule_runs_once_each_time_that_it_is_due(house: House, tell: Tell) -> None:
    workers = [house.start_worker() for _ in range(3)]
    for worker in workers:
        worker.crew()
    Schedule.objects.filter(name="prune").update(next_run=read_clock().real)
    time.sleep(155)  # each cluster looks every 30 s
    sweeps = Task.objects.filter(func="endpoints.tasks.sweep").order_by("started")
    started = [task.started for task in sweeps]
    tell(f"sweeps at {[f'{at:%H:%M:%S}' for at in started]}")
    assert 2 <= len(started) <= 3
    # A cluster looks every 30 s, so that one due time is up to half a minute late and the next is not.
    assert all(later - earlier > timedelta(seconds=25) for earlier, later in pairwise(started))
    assert Task.objects.filter(func="endpoints.tasks.prune").count() == 1
