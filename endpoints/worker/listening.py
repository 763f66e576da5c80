"""Hearing AWS's own messages, in the one worker that leads: one thread for each configured queue.

A thread waits in SQS, 20 seconds a call, and touches the database only when a message came. The threads are
daemons: a worker that stops waits for none of them.
"""

import logging
import threading
import time
from contextlib import suppress

from django.db import DatabaseError, connection

from endpoints.domain.errors import ProviderError
from endpoints.reconcile import pushes
from endpoints.reconcile.pushes import Source

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 60.0  # how soon another queue in a region's row is heard
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 2.0, 300.0


class Listening:
    """All queues of the installation, between `start` and `stop`; `keep` is called as often as one likes."""

    def __init__(self) -> None:
        self._ears: dict[Source, _Ear] = {}
        self._leads = False
        self._look_at = 0.0  # monotonic

    def start(self) -> None:
        """This worker leads: the next `keep` begins to listen."""
        self._leads, self._look_at = True, 0.0

    def keep(self) -> None:
        """See to it that each configured queue is heard, and no other. Raises DatabaseError."""
        if not self._leads or time.monotonic() < self._look_at:
            return
        wanted = set(pushes.sources())
        self._look_at = time.monotonic() + LOOK_EVERY_SECONDS
        for source in self._ears.keys() - wanted:
            self._ears.pop(source).stop()
        for source in wanted:
            if source not in self._ears or not self._ears[source].is_alive():
                self._ears[source] = _Ear(source)
                self._ears[source].start()

    def stop(self) -> None:
        """Hear nothing more: another worker may lead. A message in flight is left to come again."""
        self._leads = False
        for ear in self._ears.values():
            ear.stop()
        self._ears.clear()


class _Ear(threading.Thread):
    def __init__(self, source: Source) -> None:
        super().__init__(name=f"pushes of {source.region}", daemon=True)
        self._source = source
        self._stopping = threading.Event()
        self._failures = 0

    def stop(self) -> None:
        """End after the call that is under way."""
        self._stopping.set()

    def run(self) -> None:
        """Hear until told to stop, whatever happens."""
        while not self._stopping.is_set():
            try:
                self._hear()
            except (ProviderError, DatabaseError) as error:
                self._wait(error)
            except Exception as error:
                log.exception("The queue of %s could not be heard.", self._source.region)
                self._wait(error)

    def _hear(self) -> None:
        heard = pushes.listen(self._source)
        if heard and not self._stopping.is_set():
            try:
                pushes.follow(self._source, heard)
            finally:
                with suppress(DatabaseError):
                    connection.close()  # the next message may be hours away
        self._failures = 0

    def _wait(self, error: Exception) -> None:
        if self._failures == 0:
            log.warning(
                "The queue of %s is not heard now, so news come by the cadence alone: %s",
                self._source.region,
                error,
            )
        seconds = min(_FIRST_WAIT_SECONDS * (1 << min(self._failures, 10)), _LONGEST_WAIT_SECONDS)
        self._failures += 1
        self._stopping.wait(seconds)
