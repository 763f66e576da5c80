"""Who may send how much: changes by people and keys, reads by keys, and tries by who is not known yet.

Reading pages costs nothing here. An address counts for what anybody may try: to sign in, API keys and
hand-off links that do not exist. RATE_LIMITS turns all of it off, 0 turns off one.
"""

import ipaddress
from datetime import timedelta

from django.conf import settings

from endpoints.models import Allowance, ApiKey, User


class TooFast(Exception):
    """More than is allowed. Nothing was done; `wait` is how long until one more is."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait for {wait}")
        self.wait = wait


def change_by(user: User) -> None:
    """Count a change that a person asks for. Raises TooFast."""
    _take(f"user/{user.pk}", settings.USER_CHANGES_A_MINUTE)


def call_by(key: ApiKey, *, is_change: bool) -> None:
    """Count a call of a key; reading has an allowance of its own. Raises TooFast."""
    if is_change:
        _take(f"key/{key.pk}", settings.KEY_CHANGES_A_MINUTE)
    else:
        _take(f"key/{key.pk}/read", settings.KEY_READS_A_MINUTE)


def try_from(address: str) -> None:
    """Count a try of somebody who is not known. Raises TooFast. Where no address is known, nothing counts."""
    network = network_of(address)
    if network:
        _take(f"address/{network}", settings.TRIES_A_MINUTE)


def network_of(address: str) -> str:
    """Return what counts as one sender: an IPv4 address, or the /64 of an IPv6 one; "" for neither."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))


def _take(sender: str, a_minute: int) -> None:
    if settings.RATE_LIMITS and a_minute:
        wait = Allowance.take(sender, a_minute)
        if wait is not None:
            raise TooFast(wait)
