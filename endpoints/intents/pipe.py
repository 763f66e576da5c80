"""What may be asked of a ClickPipe: record it, remove its record, keep or forget what was typed so far."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.domain.cloud_pipes import KAFKAS_ENDPOINTS, first_state
from endpoints.domain.pipes import NAME_MAX, Address, names_that_answer, parse_addresses
from endpoints.domain.reasons import EventCode
from endpoints.domain.specs import SPECS
from endpoints.domain.types import Source, SpecError, clean_text
from endpoints.intents.base import IntentRefused, lock, lock_pipes, require_role
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
    note_sources,
    read_clock,
)

_KEPT_MOST = 10_000  # characters of one field


@dataclass(frozen=True)
class WantedPipe:
    """A checked request to record a ClickPipe; `endpoint_ids` are those it names.

    `definition` is the API's, whose hosts need not be names of endpoints; None for the console's.
    `request_digest` is kept, so that the API knows the same request again. Who `starts_paused` starts later.
    `has_credentials`: the request brought some; they are not in here, and kept nowhere.
    """

    name: str
    source: Source
    address: str
    addresses: tuple[Address, ...]
    endpoint_ids: tuple[uuid.UUID, ...] = ()
    definition: Mapping[str, Any] | None = None
    request_digest: str = ""
    starts_paused: bool = False
    has_credentials: bool = False


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
    """Record a ClickPipe, and forget what was typed for it; the same `form_key` again returns the same row.

    Raises PermissionDenied, IntentRefused(`pipe_name_taken`), IntentRefused(`endpoint_not_usable`) for an
    endpoint that is not of this service, is on its way out, or cannot lead to the source, or what
    `check_reach` raises.
    """
    require_role(by, service, Role.OPERATOR)
    if form_key is not None:
        lock(form_key)
        earlier = ClickPipe.objects.live().filter(form_key=form_key, service=service).first()
        if earlier is not None:
            return earlier
        if ClickPipe.objects.filter(form_key=form_key).exists():
            form_key = None  # another service's form, or what was made from it is removed: it says nothing
    lock_pipes(service.pk)
    endpoints = usable_endpoints(service, wanted)
    actor = Actor.of(by)
    now = read_clock().now
    pipe = ClickPipe(
        service=service,
        request_digest=wanted.request_digest,
        name=wanted.name,
        source=wanted.source,
        form_key=form_key,
        created_at=now,
        created_by=actor.user,
        created_by_name=actor.name,
    )
    if wanted.definition is not None:
        pipe.definition = dict(wanted.definition)
        pipe.state = first_state(wanted.definition, is_paused=wanted.starts_paused)
    pipe.reach(wanted.address, [address.host for address in wanted.addresses])
    try:
        with transaction.atomic():
            pipe.save()
    except IntegrityError:
        raise name_taken(pipe) from None
    pipe.endpoints.set(endpoints)
    note_sources(pipe)
    for endpoint in endpoints:
        Event.line(endpoint, EventCode.PIPE_ADDED, now, actor=actor.name, params={"pipe": pipe.name}).save()
    if actor.user is not None:
        PipeDraft.objects.filter(user=actor.user, service=service, source=wanted.source).delete()
    audit.record(Action.CLICKPIPE_RECORDED, by=actor, on=pipe, place=service, after=_said(pipe, endpoints))
    return pipe


def _said(pipe: ClickPipe, endpoints: Iterable[ReversePrivateEndpoint]) -> dict[str, Any]:
    named = sorted(endpoint.description for endpoint in endpoints)
    return {**audit.columns(pipe, "name", "source", "address"), "endpoints": named}


def check_reach(service: Service, wanted: WantedPipe) -> None:
    """Raise IntentRefused at `address` for a host that the named endpoints do not answer.

    `not_its_name` where endpoints are named, unless AWS tells none of their names; `no_endpoint_answers`
    where none is named and no endpoint of the service that leads to the source answers.
    """
    _check_reach(wanted, _leading(service, wanted))


def usable_endpoints(service: Service, wanted: WantedPipe) -> list[ReversePrivateEndpoint]:
    """Return, locked, the endpoints that a ClickPipe names; raises what `record_pipe` says of them."""
    # Locked: a removal asked for at the same time waits, and then names this ClickPipe.
    found = _leading(service, wanted, for_update=True)
    if wanted.endpoint_ids and len(found) != len(set(wanted.endpoint_ids)):
        raise _not_usable(wanted, {row.pk for row in found})
    if wanted.definition is None:
        _check_reach(wanted, found)
    return found if wanted.endpoint_ids else []


def _not_usable(wanted: WantedPipe, usable: Collection[uuid.UUID]) -> IntentRefused:
    if wanted.definition is None:
        return IntentRefused("endpoint_not_usable", "endpoint")
    ids = ", ".join(str(key) for key in wanted.endpoint_ids if key not in usable)
    return IntentRefused("endpoint_not_usable", KAFKAS_ENDPOINTS, ids=ids)


def name_taken(pipe: ClickPipe) -> IntentRefused:
    """Return the refusal of a ClickPipe's name; it names the holder's id to the API, which knows by ids."""
    holder = ClickPipe.objects.live().filter(service=pipe.service_id, name=pipe.name).first()
    named = {"pipe_id": str(holder.pk)} if holder is not None and pipe.definition else {}
    return IntentRefused("pipe_name_taken", "name", is_conflict=True, **named)


def _leading(
    service: Service, wanted: WantedPipe, *, for_update: bool = False
) -> list[ReversePrivateEndpoint]:
    """The named endpoints, or those that answer any of the hosts, as far as they can be used."""
    fit = [kind for kind, spec in SPECS.items() if wanted.source in spec.sources]
    rows = ReversePrivateEndpoint.objects.filter(
        service=service, removal_requested_at__isnull=True, type__in=fit
    )
    if wanted.endpoint_ids:
        rows = rows.filter(pk__in=wanted.endpoint_ids)
    else:
        rows = rows.answering({name for one in wanted.addresses for name in names_that_answer(one.host)})
    return list((rows.select_for_update(of=("self",)) if for_update else rows).order_by("pk"))


def _check_reach(wanted: WantedPipe, endpoints: list[ReversePrivateEndpoint]) -> None:
    answered = {name for endpoint in endpoints for name in endpoint.answered_names}
    if wanted.endpoint_ids and not answered:
        return
    for address in wanted.addresses:
        if not answered & set(names_that_answer(address.host)):
            code = "not_its_name" if wanted.endpoint_ids else "no_endpoint_answers"
            raise IntentRefused(code, "address", host=address.host)


@transaction.atomic
def remove_pipe(*, pipe: ClickPipe, by: Principal) -> ClickPipe:
    """Take a ClickPipe out of the records; nothing changes at its source. Raises PermissionDenied."""
    require_role(by, pipe.service, Role.OPERATOR)
    lock_pipes(pipe.service_id)
    locked = ClickPipe.objects.select_for_update(of=("self",)).get(pk=pipe.pk)
    if locked.removed_at is not None:
        return locked
    actor = Actor.of(by)
    now = read_clock().now
    locked.removed_at, locked.removed_by = now, actor.name
    locked.save(update_fields=["removed_at", "removed_by"])
    note_sources(locked)
    endpoints = list(locked.endpoints.all())
    for endpoint in endpoints:
        Event.line(
            endpoint, EventCode.PIPE_REMOVED, now, actor=actor.name, params={"pipe": locked.name}
        ).save()
    said = _said(locked, endpoints)
    audit.record(Action.CLICKPIPE_REMOVED, by=actor, on=locked, place=pipe.service, before=said)
    return locked


@transaction.atomic
def keep_draft(
    *, service: Service, source: Source, by: User, form_key: uuid.UUID | None = None, **typed: Any
) -> PipeDraft | None:
    """Keep what a person typed so far for a ClickPipe of this source, beside what was kept before.

    A mapping is one form's fields: they too stand beside those that were kept of it.

    `form_key` is that of the form it was typed into: None is returned, and nothing kept, once a ClickPipe
    was made from it (a field's check may arrive after the form itself). Raises PermissionDenied.
    """
    require_role(by, service, Role.OPERATOR)
    if form_key is not None:
        lock(form_key)
        if ClickPipe.objects.filter(form_key=form_key, service=service).exists():
            return None
    now = read_clock().real
    draft, _ = PipeDraft.objects.select_for_update().get_or_create(
        user=by, service=service, source=source, defaults={"updated_at": now}
    )
    for name, value in typed.items():
        kept = draft.data.get(name)
        beside = kept if isinstance(kept, dict) and isinstance(value, Mapping) else {}
        draft.data[name] = beside | _storable(value) if isinstance(value, Mapping) else _storable(value)
    draft.updated_at = now
    draft.save()
    return draft


def drop_draft(*, service: Service, source: Source, by: User) -> None:
    """Forget what a person typed for a ClickPipe of this source."""
    PipeDraft.objects.filter(user=by, service=service, source=source).delete()


def _storable(value: Any) -> Any:
    """Return a value as PostgreSQL's JSON can store it: NUL as the sign for what could not be read."""
    if isinstance(value, Mapping):
        return {name: _storable(inner) for name, inner in value.items()}
    return value.replace("\0", "\ufffd")[:_KEPT_MOST] if isinstance(value, str) else value
