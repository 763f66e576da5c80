"""What may be asked of organizations and services: create, change, transfer, remove.

Staff and the operators' commands create and remove them, and say where they run and how much they may have.
Admins of a service name and describe it and say who owns it; admins of an organization name it.
"""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.domain.labels import clean_labels
from endpoints.domain.types import SpecError, clean_text
from endpoints.intents.base import IntentRefused, actor_of, is_staff, require_staff
from endpoints.intents.roles import require_manager
from endpoints.intents.tenancy_removal import (
    against_removing_organization,
    against_removing_service,
    clear_organization,
    clear_service,
)
from endpoints.models import Asker, Organization, RoleAssignment, Service, User

NAME_MAX = 100
CONTACT_MAX = 200
REASON_MAX = 500

_BY_ADMINS = ("name", "contact", "labels")
_BY_STAFF = ("provider", "region", "created_at", "clickpipes_region_override", "endpoint_limit")
_OF_ORGANIZATION = ("name", "endpoint_limit")


@transaction.atomic
def create_organization(
    *, name: str, by: Asker, id: uuid.UUID | None = None, endpoint_limit: int | None = None
) -> Organization:
    """Make an organization. Raises PermissionDenied, IntentRefused at `name`."""
    require_staff(by)
    made = Organization(name=_clean("name", name), endpoint_limit=endpoint_limit)
    if id is not None:
        made.pk = id
    made.save(force_insert=True)
    audit.record(
        Action.ORGANIZATION_CREATED, by=actor_of(by), on=made, after=audit.columns(made, *_OF_ORGANIZATION)
    )
    return made


@transaction.atomic
def change_organization(*, organization: Organization, by: Asker, **changes: Any) -> Organization:
    """Change `name`, or as staff `endpoint_limit`. Raises PermissionDenied, IntentRefused at `name`."""
    require_manager(by, organization)
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    changed = _changed(locked, _of_staff(by, changes, ("name",), ("endpoint_limit",)))
    if changed:
        before = audit.columns(locked, *_OF_ORGANIZATION)
        _write(locked, changed)
        after = audit.columns(locked, *_OF_ORGANIZATION)
        audit.record(Action.ORGANIZATION_CHANGED, by=actor_of(by), on=locked, before=before, after=after)
    return locked


@transaction.atomic
def remove_organization(*, organization: Organization, by: Asker) -> None:
    """Delete an organization in which nothing is, with its roles and its disabled keys.

    Raises PermissionDenied, or the first of `against_removing_organization`.
    """
    require_staff(by)
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    for refusal in against_removing_organization(locked):
        raise refusal
    before = audit.columns(locked, *_OF_ORGANIZATION) | _roles_on(organization=locked)
    audit.record(Action.ORGANIZATION_REMOVED, by=actor_of(by), on=locked, before=before)
    clear_organization(locked)
    try:
        locked.delete()
    except ProtectedError:
        raise IntentRefused("still_used") from None


@transaction.atomic
def create_service(
    *,
    organization: Organization,
    by: Asker,
    id: uuid.UUID | None = None,
    owner: User | None = None,
    **values: Any,
) -> Service:
    """Make a service; `values` are its columns. Raises PermissionDenied, IntentRefused at a column's name."""
    require_staff(by)
    values = _cleaned({"contact": "", "labels": []} | values)
    made = Service(organization=organization, owner=_active(owner) if owner else None, **values)
    if id is not None:
        made.pk = id
    made.save(force_insert=True)
    after = audit.columns(made, *_BY_ADMINS, *_BY_STAFF) | {"owner": _owner(made)}
    audit.record(Action.SERVICE_CREATED, by=actor_of(by), on=made, after=after)
    return made


@transaction.atomic
def change_service(*, service: Service, by: Asker, **changes: Any) -> Service:
    """Change `name`, `contact` or `labels`; as staff also where the service runs and its limit.

    Raises PermissionDenied, IntentRefused at a column's name.
    """
    require_manager(by, service)
    locked = _locked(service)
    changed = _changed(locked, _of_staff(by, changes, _BY_ADMINS, _BY_STAFF))
    if changed:
        before = audit.columns(locked, *changed)
        _write(locked, changed)
        after = audit.columns(locked, *changed)
        audit.record(Action.SERVICE_CHANGED, by=actor_of(by), on=locked, before=before, after=after)
    return locked


@transaction.atomic
def transfer_service(*, service: Service, to: User, reason: str, by: Asker) -> Service:
    """Let another person answer for a service; why is kept. To whom it belongs already changes nothing.

    Raises PermissionDenied, IntentRefused (at `reason`, or `owner_disabled` at `owner`).
    """
    require_manager(by, service)
    said = _clean("reason", reason, REASON_MAX)
    locked = _locked(service)
    owner = _active(to)
    if locked.owner_id == owner.pk:
        return locked
    before = {"owner": _owner(locked)}
    locked.owner = owner
    locked.save(update_fields=["owner"])
    after = {"owner": _owner(locked)}
    audit.record(
        Action.SERVICE_TRANSFERRED, by=actor_of(by), on=locked, before=before, after=after, reason=said
    )
    return locked


@transaction.atomic
def remove_service(*, service: Service, by: Asker) -> None:
    """Delete a service that has nothing, with its roles, its disabled keys and what was typed for it.

    Raises PermissionDenied, or the first of `against_removing_service`.
    """
    require_staff(by)
    locked = Service.objects.select_for_update(of=("self",)).select_related("organization").get(pk=service.pk)
    for refusal in against_removing_service(locked):
        raise refusal
    before = audit.columns(locked, *_BY_ADMINS, *_BY_STAFF)
    before |= {"owner": _owner(locked)} | _roles_on(service=locked)
    audit.record(Action.SERVICE_REMOVED, by=actor_of(by), on=locked, before=before)
    clear_service(locked)
    try:
        locked.delete()
    except ProtectedError:
        raise IntentRefused("still_used") from None


def _locked(service: Service) -> Service:
    rows = Service.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organization", "owner").get(pk=service.pk)


def _of_staff(
    by: Asker, changes: dict[str, Any], by_admins: tuple[str, ...], by_staff: tuple[str, ...]
) -> dict[str, Any]:
    """Return the changes, checked. Raises PermissionDenied for what is not everybody's to change."""
    unknown = changes.keys() - {*by_admins, *by_staff}
    if unknown:
        raise TypeError(f"not to be changed: {sorted(unknown)}")
    if changes.keys() - {*by_admins} and not is_staff(by):
        raise PermissionDenied
    return _cleaned(changes)


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    rules = {
        "name": lambda value: _clean("name", value),
        "contact": lambda value: _clean("contact", value, CONTACT_MAX) if str(value).strip() else "",
        "labels": _labels,
    }
    return {name: rules[name](value) if name in rules else value for name, value in values.items()}


def _clean(field: str, value: object, maximum: int = NAME_MAX) -> str:
    try:
        return clean_text(field, value, maximum=maximum)
    except SpecError as error:
        raise IntentRefused.of(error) from None


def _labels(value: Any) -> list[str]:
    try:
        return clean_labels(value)
    except SpecError as error:
        raise IntentRefused.of(error) from None


def _active(owner: User) -> User:
    if not User.objects.filter(pk=owner.pk, is_active=True).exists():
        raise IntentRefused("owner_disabled", "owner")
    return owner


def _changed(row: Organization | Service, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def _write(row: Organization | Service, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _owner(service: Service) -> str | None:
    return None if service.owner is None else service.owner.email


def _roles_on(**place: Any) -> dict[str, Any]:
    held = RoleAssignment.objects.filter(**place).select_related("user", "team", "service", "organization")
    return {"roles": [str(role) for role in held]}
