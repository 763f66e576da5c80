"""`./dev chaos`: a storm over real workers, a real PostgreSQL and the sandbox, and what must hold afterwards.

Prints a table, complaints if there are any, and then one line of JSON; ends with 1 if a promise is broken.
"""

import argparse
import fcntl
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import tests.environment

VAR = tests.environment.CHECKOUT / "var" / "chaos"
LIMITS = {
    "AWS_CONNECT_SECONDS": "0.2",
    "AWS_READ_SECONDS": "1.5",
    "TASK_TIMEOUT_SECONDS": "12",
    "LEASE_SECONDS": "14",
    "TASK_RETRY_SECONDS": "18",
    "WATCHDOG_SECONDS": "10",
    "CREATE_GRACE_SECONDS": "150",
    "AWS_RATE_FACTOR": "100",
    "ENDPOINTS_PER_SERVICE": "10000",
    "ENDPOINTS_PER_ORGANIZATION": "10000",
    "LOG_LEVEL": "WARNING",
}
"""The shipped limits of time in the same order, divided; on the clock's scale, a lease is half a grace."""

# Own servers only, whatever the caller's environment says.
os.environ |= LIMITS | {
    "DATABASE_URL": "",
    "VAR_DIR": str(VAR),
    "CLOCK_FILE": str(VAR / "clock.json"),
    "DJANGO_SETTINGS_MODULE": "endpoints.settings",
}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Q  # noqa: E402

from endpoints.models import Attempt, ReversePrivateEndpoint  # noqa: E402
from tests.bench.measure import table  # noqa: E402
from tests.chaos import checks, picture  # noqa: E402
from tests.chaos.lives import TYPES  # noqa: E402
from tests.chaos.machines import Postgres, Workers  # noqa: E402
from tests.chaos.schedule import FULL, LEASE_SECONDS, SHORT, Schedule, make  # noqa: E402
from tests.chaos.stage import build  # noqa: E402
from tests.chaos.storm import SCALE, Storm  # noqa: E402
from tests.kill.house import database_url  # noqa: E402
from tests.sandbox_client import Sandbox, start_sandbox  # noqa: E402

assert settings.LEASE_SECONDS == LEASE_SECONDS

CALM_MOST_SECONDS = 300.0
HOUR = 3600.0  # after which details of settled endpoints are read again
_BEFORE_THE_HOUR_SECONDS = 120.0
_LOOK_EVERY = 2.0
_SHOWN = 10  # complaints of each check


def main(arguments: list[str]) -> int:
    """Run a storm and judge; return the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(1)
    )  # workers, sandbox and PostgreSQL are ended then, too
    seed = random.SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    schedule = make(seed, SHORT if options.short else FULL)
    print(f"seed {seed} ({'short' if options.short else 'full'})", flush=True)
    with _alone():
        figures, broken = _run(schedule)
    print(json.dumps(figures), flush=True)
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="replay the schedule of an earlier run")
    parser.add_argument("--short", action="store_true", help="a minute instead of the full storm")
    return parser


@contextmanager
def _alone() -> Iterator[None]:
    """Be the only storm in this checkout: another would find its PostgreSQL killed."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("Another ./dev chaos runs in this checkout.")
        yield


def _run(schedule: Schedule) -> tuple[dict[str, object], bool]:
    began = time.monotonic()
    logs = VAR / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir()
    postgres = Postgres(VAR)
    clock = VAR / "clock.json"
    clock.unlink(missing_ok=True)
    with start_sandbox(logs, state=":memory:", clock_file=clock) as box, postgres.database():
        box.scale(SCALE)
        stage = build(box, schedule)
        workers = Workers(schedule.sizes.workers, _environment(box), logs)
        try:
            storm = Storm(schedule, stage, postgres, workers)
            ready = time.monotonic()
            storm.rage()
            calmed = time.monotonic()
            seen, broken = _settle(box, storm)
            said = workers.said() if broken else ""
        finally:
            workers.close()
        ended = time.monotonic()
        seconds = {
            "prepare_seconds": ready - began,
            "storm_seconds": calmed - ready,
            "calm_seconds": ended - calmed,
        }
        figures = _figures(schedule, storm, seen, workers, postgres, box) | {
            name: round(value, 1) for name, value in seconds.items()
        }
    print(table([("figure", "value"), *((name, str(value)) for name, value in figures.items())]))
    for name, what in broken.items():
        print(f"\n{name}: {len(what)}", *what[:_SHOWN], sep="\n  ")
    if said:
        print(f"\nThe workers said:\n{said}")
    return figures | {"broken": {name: len(what) for name, what in broken.items()}}, bool(broken)


def _environment(box: Sandbox) -> dict[str, str]:
    return box.environment() | LIMITS | {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "DEVELOPMENT": "1",
        "CLOCK_FILE": os.environ["CLOCK_FILE"],
    }  # fmt: skip


def _settle(box: Sandbox, storm: Storm) -> tuple[picture.Picture, dict[str, list[str]]]:
    """Let the engine work in calm weather until nothing is wrong; return what is seen, and wrong, at last."""
    began = time.monotonic()
    _wait_until_calm(began + _BEFORE_THE_HOUR_SECONDS)
    box.advance(HOUR)
    while True:
        time.sleep(_LOOK_EVERY)
        _wait_until_calm(began + CALM_MOST_SECONDS)
        storm.log.read()
        seen = picture.take(box, storm.journal, storm.log.effects())
        broken = checks.complaints(seen)
        if not broken or time.monotonic() >= began + CALM_MOST_SECONDS:
            return seen, broken


def _wait_until_calm(end: float) -> None:
    while _under_way() and time.monotonic() < end:
        time.sleep(_LOOK_EVERY)


def _under_way() -> bool:
    moving = Q(status__in=("Provisioning", "Deleting", "Unknown")) | Q(removal_requested_at__isnull=False)
    doubts = Attempt.objects.filter(gone_at__isnull=True).filter(Q(in_doubt=True) | Q(absent_listings__gt=0))
    return ReversePrivateEndpoint.objects.live().filter(moving).exists() or doubts.exists()


def _figures(
    schedule: Schedule,
    storm: Storm,
    seen: picture.Picture,
    workers: Workers,
    postgres: Postgres,
    box: Sandbox,
) -> dict[str, object]:
    journal = storm.journal
    types = Counter(str(TYPES[ask.kind]) for ask in journal.asks.values())
    statuses = Counter(row.status for row in seen.live())
    return {
        "seed": schedule.seed,
        "endpoints": len(journal.asks),
        **{f"asked_{name}": count for name, count in sorted(types.items())},
        "regions": len(schedule.regions),
        "workers": schedule.sizes.workers,
        "kills": workers.blows,
        "postgres_kills": postgres.kills,
        "removals": len(journal.removals),
        "retries": len(journal.retries),
        **{f"done_{act}": n for act, n in sorted(Counter(d.act for d in journal.deeds).items())},
        "missed": len(journal.missed),
        "aws_calls": box.last_seq(),
        **{f"hit_{kind}": storm.struck[kind] for kind in ("throttle", "error", "lost_answer")},
        "objects_made": sum(bool(effect.made_for) for effect in seen.effects),
        "objects_left": len(seen.things),
        "tombstones": len(seen.rows) - len(seen.live()),
        **{f"status_{status}": count for status, count in sorted(statuses.items())},
        "lateness_seconds": round(storm.lateness, 1),
        "slowest_intent_seconds": round(storm.slowest_intent, 1),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
