"""How long API keys last, how long a rotated one goes on beside its successor, and what a key can be."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

USUAL_DAYS = (30, 90, 365)
"""For how many days a key may be issued, as far as the installation allows it."""

DEFAULT_DAYS = 90
NAME_MAX = 100

OVERLAPS: dict[str, timedelta] = {
    "now": timedelta(0),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
"""How long the old key goes on after a rotation, by the name of the choice."""

EXPIRES_SOON = timedelta(days=14)
UNUSED_FOR = timedelta(days=7)
"""Until when it says nothing that a new key was not used yet."""


class KeyState(StrEnum):
    """What a key is at a moment. The first four get in."""

    IN_USE = "in_use"
    UNUSED = "unused"  # for longer than UNUSED_FOR
    EXPIRING = "expiring"
    ROTATED = "rotated"  # it has a successor, and goes on for the rest of the overlap
    ISSUER_GONE = "issuer_gone"
    EXPIRED = "expired"
    DISABLED = "disabled"

    @property
    def gets_in(self) -> bool:
        """Say whether the API takes the key."""
        return self in (KeyState.IN_USE, KeyState.UNUSED, KeyState.EXPIRING, KeyState.ROTATED)


def day_choices(most: int) -> Sequence[int | None]:
    """Return for how many days a key may last where `most` is the installation's maximum, 0 for none.

    None stands for a key without an end, which only an installation without a maximum has.
    """
    if not most:
        return (*USUAL_DAYS, None)
    return sorted({days for days in USUAL_DAYS if days <= most} | {most})
