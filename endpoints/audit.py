"""Writing down who did what. The one writer of audit entries; called inside the transaction of the act."""

import ipaddress
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models

from endpoints.domain.actions import Action
from endpoints.models import (
    Actor,
    ApiKey,
    AuditEntry,
    ClickPipe,
    HandOff,
    Organization,
    Principal,
    Replacement,
    ReversePrivateEndpoint,
    RoleAssignment,
    Service,
)

_address: ContextVar[str | None] = ContextVar("client_address", default=None)


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    """Keep the client's address for what is recorded meanwhile; no address is kept as none."""
    token = _address.set(known_address(address))
    try:
        yield
    finally:
        _address.reset(token)


def known_address(text: str) -> str | None:
    """Return an IP address as entries keep it, without its zone; None for what is none."""
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None


def client_address() -> str | None:
    """Return the address that entries are written with now."""
    return _address.get()


def record(
    action: Action,
    *,
    by: Actor | Principal,
    on: models.Model | None = None,
    name: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    place: "Service | Organization | None" = None,
) -> AuditEntry:
    """Save an entry. `before` and `after` (values that JSON can say) keep only what differs between them.

    `on` is what was acted on, called `name` or as it calls itself; it tells whose it is, unless `place` does:
    a service or an organization.
    """
    actor = by if isinstance(by, Actor) else Actor.of(by)
    organization_id, service_id = _place_of(place if place is not None else on)
    old, new = _differing(dict(before or {}), dict(after or {}))
    entry = AuditEntry(
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:300],
        address=_address.get(),
        action=action.value,
        object_kind="" if on is None else on._meta.model_name or "",
        object_id="" if on is None else str(on.pk),
        object_name=(name if name is not None else "" if on is None else _name_of(on))[:300],
        organization_id=organization_id,
        service_id=service_id,
        before=old,
        after=new,
        reason=reason,
    )
    entry.save(force_insert=True)
    return entry


def columns(row: models.Model, *names: str) -> dict[str, Any]:
    """Return what stands in some columns of a row; of a foreign key its id."""
    fields = {field.name: field for field in row._meta.concrete_fields}
    return {name: fields[name].value_from_object(row) for name in names}


def _differing(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    alike = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    return (
        {name: value for name, value in old.items() if name not in alike},
        {name: value for name, value in new.items() if name not in alike},
    )


def _name_of(row: models.Model) -> str:
    return row.description if isinstance(row, ReversePrivateEndpoint) else str(row)


def _place_of(thing: models.Model | None) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """Return the ids of the organization and of the service that a thing belongs to, as far as it does."""
    match thing:
        case Organization():
            return thing.pk, None
        case Service():
            return thing.organization_id, thing.pk
        case ReversePrivateEndpoint() | ClickPipe():
            return _place_of(thing.service)
        case HandOff():
            return _place_of(thing.endpoint.service)
        case Replacement():
            return _place_of(thing.old.service)
        case RoleAssignment() | ApiKey():
            return _place_of(thing.service or thing.organization)
        case _:
            return None, None
