"""What an installation costs in which nothing happens: transactions of PostgreSQL and processor time."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from endpoints.domain.timing import OBSERVE_SETTLED
from endpoints.models import Region, read_clock
from endpoints.reconcile import observe
from tests.bench.control.house import Estate
from tests.bench.control.part import Sizes
from tests.bench.control.settled import settle
from tests.bench.goals import Goal
from tests.kill.house import Worker
from tests.sandbox_client import eventually

TRANSACTIONS_MOST = 900.0  # a minute
CORE_MOST = 5.0  # per cent of a core, for each worker

_REGION = "us-east-1"
_WORKERS = 2
_START_SECONDS = 10.0  # at most
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Transactions, and processor seconds of each worker, within so many seconds."""

    seconds: float
    transactions: int
    processor: tuple[float, ...]


class Idle:
    """Ten thousand Ready endpoints and two workers. A round is a quiet minute, then one look at the region.

    The look is due every five minutes; in the figures it counts with its part of a minute.
    """

    def __init__(self, estate: Estate, sizes: Sizes) -> None:
        self._count, self._seconds = sizes.large, float(sizes.quiet)
        self._quiet: list[Cost] = []
        self._looked: list[Cost] = []
        self._connections = 0
        self._house = estate.house()
        with self._house.inside() as people:
            settle(self._house, people, _REGION, self._count)
            observe.observe_region(_REGION)  # it reads what is read hourly
            _put_off()
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    def round(self) -> None:
        """Measure a minute without and some seconds with a look at the region."""
        with self._house.inside(), self._house.workers(_WORKERS) as workers:
            for worker in workers:
                worker.crew()
            time.sleep(min(_START_SECONDS, self._seconds))
            self._quiet.append(_measure(workers, self._seconds))
            self._connections = _connections()
            since = read_clock().now
            Region.objects.filter(pk=_REGION).update(observe_due_at=since)
            self._looked.append(_measure(workers, self._seconds / 3))
            listed = Region.objects.filter(pk=_REGION, listed_at__gte=since, lease_until=None)
            eventually(listed.exists, 30, "the look at the region")
            _put_off()

    def _figures(self) -> tuple[float, float, float, float]:
        """Return transactions a minute and per cent of a core: of quiet, and what a look adds, on average."""
        a_minute = 60 / OBSERVE_SETTLED.total_seconds()
        found = []
        for quiet, looked in zip(self._quiet, self._looked, strict=True):
            transactions = quiet.transactions / quiet.seconds
            busiest = max(quiet.processor) / quiet.seconds
            more = looked.transactions - transactions * looked.seconds
            work = sum(looked.processor) - sum(quiet.processor) / quiet.seconds * looked.seconds
            found.append((transactions * 60, more * a_minute, busiest * 100, work * a_minute / 60 * 100))
        quiet_t, look_t, quiet_p, look_p = (statistics.median(values) for values in zip(*found, strict=True))
        return quiet_t, look_t, quiet_p, look_p

    def table(self) -> Sequence[tuple[str, ...]]:
        """Return what is spent, in quiet and for the looks."""
        quiet_t, look_t, quiet_p, look_p = self._figures()
        return [
            (f"{self._count:,} Ready, {_WORKERS} workers", "quiet", "looks", "together"),
            ("transactions a minute", f"{quiet_t:.0f}", f"{look_t:.0f}", f"{quiet_t + look_t:.0f}"),
            ("% of a core, busiest worker", f"{quiet_p:.1f}", f"{look_p:.1f}", f"{quiet_p + look_p:.1f}"),
            ("connections of a worker", f"{self._connections / _WORKERS:.1f}", "", ""),
        ]

    def goals(self) -> Sequence[Goal]:
        """Return transactions a minute, and the share of a core of a worker that does all the looks."""
        quiet_t, look_t, quiet_p, look_p = self._figures()
        return [
            Goal("idle, transactions a minute", quiet_t + look_t, TRANSACTIONS_MOST),
            Goal("idle, % of a core for a worker", quiet_p + look_p, CORE_MOST),
            Goal("idle, connections of a worker", self._connections / _WORKERS),
        ]


def _put_off() -> None:
    Region.objects.filter(pk=_REGION).update(observe_due_at=read_clock().now.replace(year=9000))


def _measure(workers: Sequence[Worker], seconds: float) -> Cost:
    began, transactions, processor = time.monotonic(), _transactions(), [_processor(w) for w in workers]
    time.sleep(seconds)
    took = time.monotonic() - began
    used = tuple(_processor(w) - before for w, before in zip(workers, processor, strict=True))
    return Cost(took, _transactions() - transactions, used)


def _transactions() -> int:
    """Return how many transactions this database has seen; backends tell theirs within a second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def _connections() -> int:
    """Return how many connections there are to this database besides this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def _processor(worker: Worker) -> float:
    """Return the processor seconds of a worker with all its processes, those that ended included."""
    ticks = 0
    for process in worker.family():
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])  # utime, stime, and those of waited-for children
    return ticks / _TICK
