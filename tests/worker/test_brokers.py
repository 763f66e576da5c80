"""PostgreSQL's queue: each task is taken once, at once, and whatever the hosts' clocks say."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q import scheduler
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule

from endpoints import brokers
from endpoints.brokers import Postgres
from endpoints.models import read_clock
from endpoints.worker import schedules

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair() -> Iterator[tuple[Postgres, Postgres]]:
    """The brokers of two hosts."""
    pair = (Postgres(), Postgres())
    yield pair
    for broker in pair:
        broker._close()


def _wrong_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    right: Callable[[], datetime] = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + by)


def test_it_is_what_django_q2_uses() -> None:
    assert isinstance(get_broker(), Postgres)


def test_each_task_is_taken_once_and_hidden_until_the_retry_time(pair: tuple[Postgres, Postgres]) -> None:
    one, other = pair
    number = one.enqueue("task")
    assert one.queue_size() == 1
    assert one.dequeue() == [(number, "task")]
    assert not other.dequeue()
    assert (one.queue_size(), one.lock_size(), one.undone()) == (0, 1, 1)
    hidden_until = OrmQ.objects.get().lock
    assert abs(hidden_until - read_clock().real - timedelta(seconds=Conf.RETRY)) < timedelta(seconds=5)
    OrmQ.objects.update(lock=read_clock().real)  # whoever took it died
    other._look_at = 0.0
    assert other.dequeue() == [(number, "task")]
    other.acknowledge(number)
    assert (one.queue_size(), one.lock_size(), one.undone()) == (0, 0, 0)


def test_tasks_come_in_their_order(pair: tuple[Postgres, Postgres]) -> None:
    numbers = [pair[0].enqueue(f"task {n}") for n in range(4)]
    assert [pair[n % 2].dequeue() for n in range(4)] == [[(n, f"task {i}")] for i, n in enumerate(numbers)]


def test_a_task_that_somebody_is_taking_is_left_to_them(pair: tuple[Postgres, Postgres]) -> None:
    first, second = (pair[0].enqueue(name) for name in ("first", "second"))
    with transaction.atomic():
        OrmQ.objects.select_for_update().get(pk=first)
        assert pair[1].dequeue() == [(second, "second")]


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(hours=-1)])
def test_the_clock_of_a_host_is_of_no_account(
    pair: tuple[Postgres, Postgres], monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    right, wrong = pair
    _wrong_clock(monkeypatch, by)
    number = wrong.enqueue("task")
    monkeypatch.undo()
    assert right.queue_size() == 1
    assert right.dequeue() == [(number, "task")]
    _wrong_clock(monkeypatch, by)
    assert not wrong.dequeue()
    assert (wrong.queue_size(), wrong.lock_size()) == (0, 1)


def test_who_waits_is_woken_when_the_transaction_ends(pair: tuple[Postgres, Postgres]) -> None:
    waiting, other = pair
    assert not waiting.dequeue()  # from here on it asks no more for some seconds
    got: list[float] = []

    def wait() -> None:
        while not waiting.dequeue():
            pass
        got.append(time.monotonic())

    thread = threading.Thread(target=wait)
    thread.start()
    with transaction.atomic():
        other.enqueue("task")
        time.sleep(0.3)
        assert not got
    ended = time.monotonic()
    thread.join(10)
    assert got[0] - ended < 0.5


def test_a_rollback_takes_the_task_with_it(pair: tuple[Postgres, Postgres]) -> None:
    with transaction.atomic():
        pair[0].enqueue("task")
        transaction.set_rollback(True)
    assert not pair[1].dequeue()


def test_an_idle_queue_is_hardly_asked(
    pair: tuple[Postgres, Postgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brokers, "WAIT_SECONDS", 0.01)
    asked: list[object] = []
    monkeypatch.setattr(pair[0], "_take", _counting(pair[0], asked))
    for _ in range(20):
        pair[0].dequeue()
    assert asked.count("asked") == 1


def _counting(broker: Postgres, asked: list[object]) -> Callable[[object], object]:
    take = broker._take

    def counted(line: object) -> object:
        asked.append("asked" if time.monotonic() >= broker._look_at else "waited")
        return take(line)  # type: ignore[arg-type]

    return counted


def test_postgresql_that_goes_away_is_waited_for(
    pair: tuple[Postgres, Postgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brokers, "AWAY_SECONDS", 0.01)
    broker = pair[0]
    assert not broker.dequeue()
    assert broker._line is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [broker._line.info.backend_pid])
    broker._look_at = 0.0
    assert broker.dequeue() is None
    number = broker.enqueue("task")
    assert broker.dequeue() == [(number, "task")]


def test_a_due_schedule_runs_once_however_many_clusters_look_at_once() -> None:
    schedules.install()
    due = read_clock().real - timedelta(seconds=30)
    Schedule.objects.update(next_run=due)
    ready, clusters = threading.Barrier(3), []

    def look() -> None:
        ready.wait(10)
        scheduler.scheduler()
        connection.close()

    for _ in range(3):
        clusters.append(threading.Thread(target=look))
        clusters[-1].start()
    for cluster in clusters:
        cluster.join(30)
    installed = Schedule.objects.values_list("func", flat=True)
    assert sorted(task.task["func"] for task in OrmQ.objects.all()) == sorted(installed)
    assert all(schedule.next_run > due for schedule in Schedule.objects.all())
