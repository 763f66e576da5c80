"""What a warning before a deadline says: how long is left, and what keeps the endpoint."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from endpoints.domain.reasons import Reason
from endpoints.domain.shares import HEALING
from endpoints.domain.status import FACTS, Status

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_ACCEPT: "StrOrPromise" = _("To keep it, ask the owner of the endpoint service to accept the connection.")
_SHARE: "StrOrPromise" = _(
    "To keep it, ask the owner to put the resource share right; the work then goes on by itself."
)
_ANEW: "StrOrPromise" = _("A share serves one endpoint: create a new endpoint with a new share.")
_RETRY: "StrOrPromise" = _("To keep it, have the cause put right and retry.")


def keep_text(status: str, reason: str) -> str:
    """Return what keeps an endpoint of a status from its removal at the deadline; "" where nothing does."""
    if status == Status.PENDING_ACCEPTANCE:
        return str(_ACCEPT)
    if reason == Reason.SHARE_GONE:
        return str(_ANEW)
    if reason in HEALING:
        return str(_SHARE)
    known = [known for known in Status if known == status]
    return str(_RETRY) if known and FACTS[known[0]].retryable else ""


def within_text(hours: str) -> str:
    """Return a number of hours in words, "" for what is no number."""
    return ngettext("%(n)s hour", "%(n)s hours", int(hours)) % {"n": hours} if hours.isdecimal() else ""
