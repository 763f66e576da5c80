"""Where people are signed in: one row for each session as soon as it begins, and how all end."""

import time
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from endpoints import audit
from endpoints.models import User

NOWHERE = "0.0.0.0"  # noqa: S104 - the address of a client that has none, such as one on a Unix socket
SEEN_EVERY_SECONDS = 60
_SEEN = "seen_at"


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign a user out everywhere, but for the session of a key; return how many sessions ended."""
    with transaction.atomic():
        rows = UserSession.objects.filter(user=user)
        keys = [key for key in rows.values_list("session_key", flat=True) if key != but]
        ended = Session.objects.filter(session_key__in=keys)
        number = ended.count()
        ended.delete()
        rows.filter(session_key__in=keys).delete()
    return number


@transaction.atomic
def forget_expired() -> int:
    """Delete sessions that are over and rows of sessions that are no more; return how many sessions."""
    expired = Session.objects.filter(expire_date__lt=timezone.now()).count()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()  # as Django's `clearsessions` does
    UserSession.objects.filter(~Exists(Session.objects.filter(pk=OuterRef("session_key")))).delete()
    return expired


def note(request: HttpRequest) -> None:
    """Write down that the session of a request was used; at most once a minute."""
    seen = request.session.get(_SEEN, 0)
    if 0 <= time.time() - seen < SEEN_EVERY_SECONDS:
        return
    _write(request, request.user)


def _write(request: HttpRequest, user: Any) -> None:
    request.session[_SEEN] = int(time.time())
    if not request.session.session_key:
        request.session.save()
    about = {
        "user": user,
        "ip": audit.client_address() or NOWHERE,
        "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200].replace("\0", ""),
        "last_seen_at": timezone.now(),
    }
    UserSession.objects.update_or_create(session_key=request.session.session_key, defaults=about)


def _began(sender: Any, request: HttpRequest, user: User, **others: Any) -> None:
    _write(request, user)


def follow() -> None:
    """Keep a row for every session that begins, in whichever way somebody signs in."""
    user_logged_in.connect(_began, dispatch_uid="sessions")
