"""What may be asked of a ClickPipe: record it, remove its record, keep what was typed so far."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from endpoints.domain.pipes import NAME_MAX, Address, parse_addresses
from endpoints.domain.reasons import EventCode
from endpoints.domain.specs import SPECS
from endpoints.domain.types import EndpointType, Source, SpecError, clean_text
from endpoints.intents.base import IntentRefused, lock, require_role
from endpoints.models import (
    Actor,
    ClickPipe,
    Event,
    PipeDraft,
    Principal,
    ReversePrivateEndpoint,
    Role,
    Service,
    User,
    read_clock,
)


@dataclass(frozen=True)
class WantedPipe:
    """A checked request to record a ClickPipe; `endpoint_ids` are those it names."""

    name: str
    source: Source
    address: str
    addresses: tuple[Address, ...]
    endpoint_ids: tuple[uuid.UUID, ...] = ()


def check_pipe(
    source: Source, data: Mapping[str, Any], endpoint_ids: tuple[uuid.UUID, ...] = ()
) -> tuple[WantedPipe | None, list[SpecError]]:
    """Check `name` and `address` (`host:port`, for Kafka a list); return what is wanted, or every error."""
    errors: list[SpecError] = []
    name = address = ""
    addresses: tuple[Address, ...] = ()
    try:
        name = clean_text("name", data.get("name"), maximum=NAME_MAX)
    except SpecError as error:
        errors.append(error)
    try:
        addresses = parse_addresses("address", data.get("address"), source)
        address = ",".join(map(str, addresses))
    except SpecError as error:
        errors.append(error)
    if errors:
        return None, errors
    return WantedPipe(name, source, address, addresses, endpoint_ids), []


@transaction.atomic
def record_pipe(
    *, service: Service, wanted: WantedPipe, by: Principal, form_key: uuid.UUID | None = None
) -> ClickPipe:
    """Record a ClickPipe; the same `form_key` again returns the same row.

    Raises PermissionDenied, IntentRefused(`pipe_name_taken`), or IntentRefused(`endpoint_not_usable`) for an
    endpoint that is not of this service, is on its way out, or cannot lead to the source.
    """
    require_role(by, service, Role.OPERATOR)
    if form_key is not None:
        lock(form_key)
        earlier = ClickPipe.objects.filter(form_key=form_key, service=service).first()
        if earlier is not None:
            return earlier
        if ClickPipe.objects.filter(form_key=form_key).exists():
            form_key = None
    endpoints = _usable(service, wanted)
    actor = Actor.of(by)
    now = read_clock().now
    pipe = ClickPipe(
        service=service,
        name=wanted.name,
        source=wanted.source,
        form_key=form_key,
        created_at=now,
        created_by=actor.user,
        created_by_name=actor.name,
    )
    pipe.reach(wanted.address, [address.host for address in wanted.addresses])
    try:
        with transaction.atomic():
            pipe.save()
    except IntegrityError:
        raise IntentRefused("pipe_name_taken", "name", is_conflict=True) from None
    pipe.endpoints.set(endpoints)
    for endpoint in endpoints:
        Event.line(endpoint, EventCode.PIPE_ADDED, now, actor=actor.name, params={"pipe": pipe.name}).save()
    return pipe


def _usable(service: Service, wanted: WantedPipe) -> list[ReversePrivateEndpoint]:
    # Locked: a removal asked for at the same time waits, and then names this ClickPipe.
    found = list(
        ReversePrivateEndpoint.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted.endpoint_ids, service=service, removal_requested_at__isnull=True)
        .order_by("pk")
    )
    fit = all(wanted.source in SPECS[EndpointType(endpoint.type)].sources for endpoint in found)
    if len(found) != len(set(wanted.endpoint_ids)) or not fit:
        raise IntentRefused("endpoint_not_usable", "endpoint")
    return found


@transaction.atomic
def remove_pipe(*, pipe: ClickPipe, by: Principal) -> ClickPipe:
    """Take a ClickPipe out of the records; nothing changes at its source. Raises PermissionDenied."""
    require_role(by, pipe.service, Role.OPERATOR)
    locked = ClickPipe.objects.select_for_update(of=("self",)).get(pk=pipe.pk)
    if locked.removed_at is not None:
        return locked
    actor = Actor.of(by)
    now = read_clock().now
    locked.removed_at, locked.removed_by = now, actor.name
    locked.save(update_fields=["removed_at", "removed_by"])
    for endpoint in locked.endpoints.all():
        Event.line(
            endpoint, EventCode.PIPE_REMOVED, now, actor=actor.name, params={"pipe": locked.name}
        ).save()
    return locked


def keep_draft(*, service: Service, source: Source, by: User, **typed: Any) -> PipeDraft:
    """Keep what a person typed so far for a ClickPipe of this source, beside what was kept before."""
    with transaction.atomic():
        PipeDraft.objects.get_or_create(
            user=by, service=service, source=source, defaults={"updated_at": read_clock().real}
        )
        draft = PipeDraft.objects.select_for_update().get(user=by, service=service, source=source)
        draft.data |= typed
        draft.updated_at = read_clock().real
        draft.save()
    return draft
