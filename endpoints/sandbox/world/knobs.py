"""The delays and limits one can turn, and the three profiles of them."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Knobs:
    """Delays in seconds of moved time, and limits. Defaults: the middle of aws.md §10 where it gives a range.

    `expire_after_seconds` has no known real value (aws.md §11.1). `real_rates` is a factor on AWS's sizes and
    refills of token buckets (aws.md §4), 0 for no throttling; `ram_empty_pages` is 1 for an empty page now
    and then in RAM's lists.
    """

    id: str = "knobs"
    profile: str = "aws"
    pending_seconds: float = 90.0
    modify_seconds: float = 45.0
    deleting_seconds: float = 180.0
    deleted_visible_seconds: float = 600.0
    expire_after_seconds: float = 7 * 86400.0
    msk_creating_seconds: float = 300.0
    msk_deleting_seconds: float = 180.0
    msk_rejecting_seconds: float = 60.0
    msk_deactivating_seconds: float = 180.0
    resource_pending_seconds: float = 120.0
    association_seconds: float = 20.0
    share_lag_seconds: float = 5.0
    accept_lag_seconds: float = 8.0
    resource_lag_seconds: float = 8.0
    invitation_expire_seconds: float = 12 * 3600.0
    invitation_vanish_seconds: float = 7 * 86400.0
    dns_change_seconds: float = 30.0
    interface_quota_per_vpc: int = 50
    resource_quota_per_vpc: int = 200
    hosted_zone_quota: int = 500
    page_size_limit: int = 1000
    real_rates: float = 0.0
    ram_empty_pages: int = 1

    def changed(self, values: dict[str, Any]) -> "Knobs":
        """Return the knobs with some turned. Raises ValueError naming what is wrong."""
        known = asdict(self)
        for name, value in values.items():
            if name in ("id", "profile") or name not in known:
                raise ValueError(f"There is no knob {name!r}.")
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e10:
                raise ValueError(f"The knob {name!r} takes a number from 0 up.")
            if isinstance(known[name], int) and not isinstance(value, int):
                raise ValueError(f"The knob {name!r} takes a whole number.")
            known[name] = value if isinstance(known[name], int) else float(value)
        if known["page_size_limit"] < 1:
            raise ValueError("The knob 'page_size_limit' takes a number from 1 up.")
        return Knobs(**known)


PROFILES: dict[str, dict[str, Any]] = {
    "aws": {},
    "demo": {
        "pending_seconds": 8.0,
        "modify_seconds": 4.0,
        "deleting_seconds": 6.0,
        "deleted_visible_seconds": 30.0,
        "msk_creating_seconds": 12.0,
        "msk_deleting_seconds": 8.0,
        "msk_rejecting_seconds": 4.0,
        "msk_deactivating_seconds": 6.0,
        "resource_pending_seconds": 10.0,
        "association_seconds": 3.0,
        "share_lag_seconds": 2.0,
        "accept_lag_seconds": 2.0,
        "resource_lag_seconds": 2.0,
        "dns_change_seconds": 3.0,
    },
    "instant": {
        "pending_seconds": 0.0,
        "modify_seconds": 0.0,
        "deleting_seconds": 0.0,
        "deleted_visible_seconds": 0.0,
        "msk_creating_seconds": 0.0,
        "msk_deleting_seconds": 0.0,
        "msk_rejecting_seconds": 0.0,
        "msk_deactivating_seconds": 0.0,
        "resource_pending_seconds": 0.0,
        "association_seconds": 0.0,
        "share_lag_seconds": 0.0,
        "accept_lag_seconds": 0.0,
        "resource_lag_seconds": 0.0,
        "dns_change_seconds": 0.0,
    },
}


def for_profile(name: str) -> Knobs:
    """Return the knobs of a profile. Raises ValueError for an unknown name."""
    if name not in PROFILES:
        raise ValueError(f"There is no profile {name!r}; there are {', '.join(sorted(PROFILES))}.")
    return Knobs(profile=name, **PROFILES[name])
