"""All that the rows say of one endpoint, as JSON has it: texts, numbers, lists and objects; times in UTC."""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Model, Q

from endpoints import texts
from endpoints.models import (
    Moment,
    Orphan,
    Queued,
    Replacement,
    ReversePrivateEndpoint,
    affected_by,
)
from endpoints.texts.orphans import finding_text
from endpoints.texts.queue import queue_text
from endpoints.web.shown import Shown

Case = dict[str, Any]

_NOT_SHOWN = frozenset({"form_key"})
"""Columns that say nothing to anybody."""


def gather(endpoint: ReversePrivateEndpoint, moment: Moment) -> Case:
    """Return the case of one endpoint; `moment` is now."""
    shown = Shown(endpoint, moment.now)
    what, who, next_step = shown.advice
    return {
        "as_of": plain(moment.now),
        "id": str(endpoint.pk),
        "description": endpoint.description,
        "owner": _owner(endpoint),
        "type": texts.type_label(endpoint.type),
        "status": {
            "shown": shown.status,
            "since": plain(shown.since),
            "what": what,
            "who_must_act": who,
            "next_step": next_step,
            "deadline": plain(endpoint.deadline),
            "removal": texts.removal_text(endpoint) if endpoint.removal_requested_at else "",
        },
        "row": columns(endpoint),
        "claims": [columns(claim, "organization") for claim in endpoint.claims.order_by("kind", "key")],
        "pipes": _pipes(endpoint),
        "attempts": [_attempt(attempt) for attempt in endpoint.attempts.select_related("network")],
        "work": _work(endpoint, moment),
        "region": columns(endpoint.region),
        "replacements": [columns(one) for one in _replacements(endpoint)],
        "hand_offs": [columns(link, "id") for link in endpoint.hand_offs.all()],  # the id makes the link
        "orphans": [
            {"why_text": finding_text(orphan.why), **columns(orphan)} for orphan in _orphans(endpoint)
        ],
        "events": [_event(event) for event in endpoint.events.order_by("id").select_related("attempt")],
    }


def columns(row: Model, *left_out: str) -> dict[str, Any]:
    """Return all columns of a row but those left out, in the order of the model."""
    fields = (field for field in row._meta.concrete_fields if field.name not in {*_NOT_SHOWN, *left_out})
    return {field.name: plain(getattr(row, field.attname)) for field in fields}


def plain(value: Any) -> Any:
    """Return a value of a column as JSON has it; moments as `2026-06-01 12:00:00Z`."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, date | uuid.UUID | timedelta):
        return str(value)
    return value


def _owner(endpoint: ReversePrivateEndpoint) -> dict[str, str]:
    service = endpoint.service
    return {
        "organization": service.organization.name,
        "organization_id": str(service.organization_id),
        "service": service.name,
        "service_id": str(service.pk),
    }


def _pipes(endpoint: ReversePrivateEndpoint) -> list[dict[str, Any]]:
    """Return what depends on it, and what once named it by id."""
    affected = affected_by([endpoint])[endpoint.pk]
    depends = {pipe.pk: "uses it" for pipe in affected.uses} | {
        pipe.pk: "reaches its name" for pipe in affected.may
    }
    known = {pipe.pk: pipe for pipe in [*affected.uses, *affected.may, *endpoint.pipes.all()]}
    return [{"depends": depends.get(key, "named it"), **columns(pipe)} for key, pipe in known.items()]


def _attempt(attempt: Any) -> dict[str, Any]:
    network = attempt.network
    return {"network_vpc": network.vpc_id, "network_region": network.region_id, **columns(attempt)}


def _work(endpoint: ReversePrivateEndpoint, moment: Moment) -> dict[str, Any]:
    """Return who works on it and what it waits for."""
    waiting = ReversePrivateEndpoint.objects.with_turn().get(pk=endpoint.pk)
    told = getattr(waiting, "in_queue", None)
    queued = Queued.read(told) if told else None
    held = endpoint.lease_until is not None and endpoint.lease_until > moment.real
    breaker = endpoint.breaker
    return {
        "held_by_a_worker": held,
        "due_at": plain(endpoint.due_at),
        "failures": endpoint.failures,
        "planned": texts.plan_text(endpoint.planned),
        "queue": queue_text(queued.place, queued.wait(moment.now)) if queued else "",
        "queue_place": queued.place if queued else None,
        "queue_api": queued.api.value if queued else "",
        "breaker": columns(breaker) if breaker else None,
    }


def _replacements(endpoint: ReversePrivateEndpoint) -> Iterable[Replacement]:
    return Replacement.objects.filter(Q(old=endpoint) | Q(new=endpoint)).order_by("requested_at")


def _orphans(endpoint: ReversePrivateEndpoint) -> Iterable[Orphan]:
    made = list(endpoint.attempts.exclude(external_id="").values_list("external_id", flat=True))
    return Orphan.objects.filter(Q(endpoint_id=str(endpoint.pk)) | Q(external_id__in=made))


def _event(event: Any) -> dict[str, Any]:
    generation = event.attempt.generation if event.attempt else None
    return {
        "text": texts.event_text(event),
        "generation": generation,
        **columns(event, "endpoint", "attempt"),
    }
