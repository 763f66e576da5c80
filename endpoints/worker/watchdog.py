"""Has due work waited too long with no task finished? Then django-q2 is stuck, and its group is restarted.

Seen on django-q2 1.11.1: a worker killed at the wrong moment leaves the shared queue's lock held, and every
other process of the group waits for it for ever, without a word.
"""

import os
import time

MOST_DOUBLINGS = 2  # at most 4 times the patience


class Watchdog:
    """Counts real seconds during which work was due and none of this worker's tasks finished.

    A restart that brings no beat doubles the patience for the next: on a machine so busy that a group needs
    longer to start than the patience lasts, restarts would otherwise follow each other for ever.
    """

    def __init__(self, patience_seconds: float, beats: int) -> None:
        self._patience = patience_seconds
        self._beats = beats
        self._fruitless_restarts = 0
        self.restart()

    def restart(self) -> None:
        """Begin to count anew."""
        self._waiting_since: float | None = None

    def is_stuck(self, *, is_work_due: bool) -> bool:
        """Take a look at what is due into account; say whether the patience is over."""
        beaten = self._beaten()
        if beaten:
            self._fruitless_restarts = 0
        if beaten or not is_work_due:
            self._waiting_since = None
            return False
        self._waiting_since = self._waiting_since or time.monotonic()
        patience = self._patience * (1 << min(self._fruitless_restarts, MOST_DOUBLINGS))
        if time.monotonic() - self._waiting_since < patience:
            return False
        self._fruitless_restarts += 1
        return True

    def _beaten(self) -> bool:
        try:
            return bool(os.read(self._beats, 65536))
        except BlockingIOError:
            return False
