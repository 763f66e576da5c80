"""How fast AWS lets one account call an API, as token buckets, and what waiting for a turn costs.

All moments and spans are on the moved clock. Source: aws.md §4, "Rates"; ours refill a little more slowly.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Api(StrEnum):
    """What has a bucket of its own in each account and Region."""

    CREATE = "create"
    MODIFY = "modify"
    DELETE = "delete"
    READ = "read"


@dataclass(frozen=True)
class Rate:
    """A bucket's size in calls, its refill in calls a second, and how many objects one call takes at most."""

    size: float
    refill: float
    per_call: int = 1

    def times(self, factor: float) -> "Rate":
        """Return the rate of an account with other limits than the documented ones."""
        return Rate(self.size * factor, self.refill * factor, self.per_call)


DELETE_BATCH = 25
"""Objects in one DeleteVpcEndpoints; AWS documents no maximum (aws.md §4)."""

RATES: dict[Api, Rate] = {
    Api.CREATE: Rate(4, 0.29),
    Api.MODIFY: Rate(4, 0.29),
    Api.DELETE: Rate(4, 0.29, DELETE_BATCH),
    Api.READ: Rate(100, 19),
}

OPERATIONS: dict[str, Api] = {
    "CreateVpcEndpoint": Api.CREATE,
    "ModifyVpcEndpoint": Api.MODIFY,
    "DeleteVpcEndpoints": Api.DELETE,
}
"""The bucket of each operation that may be throttled; what is not named only reads."""

STARTS_LATE = timedelta(seconds=2)
"""AWS begins to refill when a burst's first call arrives, which is later than we let it go."""

SLOW_FOR = timedelta(minutes=1)
"""How long a bucket refills at half its rate after AWS throttled a call: others may use the same account."""

_ALMOST = 1e-6  # of a token: waits are rounded to microseconds


@dataclass(frozen=True)
class Level:
    """How full a bucket was at a moment, and until when it refills slowly (None: it does not)."""

    tokens: float
    at: datetime
    slow_until: datetime | None = None

    def filled(self, rate: Rate, now: datetime) -> "Level":
        """Return the level at a later moment. A clock that was set back adds nothing."""
        if now <= self.at:
            # Not later than a start that was put off; far in the future only after a clock was set back.
            return self if self.at - now <= STARTS_LATE else Level(self.tokens, now, None)
        slow = min(now, self.slow_until) - self.at if self.slow_until else timedelta(0)
        slow = max(slow, timedelta(0))
        seconds = (now - self.at - slow / 2).total_seconds()
        return Level(min(rate.size, self.tokens + seconds * rate.refill), now, self.slow_until)

    def grants(self, calls: float) -> bool:
        """Say whether so many calls may go now."""
        return self.tokens >= calls - _ALMOST

    def whole(self, most: int) -> int:
        """Return how many calls may go now, up to `most`."""
        return max(0, min(most, int(self.tokens + _ALMOST)))

    def less(self, calls: float, rate: Rate) -> "Level":
        """Return the level after so many calls."""
        late = STARTS_LATE if self.tokens >= rate.size else timedelta(0)
        return Level(self.tokens - calls, self.at + late, self.slow_until)

    def throttled(self, now: datetime) -> "Level":
        """Return the level after AWS said that it is empty."""
        return Level(min(self.tokens, 0.0), max(now, self.at), now + SLOW_FOR)

    def wait(self, calls: float, rate: Rate, now: datetime) -> timedelta:
        """Return how long from `now` until so many calls may have gone, if nobody else calls."""
        missing = max(0.0, calls - self.tokens) / rate.refill
        slow_left = max(timedelta(0), (self.slow_until or self.at) - max(self.at, now)).total_seconds()
        seconds = missing * 2 if missing * 2 <= slow_left else missing + slow_left / 2
        return timedelta(seconds=seconds) + max(timedelta(0), self.at - now)


def calls_for(place: int, rate: Rate) -> int:
    """Return how many calls take the first `place` (1, 2, …) of a queue along."""
    return -(-place // rate.per_call)
