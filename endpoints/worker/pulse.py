"""The pulse: one leader of the installation enqueues what is due, within seconds while something moves.

The leader holds an advisory lock on a connection of its own, on which it also hears the intents' wake-ups.
That connection must reach PostgreSQL itself: a pooler in transaction mode would lose lock and wake-ups.
"""

import logging
import time
from contextlib import suppress

import psycopg
from django.conf import settings
from django.db import connection
from django_q.brokers import get_broker
from django_q.tasks import async_task

from endpoints.intents import WAKE_CHANNEL
from endpoints.models import read_clock
from endpoints.reconcile import due

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
LEADER_LOCK = 0x706F737465726E  # "postern"
ENQUEUED_AGAIN_SECONDS = 5.0  # a region's task that was not taken up by then is enqueued once more


class Pulse:
    """One worker's part in the pulse: it beats only while it leads."""

    def __init__(self) -> None:
        self._line: psycopg.Connection | None = None
        self._leads = False
        self._enqueue_again: dict[str, float] = {}  # region: monotonic time

    def wait_and_beat(self) -> None:
        """Wait for a wake-up or a tick; if this worker leads, enqueue what is due. Raises psycopg.Error."""
        line = self._line or self._connect()
        for _ in line.notifies(timeout=TICK_SECONDS, stop_after=1):
            pass
        if not self._leads:
            row = line.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK]).fetchone()
            self._leads = bool(row and row[0])
        if self._leads:
            self._beat()

    def close(self) -> None:
        """Give up the lead and the connection."""
        self._leads = False
        if self._line is not None:
            with suppress(psycopg.Error):
                self._line.close()
            self._line = None

    def _connect(self) -> psycopg.Connection:
        parameters = connection.get_connection_params()
        wanted = {k: v for k, v in parameters.items() if k not in ("cursor_factory", "context")}
        self._line = psycopg.connect(**wanted, autocommit=True)
        self._line.execute(f"LISTEN {WAKE_CHANNEL}")
        return self._line

    def _beat(self) -> None:
        moment = read_clock()
        names = due.due_regions(moment)
        # What is being listed or was listed meanwhile may be enqueued at once when it is due again.
        self._enqueue_again = {name: at for name, at in self._enqueue_again.items() if name in names}
        for name in names:
            if time.monotonic() >= self._enqueue_again.get(name, 0.0):
                self._enqueue_again[name] = time.monotonic() + ENQUEUED_AGAIN_SECONDS
                async_task("endpoints.tasks.observe_region", name)
        room = settings.WORKERS - int(get_broker().queue_size())
        for _ in range(due.due_endpoints(moment, room) if room > 0 else 0):
            async_task("endpoints.tasks.reconcile_due")
