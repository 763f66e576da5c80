"""What is shown of a session: which browser it is, in words."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from endpoints.sessions import NOWHERE

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"),
    ("Safari/", "Safari"), ("curl/", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class ShownSession:
    """One session: its id, browser and address (None: not known), when it began and was used last."""

    id: int
    browser: str
    address: str | None
    began_at: datetime
    seen_at: datetime
    is_current: bool


def shown_session(row: UserSession, *, is_current: bool = False) -> ShownSession:
    """Return what is shown of a row."""
    address = None if row.ip == NOWHERE else row.ip
    return ShownSession(
        row.pk, browser_of(row.user_agent), address, row.created_at, row.last_seen_at, is_current
    )


def browser_of(user_agent: str) -> str:
    """Name browser and system by what the browser says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")
