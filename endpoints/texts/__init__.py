"""The words for the codes that rows, events and refusals carry; worded when they are read.

One table for each kind of code: labels, advice (reasons), events, refusals. Parameters are user data: the
functions return plain text, which templates escape.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now

from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.status import Status
from endpoints.domain.steps import Step
from endpoints.texts.advice import (
    NOBODY,
    REASONS,
    REMOVED,
    REMOVED_WHY,
    STALE,
    USE_CONNECTION_STRING,
    Advice,
)
from endpoints.texts.events import EVENTS, PLANS
from endpoints.texts.labels import (
    CHANGED_LABELS,
    CONNECTION_LABELS,
    CONNECTION_TEXTS,
    FIELD_LABELS,
    LEFT_BEHIND,
    SHARE_LEFT_UNUSED,
    STATUS_LABELS,
    TYPE_LABELS,
)
from endpoints.texts.pasted import BELONGS, PASTED, WANTED
from endpoints.texts.refusals import HELD_BY, REFUSALS
from endpoints.texts.say import say
from endpoints.texts.warnings import keep_text, within_text

if TYPE_CHECKING:
    from endpoints.models import Event, ReversePrivateEndpoint

__all__ = [
    "BELONGS",
    "CONNECTION_LABELS",
    "CONNECTION_TEXTS",
    "EVENTS",
    "FIELD_LABELS",
    "LEFT_BEHIND",
    "PASTED",
    "REASONS",
    "REFUSALS",
    "SHARE_LEFT_UNUSED",
    "STATUS_LABELS",
    "TYPE_LABELS",
    "WANTED",
    "keep_text",
]

# The parameters that sentences mention, by the names they have there.
_SAID = {
    "vpcEndpointServiceName": "service_name",
    "vpcResourceConfigurationId": "configuration",
    "vpcResourceShareArn": "share",
    "mskClusterArn": "cluster",
    "mskAuthentication": "scheme",
}
_CLEANUP = "cleanup"  # models.access.CLEANUP's name


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
    """Return an exact moment in the reader's time zone, with the zone's label."""
    local = timezone.localtime(when)
    # Translators: a date and time in Django's date format
    return f"{date_format(local, _now('j M Y, H:i'))} {local.tzname() or 'UTC'}"


def reason_text(endpoint: "ReversePrivateEndpoint") -> str:
    """Return what is the matter with an endpoint, in a plain sentence."""
    if endpoint.is_removed:
        by = {"who": endpoint.removal_requested_by}
        return say(REMOVED.get(endpoint.removal_reason, REMOVED[Reason.REMOVAL_REQUESTED]), by)
    advice = _advice(_current_reason(endpoint))
    return say(advice.what, _params(endpoint)) if advice else endpoint.reason


def who_text(endpoint: "ReversePrivateEndpoint") -> str:
    """Return who must act next."""
    advice = None if endpoint.is_removed else _advice(_current_reason(endpoint))
    return str(advice.who if advice else NOBODY)


def next_step_text(endpoint: "ReversePrivateEndpoint") -> str:
    """Return what whoever must act should do next; "" for a tombstone."""
    reason = _current_reason(endpoint)
    advice = None if endpoint.is_removed else _advice(reason)
    if advice and endpoint.connection_string and reason in (Reason.AVAILABLE, Reason.MODIFYING):
        return str(USE_CONNECTION_STRING)
    return say(advice.next, _params(endpoint)) if advice else ""


def stale_texts(status: str, since: str) -> tuple[str, str, str]:
    """Return what is the matter, who must act and what to do while nothing good was read for an hour.

    `status` is the last known one, `since` a worded moment, "" when there is none.
    """
    params = {"status": status_label(status), "since": since}
    return say(STALE.what, params), str(STALE.who), say(STALE.next, params)


def removal_text(endpoint: "ReversePrivateEndpoint") -> str:
    """Return why an endpoint was or is being removed, in a few words; "" if it is not."""
    return str(REMOVED_WHY.get(endpoint.removal_reason, endpoint.removal_reason))


def plan_text(planned: str) -> str:
    """Return what would be done in AWS now if changes were not paused; "" for nothing."""
    return str(PLANS.get(planned, planned))


def event_text(event: "Event") -> str:
    """Return what happened, in a sentence."""
    params = dict(event.params)
    if event.code == EventCode.DEADLINE_NEAR:
        params["left"] = within_text(str(params.get("hours", "")))
        params["keep"] = keep_text(str(params.get("status", "")), str(params.get("reason", "")))
        params["until"] = _worded(str(params.get("until", "")))
    for name in ("status", "from"):
        if params.get(name):
            params[name] = status_label(str(params[name]))
    if params.get("changed"):
        params["changed"] = changed_text(str(params["changed"]).split(", "))
    if params.get("item"):
        params["item"] = _item_text(str(params["item"]))
    advice = _advice(str(params.get("reason", "")))
    params["reason"] = say(advice.what, event.params) if advice else ""
    try:
        templates = EVENTS[EventCode(event.code)]
    except ValueError:
        return event.code  # written by a newer version
    return say(templates, {"operation": event.operation, **params})


def changed_text(names: Iterable[str]) -> str:
    """Return what was changed in AWS by somebody else, in words with commas; an unknown name as it is."""
    return ", ".join(str(CHANGED_LABELS.get(name, name)) for name in names)


def _item_text(key: str) -> str:
    from endpoints.texts.guides import GUIDES  # they are worded with what stands here

    return str(next((words.title for known, words in GUIDES.items() if known == key), key))


def refusal_text(code: str, params: Mapping[str, object] | None = None) -> str:
    """Return why a request was refused, for a SpecError's or IntentRefused's code and parameters."""
    known = dict(params or {})
    if "status" in known:
        known["status"] = status_label(str(known["status"]))
    if code in ("pasted", "shape") and known.get("wanted") in WANTED:
        return _what_was_pasted(known)
    said = say(REFUSALS[code], known) if code in REFUSALS else code
    return f"{said} {say(HELD_BY, known)}" if known.get("holder_id") else said


def _what_was_pasted(known: Mapping[str, object]) -> str:
    """Say what it is, where it belongs unless it is there, and what to enter."""
    wanted = str(known["wanted"])
    belongs = str(known.get("belongs", ""))
    said = [PASTED.get(str(known.get("pasted", "")), REFUSALS["shape"][0])]
    said += [BELONGS[belongs]] if belongs in BELONGS and belongs != wanted else []
    return " ".join(map(str, [*said, WANTED[wanted]]))


def current_reason(endpoint: "ReversePrivateEndpoint") -> Reason | None:
    """Return the reason that is shown now; None for one of a newer version."""
    try:
        return Reason(_current_reason(endpoint))
    except ValueError:
        return None


def _current_reason(endpoint: "ReversePrivateEndpoint") -> str:
    """The stored reason, the removal's own until the engine took it up, or the pause that holds it up."""
    if endpoint.planned == Step.DELETE:
        return Reason.WRITES_PAUSED
    if endpoint.removal_requested_at is not None and endpoint.status != Status.DELETING:
        return endpoint.removal_reason
    if endpoint.observed_generation < endpoint.generation:
        return Reason.REQUESTED
    return endpoint.reason


def _advice(reason: str) -> Advice | None:
    try:
        return REASONS[Reason(reason)]
    except ValueError:
        return None  # written by a newer version


def _params(endpoint: "ReversePrivateEndpoint") -> dict[str, object]:
    known: dict[str, object] = {"region": endpoint.region_id}
    known |= {word: endpoint.parameters.get(field) for field, word in _SAID.items()}
    known |= {name: value for name, value in endpoint.reason_params.items() if value}
    if "until" in known:
        known["until"] = _worded(str(known["until"]))
    return known


def _worded(moment: str) -> str:
    try:
        return moment_text(datetime.fromisoformat(moment))
    except ValueError:
        return ""
