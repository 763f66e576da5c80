"""Calls whose connection stays open until the control interface lets them go on."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

ACTIONS = ("proceed", "drop")


@dataclass
class Hold:
    """A call that is held. `phase` is `before` or `after` its effect; `since` is real time in seconds."""

    id: int
    phase: str
    fault_id: str
    seq: int
    service: str
    operation: str
    region: str
    account: str
    params: dict[str, Any]
    since: float
    client_gone: bool = False


class Holds:
    """All calls held right now. Thread-safe; never needs the world's lock."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._held: dict[int, Hold] = {}
        self._released: dict[int, str] = {}
        self._last = 0

    def wait(self, client_gone: Callable[[], bool], **known: Any) -> str:
        """Hold the calling thread until released; return what to do: `proceed` or `drop`."""
        with self._condition:
            self._last += 1
            hold = Hold(id=self._last, since=time.time(), **known)
            self._held[hold.id] = hold
            self._condition.notify_all()
            while hold.id not in self._released:
                hold.client_gone = hold.client_gone or client_gone()
                self._condition.wait(0.1)
            del self._held[hold.id]
            return self._released.pop(hold.id)

    def release(self, key: int, action: str) -> bool:
        """Let a held call go on; False when there is no such hold. Raises ValueError for another action."""
        if action not in ACTIONS:
            raise ValueError(f"'action' must be one of {', '.join(ACTIONS)}.")
        with self._condition:
            if key not in self._held or key in self._released:
                return False
            self._released[key] = action
            self._condition.notify_all()
            return True

    def release_all(self, action: str) -> None:
        """Let every held call go on."""
        for hold in self.shown():
            self.release(hold["id"], action)

    def shown(self) -> list[dict[str, Any]]:
        """Return the calls held now, oldest first; those already told to go on are left out."""
        with self._condition:
            return [asdict(hold) for key, hold in self._held.items() if key not in self._released]
