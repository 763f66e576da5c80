"""The pulse: one leader of the installation enqueues what is due, at the moment at which it becomes due.

The leader holds an advisory lock on a connection of its own, on which it also hears the intents' wake-ups.
That connection must reach PostgreSQL itself: a pooler in transaction mode would lose lock and wake-ups. It
falls silent where the leader is killed, frozen or cut off: PostgreSQL drops it then, and another leads.
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import psycopg
from django.conf import settings
from django_q.brokers import get_broker
from django_q.tasks import async_task

from endpoints import clock
from endpoints.intents import WAKE_CHANNEL
from endpoints.lines import LEADER_LOCK, PULSE, heard, open_line
from endpoints.reconcile import due
from endpoints.worker import schedules

log = logging.getLogger(__name__)

SLICE_SECONDS = 1.0  # for how long the supervisor may wait for a turn
BUSY_SECONDS = 1.0  # until the leader looks again while something is due
IDLE_SECONDS = 4.0  # until the leader looks again, whatever it heard
FOLLOW_SECONDS = 2.0  # until another worker tries to lead, and looks for its watchdog
SILENT_SECONDS = 10.0  # after which a leader counts as frozen
GATHER_SECONDS = 0.05  # in which wake-ups that follow each other are answered by one look
ENQUEUED_AGAIN_SECONDS = 5.0  # a region's task that was not taken up by then is enqueued once more
CHORES_SECONDS = 60.0
CLOCKS_APART_SECONDS = 5.0

Hook = Callable[[], None]


class Pulse:
    """One worker's part in the pulse: it beats only while it leads.

    `on_lead` is called when this worker becomes the leader, `on_close` when it may be so no more.
    """

    def __init__(self, on_lead: Sequence[Hook] = (), on_close: Sequence[Hook] = ()) -> None:
        self._on_lead, self._on_close = on_lead, on_close
        self._line: psycopg.Connection | None = None
        self._leads = False
        self._look_at = self._chores_at = 0.0  # monotonic time
        self._control = clock.IDENTITY
        self._enqueue_again: dict[str, float] = {}  # region: monotonic time

    def turn(self) -> due.Look | None:
        """Wait for a wake-up, or until something is due; if this worker leads, enqueue what is due.

        Returns what was seen; None when it was not yet time to look. Raises psycopg.Error, and whatever the
        broker raises.
        """
        line = self._line or self._connect()
        if not self._is_time(line):
            return None
        look = due.look(line, settings.WORKERS, None if self._leads else LEADER_LOCK)
        if look.granted:
            self._lead(line)
            return look
        self._look_at = time.monotonic() + self._rest(look)
        if self._leads:
            self._beat(look)
        self._do_chores(look)
        return look

    def close(self) -> None:
        """Give up the lead and the connection."""
        led, self._leads, self._look_at = self._leads, False, 0.0
        if self._line is not None:
            with suppress(psycopg.Error):
                self._line.close()
            self._line = None
        for hook in self._on_close if led else ():
            hook()

    def _connect(self) -> psycopg.Connection:
        self._line = open_line(PULSE, silent_seconds=SILENT_SECONDS)
        return self._line

    def _lead(self, line: psycopg.Connection) -> None:
        line.execute(f"LISTEN {WAKE_CHANNEL}")
        self._leads = True
        self._look_at = self._chores_at = 0.0  # what was due before this worker listened
        for hook in self._on_lead:
            hook()

    def _is_time(self, line: psycopg.Connection) -> bool:
        left = min(max(self._look_at - time.monotonic(), 0.0), SLICE_SECONDS)
        if heard(line, left):
            list(line.notifies(timeout=GATHER_SECONDS))
            return True
        # The sandbox and tests move the clock without a word.
        return time.monotonic() >= self._look_at or clock.read(settings.CLOCK_FILE) != self._control

    def _rest(self, look: due.Look) -> float:
        self._control = clock.read(settings.CLOCK_FILE)
        if not self._leads:
            return FOLLOW_SECONDS
        return min(
            BUSY_SECONDS if look.is_work_due else IDLE_SECONDS,
            IDLE_SECONDS if look.next_in is None else look.next_in,
        )

    def _beat(self, look: due.Look) -> None:
        # What is being listed or was listed meanwhile may be enqueued at once when it is due again.
        self._enqueue_again = {name: at for name, at in self._enqueue_again.items() if name in look.regions}
        for name in look.regions:
            if time.monotonic() >= self._enqueue_again.get(name, 0.0):
                async_task("endpoints.tasks.observe_region", name)
                self._enqueue_again[name] = time.monotonic() + ENQUEUED_AGAIN_SECONDS
        room = settings.WORKERS - int(get_broker().queue_size()) if look.endpoints else 0
        for _ in range(min(look.endpoints, room)):
            async_task("endpoints.tasks.reconcile_due")

    def _do_chores(self, look: due.Look) -> None:
        if time.monotonic() < self._chores_at:
            return
        self._chores_at = time.monotonic() + CHORES_SECONDS
        if self._leads:
            schedules.bring_back()
        ahead = time.time() - look.moment.real.timestamp()
        if abs(ahead) > CLOCKS_APART_SECONDS:
            log.warning(
                "The clock of this host is %+.0f s off PostgreSQL's: AWS may refuse its calls.", ahead
            )
