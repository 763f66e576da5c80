"""Who is asked, killed, faulted and when: made beforehand from a seed. Pure: no clock, no I/O.

All times are real seconds since the storm began.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from tests.chaos.lives import KINDS, LIVES, Act, Kind, Life

T = TypeVar("T")

REGIONS = ("eu-central-1", "us-east-1", "us-east-2", "ap-northeast-2")
ORGANIZATIONS = 2
LEASE_SECONDS = 14.0
AT_ONCE_SECONDS = 2.0
"""Half of those that are only removed are removed so soon after they were asked for."""

_ASKED_UNTIL, _ACTED_UNTIL = 0.55, 0.88  # parts of the storm


class Blow(StrEnum):
    """How a worker is hit; stopped is also killed, for a lease's time."""

    GROUP = "group"
    PARENT = "parent"
    CHILD = "child"
    STOP_ALL = "stop all"
    STOP_CHILD = "stop child"


BLOWS = {Blow.GROUP: 20, Blow.PARENT: 20, Blow.CHILD: 40, Blow.STOP_ALL: 8, Blow.STOP_CHILD: 12}
"""Of a hundred blows."""
STOPS = frozenset({Blow.STOP_ALL, Blow.STOP_CHILD})


@dataclass(frozen=True)
class Sizes:
    """How much of everything; `seconds` is the storm's length."""

    endpoints: int
    kills: int
    postgres_kills: int
    seconds: float
    workers: int
    regions: int


FULL = Sizes(endpoints=500, kills=50, postgres_kills=2, seconds=480.0, workers=3, regions=4)
SHORT = Sizes(endpoints=20, kills=3, postgres_kills=1, seconds=24.0, workers=2, regions=2)


@dataclass(frozen=True)
class Ask:
    """One request for an endpoint and what follows; `acts` are in order, each with its time."""

    number: int
    at: float
    kind: Kind
    region: str
    organization: int
    acts: tuple[tuple[float, Act], ...]


@dataclass(frozen=True)
class Kill:
    """One blow to the worker `worker`; `place` picks the child, `seconds` is how long a stop lasts."""

    at: float
    blow: Blow
    worker: int
    place: int
    seconds: float


@dataclass(frozen=True)
class DatabaseKill:
    """PostgreSQL is killed, and started again `away` seconds later."""

    at: float
    away: float


@dataclass(frozen=True)
class Lag:
    """From now on reads of a region lag by so many real seconds."""

    at: float
    region: str
    seconds: float


@dataclass(frozen=True)
class Rates:
    """Chances of a call to be throttled, to fail before its effect, to lose its answer after it."""

    throttle: float = 0.20
    error: float = 0.05
    lost_answer: float = 0.05


@dataclass(frozen=True)
class Schedule:
    """A whole storm. `weather` seeds the sandbox's own dice."""

    seed: int
    sizes: Sizes
    weather: int
    rates: Rates
    asks: tuple[Ask, ...]
    kills: tuple[Kill, ...]
    database_kills: tuple[DatabaseKill, ...]
    lags: tuple[Lag, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of the storm."""
        return REGIONS[: self.sizes.regions]


def make(seed: int, sizes: Sizes) -> Schedule:
    """Return the storm of a seed: the same seed and sizes, the same storm."""
    dice = random.Random(seed)
    return Schedule(
        seed=seed,
        sizes=sizes,
        weather=dice.randrange(1 << 30),
        rates=Rates(),
        asks=_asks(dice, sizes),
        kills=_kills(dice, sizes),
        database_kills=tuple(
            DatabaseKill(at, dice.uniform(1.0, min(4.0, sizes.seconds / 10)))
            for at in _spread(dice, sizes.postgres_kills, 0.2 * sizes.seconds, 0.8 * sizes.seconds)
        ),
        lags=_lags(dice, sizes),
    )


def share_out(count: int, weights: Mapping[T, int]) -> list[T]:
    """Return exactly `count` items in the proportions of their weights; the remainder goes to the largest."""
    total = sum(weights.values())
    whole = {item: count * weight // total for item, weight in weights.items()}
    by_rest = sorted(weights, key=lambda item: -(count * weights[item] % total))
    for item in by_rest[: count - sum(whole.values())]:
        whole[item] += 1
    return [item for item, times in whole.items() for _ in range(times)]


def _asks(dice: random.Random, sizes: Sizes) -> tuple[Ask, ...]:
    lives: list[tuple[Kind, Life]] = []
    kinds = share_out(sizes.endpoints, KINDS)
    for kind in KINDS:
        lives += [(kind, life) for life in share_out(kinds.count(kind), LIVES[kind])]
    dice.shuffle(lives)
    until = _ASKED_UNTIL * sizes.seconds
    times = sorted(dice.uniform(0, until) for _ in lives)
    return tuple(
        Ask(
            number=number,
            at=at,
            kind=kind,
            region=REGIONS[number % sizes.regions],
            organization=dice.randrange(ORGANIZATIONS),
            acts=_acts(dice, at, life, sizes.seconds),
        )
        for number, (at, (kind, life)) in enumerate(zip(times, lives, strict=True))
    )


def _acts(dice: random.Random, asked: float, life: Life, seconds: float) -> tuple[tuple[float, Act], ...]:
    found: list[tuple[float, Act]] = []
    at, latest = asked, _ACTED_UNTIL * seconds
    at_once = life == (Act.REMOVE,) and dice.random() < 0.5
    for act in life:
        at += dice.uniform(0, AT_ONCE_SECONDS) if at_once else dice.uniform(0.02, 0.2) * seconds
        at = min(at, latest)
        found.append((at, act))
    return tuple(found)


def _kills(dice: random.Random, sizes: Sizes) -> tuple[Kill, ...]:
    blows = share_out(sizes.kills, BLOWS)
    dice.shuffle(blows)
    times = _spread(dice, sizes.kills, 0.05 * sizes.seconds, 0.95 * sizes.seconds)
    return tuple(
        Kill(at, blow, dice.randrange(sizes.workers), dice.randrange(1 << 16), _stop(dice, blow))
        for at, blow in zip(times, blows, strict=True)
    )


def _stop(dice: random.Random, blow: Blow) -> float:
    return LEASE_SECONDS + dice.uniform(1.0, 4.0) if blow in STOPS else 0.0


def _lags(dice: random.Random, sizes: Sizes) -> tuple[Lag, ...]:
    changes = max(2, round(sizes.seconds / 30))
    found = [
        Lag(at, region, dice.uniform(0.0, 10.0))
        for region in REGIONS[: sizes.regions]
        for at in _spread(dice, changes, 0.0, sizes.seconds)
    ]
    return tuple(sorted(found, key=lambda lag: lag.at))


def _spread(dice: random.Random, count: int, begin: float, end: float) -> Sequence[float]:
    """Return times that are spread over a span, one somewhere in each of `count` equal parts."""
    part = (end - begin) / max(1, count)
    return [begin + (n + dice.random()) * part for n in range(count)]
