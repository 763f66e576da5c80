"""Ending what somebody is in with: sessions, keys that they issued, hand-off links that they made."""

from dataclasses import dataclass

from endpoints import audit, sessions
from endpoints.domain.actions import Action
from endpoints.intents.hand_off import close_link
from endpoints.models import Actor, ApiKey, HandOff, User, read_clock


@dataclass(frozen=True)
class ShutOut:
    """How many of what were ended."""

    sessions: int
    keys: int
    links: int


def shut_out(user: User, actor: Actor, reason: str = "") -> ShutOut:
    """End all of it in this transaction, with an audit entry for each key and link."""
    links = HandOff.objects.filter(created_by=user, revoked_at__isnull=True, expires_at__gt=read_clock().real)
    closing = list(links.select_related("endpoint__service"))
    for link in closing:
        close_link(link, actor, reason)
    return ShutOut(end_sessions(user), _disable_keys(user, actor, reason), len(closing))


def end_sessions(user: User) -> int:
    """Delete every session in which somebody is signed in; return how many there were."""
    return sessions.end_sessions(user)


def _disable_keys(user: User, actor: Actor, reason: str) -> int:
    now = read_clock().real
    keys = list(ApiKey.objects.filter(created_by=user, disabled_at__isnull=True))
    for key in keys:
        key.disabled_at = now
        key.save(update_fields=["disabled_at"])
        after = {"disabled_at": now}
        audit.record(
            Action.KEY_DISABLED, by=actor, on=key, before={"disabled_at": None}, after=after, reason=reason
        )
    return len(keys)
