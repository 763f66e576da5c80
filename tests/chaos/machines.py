"""The machines of a storm: a PostgreSQL and workers of its own, and the ways in which they die."""

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from django.db import connection

from endpoints import embedded, embedded_home
from tests.chaos.schedule import STOPS, Blow, Kill
from tests.kill.house import Worker
from tests.kill.processes import Process, family_of


class Postgres:
    """The embedded PostgreSQL of one `var`, held by this process; nothing else of the machine uses it."""

    def __init__(self, var: Path) -> None:
        self._var = var
        self.kills = 0

    def start(self) -> None:
        """Start it, or start it again after it was killed."""
        embedded.hold(self._var)

    def kill(self) -> None:
        """Kill the whole server with -9, and let this process forget its connection."""
        pid = embedded_home.postmaster(embedded_home.Home.of(self._var).data / "postmaster.pid")
        assert pid is not None, "PostgreSQL does not run"
        for process in family_of(pid):
            process.send(signal.SIGKILL)
        self.kills += 1
        with suppress(psycopg.Error):
            connection.close()

    @contextmanager
    def database(self) -> Iterator[None]:
        """Make a database with all tables, and drop it at the end."""
        self.start()
        old = connection.settings_dict["NAME"]
        connection.settings_dict["TEST"]["NAME"] = "test_chaos"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            self.start()
            connection.close()
            connection.creation.destroy_test_db(old, verbosity=0)


class Workers:
    """Places in each of which one `manage.py worker` runs; a service manager brings it back."""

    def __init__(self, count: int, env: Mapping[str, str], directory: Path) -> None:
        self._env, self._directory = env, directory
        self._alarms: list[threading.Timer] = []
        self.blows = 0
        self._running = [self._started(place) for place in range(count)]

    def strike(self, kill: Kill) -> None:
        """Kill or stop what the schedule says, and start anew where nothing is left to go on."""
        self.keep()
        worker = self._running[kill.worker]
        family = worker.family()
        children = family[1:] or family
        one = [children[kill.place % len(children)]]
        hit = {
            Blow.GROUP: family,
            Blow.PARENT: family[:1],
            Blow.CHILD: one,
            Blow.STOP_ALL: family,
            Blow.STOP_CHILD: one,
        }[kill.blow]
        self.blows += bool(hit)
        for process in hit:
            process.send(signal.SIGSTOP if kill.blow in STOPS else signal.SIGKILL)
        if kill.blow in STOPS:
            # A thread, because whoever sleeps may hold up the storm itself.
            alarm = threading.Timer(kill.seconds, _wake, [hit])
            alarm.start()
            self._alarms.append(alarm)
        self.keep()

    def keep(self) -> None:
        """Start a worker where none is."""
        for place, worker in enumerate(self._running):
            if worker.process.poll() is not None:
                self._running[place] = self._started(place)

    def calm(self) -> None:
        """Wait until everybody who was stopped goes on, and have every place taken."""
        for alarm in self._alarms:
            alarm.join()
        self.keep()

    def close(self) -> None:
        """Kill whatever still runs."""
        for alarm in self._alarms:
            alarm.cancel()
        for worker in self._running:
            with suppress(ProcessLookupError):
                worker.kill()

    def said(self, most: int = 3_000) -> str:
        """Return the ends of what the workers wrote."""
        logs = sorted(self._directory.glob("worker-*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-most:]}" for log in logs)

    def _started(self, place: int) -> Worker:
        return Worker(os.environ | self._env, self._directory / f"worker-{place}.log")


def _wake(stopped: list[Process]) -> None:
    for process in reversed(stopped):
        process.send(signal.SIGCONT)
