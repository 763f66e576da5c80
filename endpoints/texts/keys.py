"""The words for API keys: what a key is, how long the old one goes on, and why a request was refused."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from endpoints.domain.keys import KeyState
from endpoints.texts.say import Templates

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEY_REFUSALS: dict[str, Templates] = {
    "key_without_end": (
        _("A key of this installation expires after %(maximum)s days at the latest. Choose when."),
        _("A key of this installation expires some day. Choose when."),
    ),
    "key_days": (
        _("Choose a number of days from 1 to %(maximum)s."),
        _("Choose for how many days the key should work."),
    ),
    "key_issued_before": (
        _(
            "A key was already issued from this form, and its secret was shown then. If you do not have it,"
            " disable that key and issue another."
        ),
    ),
    "key_rotated": (
        _("This key was already rotated: it has a successor, and expires when the overlap ends."),
    ),
    "key_ended": (_("This key does not get in any more. Issue another instead."),),
}

KEY_STATES: dict[KeyState, "StrOrPromise"] = {
    KeyState.IN_USE: _("Active"),
    KeyState.UNUSED: _("Never used"),
    KeyState.EXPIRING: _("Expires soon"),
    KeyState.ROTATED: _("Replaced"),
    KeyState.ISSUER_GONE: _("Issuer disabled"),
    KeyState.EXPIRED: _("Expired"),
    KeyState.DISABLED: _("Disabled"),
}

KEY_ADVICE: dict[KeyState, "StrOrPromise"] = {
    KeyState.UNUSED: _(
        "Nothing has used this key for a week since it was issued. If nobody needs it, disable it."
    ),
    KeyState.EXPIRING: _("Rotate it, and put the new secret where the old one is used, before it expires."),
    KeyState.ROTATED: _(
        "It has a successor and works until it expires. Put the new secret where this one is used."
    ),
    KeyState.ISSUER_GONE: _(
        "Whoever issued it is disabled, and so is the key. Issue another where it is needed."
    ),
}

OVERLAP_LABELS: dict[str, "StrOrPromise"] = {
    "now": _("Not at all: it expires now"),
    "hour": _("1 hour"),
    "day": _("1 day"),
    "week": _("7 days"),
}


def days_text(days: int | None) -> str:
    """Return after how long a key ends."""
    if days is None:
        return str(_("Never"))
    return ngettext("After %(n)s day", "After %(n)s days", days) % {"n": days}
