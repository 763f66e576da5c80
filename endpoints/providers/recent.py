"""Answers of reads that the rows of a burst ask alike, kept for a moment."""

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

KEPT_SECONDS = 2.0
"""How long an answer is good for (real time)."""

T = TypeVar("T")


class Recent:
    """What was just asked. Whoever works on many rows in a row makes one, and drops it at the end.

    An error is never kept: what was refused is asked again.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    def get(self, key: Hashable, ask: Callable[[], T], keeps: Callable[[T], bool] = lambda _: True) -> T:
        """Return the kept answer, else ask; `keeps` says whether an answer may be kept at all."""
        known = self._kept.get(key)
        if known is not None and time.monotonic() - known[0] < KEPT_SECONDS:
            return cast(T, known[1])
        asked_at = time.monotonic()
        answer = ask()
        if keeps(answer):
            self._kept[key] = (asked_at, answer)
        return answer

    def forget(self) -> None:
        """Have everything asked again: something went another way than the answers said."""
        self._kept.clear()
