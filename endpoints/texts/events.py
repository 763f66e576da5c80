"""The lines of a timeline, and what is planned while changes in AWS are paused."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.reasons import EventCode
from endpoints.domain.steps import Step
from endpoints.texts.say import Templates

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PLANS: dict[str, "StrOrPromise"] = {
    Step.ACCEPT: _("The invitation to the resource share will be accepted once changes are allowed again."),
    Step.CREATE: _("The endpoint will be created in AWS once changes are allowed again."),
    Step.DELETE: _("The endpoint will be deleted in AWS once changes are allowed again."),
    Step.PRIVATE_DNS: _("Private DNS will be looked at once changes in AWS are allowed again."),
}

EVENTS: dict[EventCode, Templates] = {
    EventCode.REQUESTED: (_("The endpoint was requested."),),
    EventCode.STATUS_CHANGED: (
        _("Status: %(from)s → %(status)s. %(reason)s"),
        _("Status: %(status)s. %(reason)s"),
        _("Status: %(from)s → %(status)s."),
        _("Status: %(status)s."),
        _("The status changed."),
    ),
    EventCode.SHARE_FOUND: (
        _("The resource share was found; it brings %(configuration)s."),
        _("The resource share was found."),
    ),
    EventCode.ACCEPT_SENT: (_("AWS was asked to accept the invitation to the resource share."),),
    EventCode.ACCEPT_ANSWERED: (_("The invitation to the resource share was accepted."),),
    EventCode.PLACED: (
        _("Attempt %(generation)s was prepared in network %(network)s, %(region)s."),
        _("An attempt was prepared in network %(network)s, %(region)s."),
        _("An attempt was prepared in network %(network)s."),
        _("An attempt was prepared."),
    ),
    EventCode.CREATE_SENT: (_("AWS was asked to create the endpoint."),),
    EventCode.CREATE_ANSWERED: (
        _("AWS created the endpoint %(external_id)s."),
        _("AWS created the endpoint."),
    ),
    EventCode.CREATE_REFUSED: (_("AWS refused to create the endpoint."),),
    EventCode.CREATE_UNANSWERED: (
        _("AWS did not answer the create call. Postern looks for the endpoint and repeats the same call."),
    ),
    EventCode.ADOPTED: (
        _("The endpoint %(external_id)s of an unanswered call was found in AWS by its tag."),
        _("The endpoint of an unanswered call was found in AWS by its tag."),
    ),
    EventCode.ORPHAN_ADOPTED: (
        _("The endpoint %(external_id)s was in AWS and belonged to nobody. It was given to this service."),
        _("An endpoint that was in AWS and belonged to nobody was given to this service."),
    ),
    EventCode.PRIVATE_DNS_ON: (
        _("Private DNS was switched on for: %(names)s"),
        _("Private DNS was switched on."),
    ),
    EventCode.PRIVATE_DNS_TAKEN: (
        _("Private DNS stays off: another endpoint in this network already answers for: %(names)s"),
        _("Private DNS stays off: another endpoint in this network already answers for the name."),
    ),
    EventCode.RETRY_REQUESTED: (_("A retry was requested."),),
    EventCode.REMOVAL_REQUESTED: (_("Removal was requested."),),
    EventCode.DEADLINE_NEAR: (
        _("This endpoint will be removed within %(left)s, at %(until)s. %(keep)s"),
        _("This endpoint will be removed within %(left)s, at %(until)s."),
        _("This endpoint will be removed soon."),
    ),
    EventCode.DEADLINE_PASSED: (_("The deadline passed; automatic cleanup removes the endpoint."),),
    EventCode.DELETE_SENT: (
        _("AWS was asked to delete the endpoint %(external_id)s."),
        _("AWS was asked to delete the endpoint."),
    ),
    EventCode.DELETE_REFUSED: (_("AWS refused to delete the endpoint. Postern tries again."),),
    EventCode.GONE_AT_AWS: (
        _("The endpoint %(external_id)s was seen gone in AWS."),
        _("The endpoint was seen gone in AWS."),
    ),
    EventCode.SEEN_AGAIN: (
        _("The endpoint %(external_id)s was seen in AWS again."),
        _("The endpoint was seen in AWS again."),
    ),
    EventCode.REMOVED_OUTSIDE: (
        _("The endpoint %(external_id)s was deleted in AWS, and not by Postern."),
        _("The endpoint was deleted in AWS, and not by Postern."),
    ),
    EventCode.CHANGED_OUTSIDE: (
        _("Changed in AWS, not by Postern: %(changed)s"),
        _("The endpoint was changed in AWS, and not by Postern."),
    ),
    EventCode.CHANGED_BACK: (_("Nothing differs any more from what Postern made in AWS."),),
    EventCode.REMOVED: (_("The endpoint was removed; nothing of it is left in AWS."),),
    EventCode.AWS_TROUBLE: (
        _("AWS did not carry out %(operation)s. %(reason)s"),
        _("AWS did not carry out %(operation)s."),
        _("AWS did not carry out a call."),
    ),
    EventCode.PIPE_ADDED: (_("The ClickPipe %(pipe)s uses this endpoint now."), _("A ClickPipe was added.")),
    EventCode.PIPE_REMOVED: (
        _("The ClickPipe %(pipe)s does not use this endpoint any more."),
        _("A ClickPipe was removed."),
    ),
    EventCode.PIPES_MOVED: (
        _("ClickPipes were moved here from the endpoint %(from)s: %(pipes)s"),
        _("This endpoint took the place of: %(from)s"),
        _("This endpoint took the place of another."),
    ),
    EventCode.REPLACEMENT_ASKED: (
        _("A replacement was requested: %(description)s"),
        _("A replacement was requested."),
    ),
    EventCode.REPLACED: (
        _("This endpoint was replaced by: %(description)s"),
        _("This endpoint was replaced by another."),
    ),
    EventCode.REPLACEMENT_STOPPED: (_("The replacement was stopped; both endpoints stay as they are."),),
    EventCode.HAND_OFF_MADE: (
        _("A hand-off link was made, for days: %(days)s"),
        _("A hand-off link was made."),
    ),
    EventCode.HAND_OFF_OPENED: (
        _("The hand-off link of %(made_by)s was opened."),
        _("A hand-off link was opened."),
    ),
    EventCode.HAND_OFF_REVOKED: (_("A hand-off link was closed."),),
    EventCode.CLEANED_UP: (_("Ticked on the clean-up list: %(item)s"), _("Ticked on the clean-up list.")),
    EventCode.NOT_CLEANED_UP: (
        _("Unticked on the clean-up list: %(item)s"),
        _("Unticked on the clean-up list."),
    ),
    EventCode.CUSTOM_DNS_CHANGED: (
        _("The custom private DNS names are now: %(names)s. They are recorded, not served."),
        _("The custom private DNS names were removed."),
    ),
}
