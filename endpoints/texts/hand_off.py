"""What the page behind a hand-off link says: to people in AWS who know nothing of this installation.

It tells of the owner's side only. What the operators must do, and with what, is left out, and so is every
person but the maker of the link.
"""

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from endpoints import texts
from endpoints.domain.reasons import Reason
from endpoints.domain.status import Status
from endpoints.texts.advice import OPERATORS, OWNERS, REASONS, YOU

if TYPE_CHECKING:
    from endpoints.models import ReversePrivateEndpoint

_DONE_BY_ITSELF = frozenset(
    {
        Reason.OWNER_MUST_ACCEPT,
        Reason.WAITING_FOR_SHARE,
        Reason.INVITATION_REJECTED,
        Reason.SHARE_NOT_FOUND,
        Reason.INVITATION_EXPIRED,
        Reason.INVITATION_REFUSED,
        Reason.CONFIGURATION_UNUSABLE,
        Reason.BROKERS_REFUSED,
    }
)
"""Reasons after which the work goes on as soon as the owner has acted."""


class Asked(NamedTuple):
    """What is the matter, who on the owner's side must act ("" for nobody), what to do, what comes then.

    `has_commands`: there is something to do or to look at in AWS.
    """

    what: str
    who: str = ""
    todo: str = ""
    then: str = ""
    has_commands: bool = False


def asked_of_owner(endpoint: "ReversePrivateEndpoint", status: str, maker: str) -> Asked:
    """Return what is asked of the owner's side, given the status that the page shows."""
    if endpoint.is_removed:
        return Asked(_("This endpoint was removed. There is nothing to accept any more."))
    if status == Status.DELETING:
        return Asked(_("This endpoint is being removed. There is nothing to accept any more."))
    if status == Status.UNKNOWN:
        return Asked(
            _("The state of this endpoint cannot be read at the moment. The last known state is: %(status)s.")
            % {"status": texts.status_label(endpoint.status)},
        )
    reason = texts.current_reason(endpoint)
    advice = REASONS[reason] if reason else None
    if advice is None or advice.who == OPERATORS:
        return Asked(_("The other side is at work on this endpoint. Nothing is to be done on yours."))
    what = texts.reason_text(endpoint)
    if advice.who not in OWNERS:
        return Asked(what, has_commands=advice.who == YOU)
    return Asked(what, str(advice.who), texts.next_step_text(endpoint), _after(reason, maker), True)


def _after(reason: Reason | None, maker: str) -> str:
    if reason in _DONE_BY_ITSELF:
        return _("The work then goes on by itself, and this page follows.")
    return _("Tell who asked for it when this is done: %(maker)s") % {"maker": maker}
