"""How AWS and the rows can differ, and what to do about it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.matching import Finding
from endpoints.texts.labels import CHANGED_LABELS
from endpoints.texts.say import Templates, say

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WHAT: dict[Finding, Templates] = {
    Finding.MISSING: (_("The endpoint should be in AWS and is not."),),
    Finding.STATE_DIFFERS: (
        _("AWS says “%(aws)s”, Postern last read “%(row)s”."),
        _("AWS is in another state than Postern last read."),
    ),
    Finding.STATUS_DIFFERS: (
        _("What AWS says means %(aws)s, and Postern shows %(row)s."),
        _("What AWS says means another status than Postern shows."),
    ),
    Finding.NAMES_DIFFER: (
        _("Only AWS has the DNS names %(aws)s, and only Postern has %(row)s."),
        _("AWS has DNS names that Postern does not show: %(aws)s"),
        _("Postern shows DNS names that AWS does not have: %(row)s"),
        _("The DNS names differ."),
    ),
    Finding.TAGS_DIFFER: (_("Its tags in AWS do not say that it belongs to this endpoint."),),
    Finding.SETUP_DIFFERS: (
        _("Somebody else changed it in AWS: %(changed)s"),
        _("Somebody else changed it in AWS."),
    ),
    Finding.LATE_EFFECT: (_("It belongs to an endpoint for which it was believed gone."),),
    Finding.LEFT_OVER: (_("It is of an earlier attempt of an endpoint that works on a newer one."),),
    Finding.SECOND_OBJECT: (_("Its tags name an attempt that has another object already."),),
    Finding.NEVER_ATTEMPTED: (_("Its tags name an attempt that its endpoint never made in this region."),),
    Finding.ROW_UNKNOWN: (_("Its tags name an endpoint that Postern does not know, or not any more."),),
    Finding.TAGS_UNREADABLE: (_("Its tags name this installation, but no endpoint."),),
}
_WAIT: "StrOrPromise" = _("Wait for the next reading of the region. If it stays, look at the worker's log.")
_DELETE: "StrOrPromise" = _("Find out what it is for. Delete it in Django admin, under Orphans.")
DO: dict[Finding, "StrOrPromise"] = {
    Finding.MISSING: _WAIT,
    Finding.STATE_DIFFERS: _WAIT,
    Finding.STATUS_DIFFERS: _WAIT,
    Finding.NAMES_DIFFER: _WAIT,
    Finding.TAGS_DIFFER: _("Put its tags back as they were: listings find it by them."),
    Finding.SETUP_DIFFERS: _(
        "Undo the change in AWS, or recreate the endpoint: Postern changes nothing back."
    ),
    Finding.LATE_EFFECT: _(
        "Wait: the next reading of the region takes it back and removes what is not wanted."
    ),
    Finding.LEFT_OVER: _DELETE,
    Finding.SECOND_OBJECT: _DELETE,
    Finding.NEVER_ATTEMPTED: _DELETE,
    Finding.ROW_UNKNOWN: _(
        "Find out what it is for. In Django admin, under Orphans, adopt it for a service, or delete it."
    ),
    Finding.TAGS_UNREADABLE: _DELETE,
}


def finding_text(code: str, params: Mapping[str, object] | None = None) -> str:
    """Return what differs, in a sentence; an unknown code as it is."""
    known = dict(params or {})
    if code == Finding.SETUP_DIFFERS and known.get("aws"):
        names = str(known["aws"]).split(", ")
        known["changed"] = ", ".join(str(CHANGED_LABELS.get(name, name)) for name in names)
    try:
        return say(WHAT[Finding(code)], known)
    except ValueError:
        return code  # written by a newer version


def finding_advice(code: str) -> str:
    """Return what to do about a difference; "" for an unknown code."""
    try:
        return str(DO[Finding(code)])
    except ValueError:
        return ""
