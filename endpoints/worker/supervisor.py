"""What `manage.py worker` does: run django-q2's cluster as its own group, beat the pulse, watch, restart."""

import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection

from endpoints.brokers import BrokerAway
from endpoints.worker.cluster import BEAT_VARIABLE
from endpoints.worker.listening import Listening
from endpoints.worker.pulse import Pulse
from endpoints.worker.watchdog import Watchdog

log = logging.getLogger(__name__)

STOP_PATIENCE_SECONDS = 20.0  # for running steps to end by themselves
_AFTER_TROUBLE_SECONDS = 2.0


class Supervisor:
    """The one process to run besides the web server."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._stopping = False
        self._beats_in, self._beats_out = os.pipe()
        os.set_blocking(self._beats_in, False)
        os.set_blocking(self._beats_out, False)
        self._watchdog = Watchdog(settings.WATCHDOG_SECONDS, self._beats_in)
        self._listening = Listening()
        self._pulse = Pulse([self._listening.start], [self._listening.stop])
        self._group: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            while not self._stopping:
                self._keep_group()
                self._tick()
        finally:
            self._end_group(patience=STOP_PATIENCE_SECONDS)
            self._pulse.close()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _tick(self) -> None:
        try:
            look = self._pulse.turn()
            self._listening.keep()
            if look and self._watchdog.is_stuck(is_work_due=look.is_work_due):
                log.error("Due work waits and nothing is finished: restarting the group.")
                self._end_group(patience=0)
        except (psycopg.Error, DatabaseError) as error:
            log.warning("PostgreSQL does not answer: %s", error)
            self._pulse.close()
            with suppress(psycopg.Error, DatabaseError):
                connection.close()
            self._watchdog.restart()  # nothing can be finished while the database is away
            time.sleep(_AFTER_TROUBLE_SECONDS)
        except BrokerAway as error:
            log.warning("%s", error)
            self._watchdog.restart()
            time.sleep(_AFTER_TROUBLE_SECONDS)
        except Exception:
            # SQS that is away, for one. The rows wait; a supervisor that ends helps nobody.
            log.exception("The pulse could not beat.")
            time.sleep(_AFTER_TROUBLE_SECONDS)

    def _keep_group(self) -> None:
        if self._group is not None and self._group.poll() is None:
            return
        if self._group is not None:
            log.error("The group's first process ended (%s): starting it anew.", self._group.returncode)
            self._end_group(patience=0)
            time.sleep(_AFTER_TROUBLE_SECONDS)
        self._watchdog.restart()
        self._group = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, *self._command, "--cluster-of", str(os.getpid())],
            env=os.environ | {BEAT_VARIABLE: str(self._beats_out)},
            pass_fds=[self._beats_out],
            process_group=0,
        )

    def _end_group(self, *, patience: float) -> None:
        """Ask the group to stop, wait, then kill all of it, also what its first process left behind."""
        group = self._group
        if group is None:
            return
        if patience and group.poll() is None:
            group.terminate()
            with suppress(subprocess.TimeoutExpired):
                group.wait(patience)
        with suppress(ProcessLookupError):
            os.killpg(group.pid, signal.SIGKILL)
        group.wait()
        self._group = None
