"""How long the engine waits for what. Waits are on the moved clock unless a name says `REAL`."""

import random
from datetime import timedelta

from endpoints.domain.status import Status

ABSENT_LISTINGS = 2
"""Complete listings that must miss an object before it counts as absent (design, engine 3)."""

DELETE_AGAIN_AFTER = timedelta(seconds=60)
"""How long AWS may show an endpoint as untouched after it accepted our delete, before we ask again."""

PRIVATE_DNS_AGAIN = timedelta(hours=1)
"""How soon private DNS is tried again after AWS refused it; what waits is looked at with the details."""

STALE_AFTER = timedelta(hours=1)
"""Without a good read for this long a status is shown as Unknown (shown, not stored)."""

OBSERVE_IN_MOTION = timedelta(seconds=2)
OBSERVE_APART = timedelta(seconds=1)
"""How far apart listings are at least where the effect of a burst's last call is waited for."""

OBSERVE_PENDING_ACCEPTANCE = timedelta(minutes=1)
OBSERVE_SETTLED = timedelta(minutes=5)

DETAILS_EVERY = timedelta(hours=1)
"""How often details are read of endpoints in which nothing moves, and owners' private names looked at."""

DETAILS_AGAIN = timedelta(minutes=5)
"""How soon details are read again in a region where some could not be read."""

QUOTAS_GOOD_FOR = timedelta(hours=1)
"""How long an endpoint is placed by quotas that were read before."""

ROOM_GOOD_FOR = timedelta(minutes=5)
"""How old the room of a region may be that a page shows without having it read again."""

LISTED_AFTER = timedelta(days=7)
"""How long after its last endpoint was removed a listing of its own goes on, for late effects."""

DOUBT_WATCHED = timedelta(minutes=2)
"""How long a region is listed often for the effect of a call whose answer was lost."""

AUDIT_EVERY = timedelta(days=1)
"""How often everything in AWS that carries our tags is matched with the rows."""

AUDIT_AGAIN = timedelta(minutes=5)
"""How far apart two looks are that must agree on what may have been on its way at the first."""

AUDIT_RETRY = timedelta(minutes=15)
"""How soon a region is matched again that could not be."""

SHARE_WAIT = timedelta(minutes=9)
"""How long a row waits for its resource share before it fails (design, "Deadlines")."""

CONNECT_WAIT = timedelta(minutes=30)
"""How long a row may stay in Provisioning although AWS has made its endpoint, before it fails."""

WARN_BEFORE = (timedelta(hours=24), timedelta(hours=4), timedelta(hours=1))
"""How long before a deadline its endpoint is warned of, by an event each."""

_BACKOFF_FIRST = timedelta(seconds=10)
_BACKOFF_MOST = timedelta(minutes=15)


def observe_every(statuses: set[Status], *, in_motion: bool) -> timedelta:
    """Return the cadence of a region's listings; `in_motion`: any endpoint of it moves."""
    if in_motion:
        return OBSERVE_IN_MOTION
    if Status.PENDING_ACCEPTANCE in statuses:
        return OBSERVE_PENDING_ACCEPTANCE
    return OBSERVE_SETTLED


_dice = random.Random()  # noqa: S311 - jitter, not a secret


def backoff_of(failures: int) -> timedelta:
    """Return the wait after so many failures in a row, with this process's jitter."""
    return backoff(failures, _dice)


def backoff(failures: int, dice: random.Random) -> timedelta:
    """Return the wait after so many failures in a row (1, 2, …): 5–10 s, doubling, at most 15 min."""
    most = min(_BACKOFF_MOST, _BACKOFF_FIRST * (1 << min(failures - 1, 10)))
    return most * dice.uniform(0.5, 1)


def share_look_after(waited: timedelta) -> timedelta:
    """Return the wait before the next look at a share that is awaited since `waited`; slow once it failed."""
    if waited < timedelta(minutes=1):
        return timedelta(seconds=5)
    return timedelta(seconds=15) if waited < SHARE_WAIT else timedelta(minutes=1)
