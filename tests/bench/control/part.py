"""What a part of the bench is, how large, and what it may say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.bench.control.house import Estate
from tests.bench.goals import Goal


@dataclass(frozen=True)
class Sizes:
    """How much is measured. Every member is an option of the command line."""

    rounds: int = 3
    endpoints: int = 300
    """Throughput: endpoints requested at once."""
    people: int = 6
    """Throughput: who ask for them, each for their share and for an organization of their own."""
    workers: int = 2
    """Throughput: `manage.py worker` processes."""
    small: int = 100
    middle: int = 1_000
    large: int = 10_000
    """Passes: endpoints in each of three regions. Idle: the last."""
    changes: int = 40
    """Delay: endpoints that AWS changes, and an eighth of them more that an open page waits for."""
    quiet: int = 60
    """Idle: seconds in which nothing happens; a third of them more in which a region is looked at."""


class Part(Protocol):
    """One measurement: furnished by its constructor, measured once a round, then told."""

    def __init__(self, estate: Estate, sizes: Sizes) -> None: ...

    def round(self) -> None:
        """Measure once more."""
        ...

    def table(self) -> Sequence[tuple[str, ...]]:
        """Return the lines to show, heading first: medians of the rounds."""
        ...

    def goals(self) -> Sequence[Goal]:
        """Return the figures: medians of the rounds."""
        ...
