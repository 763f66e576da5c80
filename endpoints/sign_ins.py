"""Writes down who signed in, failed to, and signed out; whatever page or provider let them."""

from typing import Any

from django.contrib.auth import signals
from django.http import HttpRequest

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.models import User
from endpoints.models.access import SOMEBODY

_TRIED_MOST = 100  # characters


def connect() -> None:
    """Hear Django's signals."""
    signals.user_logged_in.connect(_signed_in, dispatch_uid="audit_signed_in")
    signals.user_logged_out.connect(_signed_out, dispatch_uid="audit_signed_out")
    signals.user_login_failed.connect(_failed, dispatch_uid="audit_sign_in_failed")


def _signed_in(sender: Any, request: HttpRequest | None, user: User, **_: Any) -> None:
    audit.record(Action.SIGNED_IN, by=user, on=user)


def _signed_out(sender: Any, request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is not None:  # nobody was signed in
        audit.record(Action.SIGNED_OUT, by=user, on=user)


def _failed(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    tried = tried_email(credentials)
    user = User.objects.filter(email__iexact=tried).first() if tried else None
    audit.record(Action.SIGN_IN_FAILED, by=SOMEBODY, on=user, name=tried)


def tried_email(credentials: dict[str, Any]) -> str:
    """Return the e-mail that was tried, cut short; "" for what is none: a password may be typed there."""
    tried = str(credentials.get("email") or credentials.get("username") or "").replace("\0", "\ufffd").strip()
    return tried[:_TRIED_MOST] if "@" in tried and not any(map(str.isspace, tried)) else ""
