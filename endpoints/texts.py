"""The words for the codes that rows, events and refusals carry; one table each, worded when it is read.

A table's value is one or more templates, most telling first; the first whose parameters are all known is
used, and the last needs none. Parameters are user data: the functions return plain text, which templates
escape.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.status import Status
from endpoints.domain.steps import Step
from endpoints.domain.types import EndpointType

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from endpoints.models import Event, ReversePrivateEndpoint

Templates = tuple["StrOrPromise", ...]

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_CLEANUP = "cleanup"  # models.access.CLEANUP's name

STATUS_LABELS: dict[str, "StrOrPromise"] = {
    Status.UNKNOWN: _("Unknown"),
    Status.PROVISIONING: _("Provisioning"),
    Status.PENDING_ACCEPTANCE: _("Pending acceptance"),
    Status.READY: pgettext_lazy("status", "Ready"),
    Status.REJECTED: _("Rejected"),
    Status.EXPIRED: _("Expired"),
    Status.FAILED: _("Failed"),
    Status.DELETING: _("Deleting"),
    "Removed": _("Removed"),
}

TYPE_LABELS: dict[str, "StrOrPromise"] = {
    EndpointType.VPC_ENDPOINT_SERVICE: _("VPC endpoint service"),
}

FIELD_LABELS: dict[str, "StrOrPromise"] = {
    "type": _("VPC endpoint type"),
    "description": _("Description"),
    "vpcEndpointServiceName": _("VPC endpoint service name"),
}


@dataclass(frozen=True)
class _Advice:
    """What a reason means: what is the matter, who must act now, and what to do."""

    what: Templates
    who: "StrOrPromise"
    next: Templates


_NOBODY = _("Nobody")
_OWNER = _("The owner of the endpoint service")
_OPERATORS = _("The operators of this installation")
_YOU = _("You")

_WAIT: Templates = (_("Nothing to do. You may leave this page; the work goes on."),)
_ASK_AND_RETRY = _("Ask the owner of the endpoint service why, and retry when they are ready to accept.")
_TELL_OPERATORS = _(
    "Nothing is lost: the work goes on by itself once that is done. If it lasts, tell the operators."
)

REASONS: dict[Reason, _Advice] = {
    Reason.REQUESTED: _Advice((_("The request is saved; the work is about to begin."),), _NOBODY, _WAIT),
    Reason.CREATING: _Advice((_("The endpoint is being created in AWS."),), _NOBODY, _WAIT),
    Reason.CONNECTING: _Advice(
        (_("AWS is connecting the endpoint to the endpoint service."),), _NOBODY, _WAIT
    ),
    Reason.REPLACING: _Advice(
        (_("What the previous attempt left in AWS is being removed before the next one begins."),),
        _NOBODY,
        _WAIT,
    ),
    Reason.AWS_UNAVAILABLE: _Advice(
        (
            _("AWS does not answer or asks us to wait. The next try is at %(until)s."),
            _("AWS does not answer or asks us to wait. Postern tries again by itself."),
        ),
        _NOBODY,
        _WAIT,
    ),
    Reason.OPERATOR_MUST_ACT: _Advice(
        (
            _("The AWS set-up of this installation in %(region)s needs attention before the work can go on."),
            _("The AWS set-up of this installation needs attention before the work can go on."),
        ),
        _OPERATORS,
        (_TELL_OPERATORS,),
    ),
    Reason.WRITES_PAUSED: _Advice(
        (_("Changes in AWS are paused by the operators of this installation."),),
        _OPERATORS,
        (_TELL_OPERATORS,),
    ),
    Reason.OWNER_MUST_ACCEPT: _Advice(
        (_("The connection waits for the owner of the endpoint service to accept it."),),
        _OWNER,
        (
            _(
                "In the AWS console of the account that owns %(service_name)s: Endpoint Services → Endpoint"
                " connections → Actions → Accept endpoint connection request."
            ),
            _(
                "In the owner's AWS console: Endpoint Services → Endpoint connections → Actions → Accept"
                " endpoint connection request."
            ),
        ),
    ),
    Reason.AVAILABLE: _Advice(
        (_("The endpoint is connected."),),
        _NOBODY,
        (_("Copy a DNS name, add the port of your source, and use both in a ClickPipe."),),
    ),
    Reason.MODIFYING: _Advice(
        (_("The endpoint is connected; AWS is applying a change to it."),),
        _NOBODY,
        (_("Copy a DNS name, add the port of your source, and use both in a ClickPipe."),),
    ),
    Reason.REJECTED_BY_OWNER: _Advice(
        (_("The owner of the endpoint service rejected the connection."),), _YOU, (_ASK_AND_RETRY,)
    ),
    Reason.NOT_ACCEPTED_IN_TIME: _Advice(
        (_("The owner of the endpoint service did not accept the connection in time."),),
        _YOU,
        (_("Ask the owner to be ready to accept, then retry or create a new endpoint."),),
    ),
    Reason.FAILED_AT_AWS: _Advice(
        (_("AWS could not bring up the endpoint."),),
        _YOU,
        (_("Retry. If it fails again, ask the operators of this installation what AWS said."),),
    ),
    Reason.REMOVED_OUTSIDE: _Advice(
        (_("The endpoint was deleted in AWS, and not by Postern."),),
        _YOU,
        (_("Find out who deleted it and why, then retry. Nothing is created again without you."),),
    ),
    Reason.SERVICE_NOT_FOUND: _Advice(
        (
            _("AWS knows no endpoint service %(service_name)s that account %(account)s may connect to."),
            _("AWS knows no endpoint service %(service_name)s that this installation may connect to."),
            _("AWS knows no endpoint service of this name that this installation may connect to."),
        ),
        _OWNER,
        (
            _(
                "The owner checks the name and adds arn:aws:iam::%(account)s:root to the allowed principals"
                " of the endpoint service. Then retry."
            ),
            _(
                "The owner checks the name and adds this installation's AWS account to the allowed"
                " principals of the endpoint service. Then retry."
            ),
        ),
    ),
    Reason.SERVICE_NOT_INTERFACE: _Advice(
        (
            _("%(service_name)s is not an endpoint service of type Interface."),
            _("This is not an endpoint service of type Interface."),
        ),
        _YOU,
        (_("Create a new endpoint with an endpoint service that stands behind a Network Load Balancer."),),
    ),
    Reason.REGION_NOT_SUPPORTED: _Advice(
        (
            _("The endpoint service does not accept connections from the region %(region)s."),
            _("The endpoint service does not accept connections from the region of your ClickPipes."),
        ),
        _OWNER,
        (
            _(
                "Check the region in the service name. If it is right, in the owner's AWS console: Endpoint"
                " Services → Actions → Modify supported Regions → add %(region)s. Then retry."
            ),
            _(
                "Check the region in the service name. If it is right, in the owner's AWS console: Endpoint"
                " Services → Actions → Modify supported Regions. Then retry."
            ),
        ),
    ),
    Reason.NO_COMMON_ZONE: _Advice(
        (
            _("The endpoint service and this installation share no Availability Zone in %(region)s."),
            _("The endpoint service and this installation share no Availability Zone."),
        ),
        _OWNER,
        (
            _(
                "The owner adds an Availability Zone to the load balancer of the endpoint service, or the"
                " operators add a subnet in one of its zones. Then retry."
            ),
        ),
    ),
    Reason.NO_NETWORK: _Advice(
        (
            _("This installation has no network in %(region)s that takes new endpoints."),
            _("This installation has no network in this region that takes new endpoints."),
        ),
        _OPERATORS,
        (_("The operators add a network, or open one that is draining. Then retry."),),
    ),
    Reason.NAME_TAKEN: _Advice(
        (
            _("The endpoint service %(service_name)s is already used by another organization."),
            _("This endpoint service is already used by another organization."),
        ),
        _YOU,
        (
            _(
                "If the endpoint service is yours, ask the operators of this installation to allow it for"
                " your organization. Then retry."
            ),
        ),
    ),
    Reason.REFUSED_BY_AWS: _Advice(
        (_("AWS refused the request."),),
        _YOU,
        (
            _(
                "Check the service name and the allowed principals with the owner of the endpoint service,"
                " then retry. The operators of this installation can read what AWS said."
            ),
        ),
    ),
    Reason.REMOVAL_REQUESTED: _Advice(
        (_("Removal was requested; everything made for this endpoint is being deleted in AWS."),),
        _NOBODY,
        _WAIT,
    ),
    Reason.DEADLINE_PASSED: _Advice(
        (_("The deadline passed; everything made for this endpoint is being deleted in AWS."),),
        _NOBODY,
        _WAIT,
    ),
    Reason.DELETING_AT_AWS: _Advice((_("AWS is deleting the endpoint."),), _NOBODY, _WAIT),
    Reason.UNKNOWN_STATE: _Advice(
        (_("AWS reports a state that Postern does not know."),),
        _OPERATORS,
        (_("The operators look at the endpoint in AWS. The page follows when the state changes."),),
    ),
}

_STALE = _Advice(
    (
        _("AWS could not be read since %(since)s. The last known state is: %(status)s."),
        _("AWS could not be read for an hour."),
    ),
    _OPERATORS,
    (_("The operators check the access to AWS. Nothing is removed while the state is unknown."),),
)
_REMOVED: dict[str, Templates] = {
    Reason.REMOVAL_REQUESTED: (
        _("Removed on request of %(who)s. Everything made for it in AWS is gone."),
        _("Removed on request. Everything made for it in AWS is gone."),
    ),
    Reason.DEADLINE_PASSED: (
        _("Removed by automatic cleanup, because its deadline passed. Everything made for it is gone."),
    ),
}
_REMOVED_WHY: dict[str, "StrOrPromise"] = {
    Reason.REMOVAL_REQUESTED: _("Removal was requested"),
    Reason.DEADLINE_PASSED: _("Its deadline passed"),
}

PLANS: dict[str, "StrOrPromise"] = {
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
    EventCode.REMOVED: (_("The endpoint was removed; nothing of it is left in AWS."),),
    EventCode.AWS_TROUBLE: (
        _("AWS did not carry out %(operation)s. %(reason)s"),
        _("AWS did not carry out %(operation)s."),
        _("AWS did not carry out a call."),
    ),
}

REFUSALS: dict[str, Templates] = {
    "required": (_("Enter a value."),),
    "not_text": (_("This must be text."),),
    "unprintable": (_("Remove the characters that cannot be printed, such as line breaks or NUL."),),
    "undecodable": (_("This was not sent as UTF-8 and cannot be read. Type it again."),),
    "too_long": (
        _("At most %(maximum)s characters are allowed; this has %(length)s."),
        _("This is too long."),
    ),
    "unknown_type": (
        _("There is no endpoint type of this name. Known types: %(known)s"),
        _("There is no endpoint type of this name."),
    ),
    "foreign_field": (
        _("This field does not belong to the type %(type)s."),
        _("This field does not belong to this type."),
    ),
    "not_a_service_name": (
        _("A service name looks like com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0."),
    ),
    "service_id_for_name": (
        _(
            "This is the ID of the endpoint service. Enter its whole name:"
            " com.amazonaws.vpce.<region>.vpce-svc-…"
        ),
    ),
    "endpoint_id_for_service_name": (
        _(
            "This is the ID of an endpoint. Enter the name of the endpoint service:"
            " com.amazonaws.vpce.<region>.vpce-svc-…"
        ),
    ),
    "arn_for_service_name": (
        _("This is an ARN. Enter the service name: com.amazonaws.vpce.<region>.vpce-svc-…"),
    ),
    "url_for_service_name": (
        _("This is a web address. Enter the service name: com.amazonaws.vpce.<region>.vpce-svc-…"),
    ),
    "aws_service_for_service_name": (
        _(
            "This is a service of AWS itself. Enter the name of your own endpoint service:"
            " com.amazonaws.vpce.<region>.vpce-svc-…"
        ),
    ),
    "dns_name_for_service_name": (
        _(
            "This is the DNS name of an endpoint. Enter the name of the endpoint service:"
            " com.amazonaws.vpce.<region>.vpce-svc-…"
        ),
    ),
    "no_network": (
        _("This installation has no network in %(region)s. Ask its operators to add one."),
        _("This installation has no network in this region. Ask its operators to add one."),
    ),
    "name_taken": (
        _(
            "This endpoint service is already used by another organization. If it is yours, ask the"
            " operators of this installation to allow it for your organization."
        ),
    ),
    "cannot_retry": (
        _("There is nothing to retry: the endpoint is in the status %(status)s."),
        _("There is nothing to retry."),
    ),
}


def status_label(status: str) -> str:
    """Return the word for a status of the API, or for `Removed`; an unknown one as it is."""
    return str(STATUS_LABELS.get(status, status))


def type_label(endpoint_type: str) -> str:
    """Return the words for an endpoint type; an unknown one as it is."""
    return str(TYPE_LABELS.get(endpoint_type, endpoint_type))


def field_label(name: str) -> str:
    """Return the caption of a field by its JSON name; an unknown one as it is."""
    return str(FIELD_LABELS.get(name, name))


def actor_text(name: str) -> str:
    """Return how an event's actor is called: a person's or a key's name as it is, cleanup in words."""
    return _now("automatic cleanup") if name == _CLEANUP else name


def moment_text(when: datetime) -> str:
    """Return an exact moment in the installation's time zone, with the zone's label."""
    local = timezone.localtime(when)
    # Translators: a date and time in Django's date format
    return f"{date_format(local, _now('j M Y, H:i'))} {local.tzname() or 'UTC'}"


def reason_text(endpoint: "ReversePrivateEndpoint") -> str:
    """Return what is the matter with an endpoint, in a plain sentence."""
    if endpoint.is_removed:
        by = {"who": endpoint.removal_requested_by}
        return _say(_REMOVED.get(endpoint.removal_reason, _REMOVED[Reason.REMOVAL_REQUESTED]), by)
    advice = _advice(_current_reason(endpoint))
    return _say(advice.what, _params(endpoint)) if advice else endpoint.reason


def who_text(endpoint: "ReversePrivateEndpoint") -> str:
    """Return who must act next."""
    advice = None if endpoint.is_removed else _advice(_current_reason(endpoint))
    return str(advice.who if advice else _NOBODY)


def next_step_text(endpoint: "ReversePrivateEndpoint") -> str:
    """Return what whoever must act should do next; "" for a tombstone."""
    advice = None if endpoint.is_removed else _advice(_current_reason(endpoint))
    return _say(advice.next, _params(endpoint)) if advice else ""


def stale_texts(status: str, since: str) -> tuple[str, str, str]:
    """Return what is the matter, who must act and what to do while nothing good was read for an hour.

    `status` is the last known one, `since` a worded moment, "" when there is none.
    """
    params = {"status": status_label(status), "since": since}
    return _say(_STALE.what, params), str(_STALE.who), _say(_STALE.next, params)


def removal_text(endpoint: "ReversePrivateEndpoint") -> str:
    """Return why an endpoint was or is being removed, in a few words; "" if it is not."""
    return str(_REMOVED_WHY.get(endpoint.removal_reason, endpoint.removal_reason))


def plan_text(planned: str) -> str:
    """Return what would be done in AWS now if changes were not paused; "" for nothing."""
    return str(PLANS.get(planned, planned))


def event_text(event: "Event") -> str:
    """Return what happened, in a sentence."""
    params = dict(event.params)
    for name in ("status", "from"):
        if params.get(name):
            params[name] = status_label(str(params[name]))
    advice = _advice(str(params.get("reason", "")))
    params["reason"] = _say(advice.what, event.params) if advice else ""
    try:
        templates = EVENTS[EventCode(event.code)]
    except ValueError:
        return event.code  # written by a newer version
    return _say(templates, {"operation": event.operation, **params})


def refusal_text(code: str, params: Mapping[str, object] | None = None) -> str:
    """Return why a request was refused, for a SpecError's or IntentRefused's code and parameters."""
    known = dict(params or {})
    if "status" in known:
        known["status"] = status_label(str(known["status"]))
    return _say(REFUSALS[code], known) if code in REFUSALS else code


def _current_reason(endpoint: "ReversePrivateEndpoint") -> str:
    """The stored reason, or the removal's own while the engine has not yet taken it up."""
    if endpoint.removal_requested_at is not None and endpoint.status != Status.DELETING:
        return endpoint.removal_reason
    if endpoint.observed_generation < endpoint.generation:
        return Reason.REQUESTED
    return endpoint.reason


def _advice(reason: str) -> _Advice | None:
    try:
        return REASONS[Reason(reason)]
    except ValueError:
        return None  # written by a newer version


def _params(endpoint: "ReversePrivateEndpoint") -> dict[str, object]:
    known: dict[str, object] = {"region": endpoint.region_id}
    service_name = endpoint.parameters.get("vpcEndpointServiceName")
    if service_name:
        known["service_name"] = service_name
    known |= {name: value for name, value in endpoint.reason_params.items() if value}
    if "until" in known:
        known["until"] = _worded(str(known["until"]))
    return known


def _worded(moment: str) -> str:
    try:
        return moment_text(datetime.fromisoformat(moment))
    except ValueError:
        return ""


def _say(templates: Templates, params: Mapping[str, object]) -> str:
    for template in templates:
        text = str(template)
        if all(params.get(name) for name in _PLACEHOLDER.findall(text)):
            return _PLACEHOLDER.sub(lambda found: _plain(params[found[1]]), text)
    return str(templates[-1])


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
