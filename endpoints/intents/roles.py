"""What may be asked of roles: grant, change, revoke; for a person or a team, on a service or an organization.

Admins of a service manage the roles on it; admins of an organization those on it and on all of its services;
staff and the operators' commands any. A key manages none. An organization that has an admin keeps one.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.intents.base import IntentRefused, actor_of, in_the_way, is_staff
from endpoints.models import Actor, ApiKey, Asker, Organization, Role, RoleAssignment, Service, Team, User
from endpoints.models.access import admins_organization, role_on, with_an_admin

Place = Service | Organization
Holder = User | Group


def may_manage(by: Asker, place: Place) -> bool:
    """Say whether somebody may grant and revoke roles on a place, and change what describes it."""
    if isinstance(by, Actor | ApiKey) or is_staff(by):
        return is_staff(by)
    if isinstance(place, Organization):
        return admins_organization(by, place.pk)
    return role_on(by, place) is Role.ADMIN


def require_manager(by: Asker, place: Place) -> None:
    """Raise PermissionDenied unless somebody may manage a place."""
    if not may_manage(by, place):
        raise PermissionDenied


def find_person(email: str) -> User:
    """Return who may sign in with an e-mail. Only the whole address finds anybody.

    Raises IntentRefused(`no_such_account`), the same for a disabled account as for none.
    """
    address = email.strip()
    known = User.objects.filter(email__iexact=address, is_active=True)
    person = known.first() if address.isprintable() else None  # PostgreSQL takes no NUL
    if person is None:
        raise IntentRefused("no_such_account", "email")
    return person


def teams_for(by: Asker, place: Place) -> QuerySet[Team]:
    """Return the teams to which somebody may give a role: theirs, and those with a role in the organization.

    Names of other teams are nobody's business but staff's, who may choose any.
    """
    if is_staff(by):
        return Team.objects.all()
    if not isinstance(by, User):
        return Team.objects.none()
    organization_id = place.pk if isinstance(place, Organization) else place.organization_id
    held = RoleAssignment.objects.filter(
        Q(organization=organization_id) | Q(service__organization=organization_id), team__isnull=False
    )
    return Team.objects.filter(Q(pk__in=held.values("team")) | Q(pk__in=by.groups.order_by().values("pk")))


@transaction.atomic
def grant_role(*, on: Place, to: Holder, role: str, by: Asker) -> RoleAssignment:
    """Give a person or a team a role on a place; another one that they have there becomes this one.

    Raises PermissionDenied, IntentRefused(`unknown_role` at `role`, `no_such_team` at `team`, `last_admin`).
    """
    require_manager(by, on)
    known = _known(role)
    if isinstance(to, Group) and not teams_for(by, on).filter(pk=to.pk).exists():
        raise IntentRefused("no_such_team", "team")
    _hold(on)
    key = _key(on) | ({"user": to} if isinstance(to, User) else {"team": to})
    held = RoleAssignment.objects.filter(**key).first()
    if held is not None:
        return _change(held, known, actor_of(by))
    made = RoleAssignment.objects.create(role=known, **key)
    audit.record(Action.ROLE_GRANTED, by=actor_of(by), on=made, after=_said(made))
    return made


@transaction.atomic
def change_role(*, assignment: RoleAssignment, role: str, by: Asker) -> RoleAssignment:
    """Make a role another one. Raises as `grant_role`, or IntentRefused(`role_gone`)."""
    require_manager(by, place_of(assignment))
    known = _known(role)
    return _change(_again(assignment), known, actor_of(by))


@transaction.atomic
def revoke_role(*, assignment: RoleAssignment, by: Asker) -> None:
    """Take a role away; one that is gone already is no error.

    Raises PermissionDenied, IntentRefused(`last_admin`).
    """
    place = place_of(assignment)
    require_manager(by, place)
    _hold(place)
    with keeping_admins(_organizations_of(assignment)):
        held = RoleAssignment.objects.filter(pk=assignment.pk).first()
        if held is None:
            return
        audit.record(Action.ROLE_REVOKED, by=actor_of(by), on=held, before=_said(held))
        held.delete()


def against_revoking(roles: QuerySet[RoleAssignment]) -> list[IntentRefused]:
    """Return why some roles cannot be taken away together; nothing if they can."""
    keys = list(roles.filter(organization__isnull=False).values_list("organization", flat=True))
    lost = with_an_admin(keys) - with_an_admin(keys, without=roles)
    return [_left_without(lost)] if lost else []


@contextmanager
def keeping_admins(organization_ids: Iterable[uuid.UUID]) -> Iterator[None]:
    """Raise IntentRefused(`last_admin`) if what is done meanwhile leaves an organization without an admin.

    One that had none before may stay so. Their rows are locked: of two admins who go at once, one stays.
    """
    keys = sorted(set(organization_ids))
    list(Organization.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    had = with_an_admin(keys)
    yield
    lost = had - with_an_admin(keys)
    if lost:
        raise _left_without(lost)


def place_of(assignment: RoleAssignment) -> Place:
    """Return the service or the organization on which a role is."""
    place = assignment.service or assignment.organization
    assert place is not None  # a constraint of the database
    return place


def _left_without(organization_ids: Iterable[uuid.UUID]) -> IntentRefused:
    names = Organization.objects.filter(pk__in=organization_ids).values_list("name", flat=True)
    return in_the_way("last_admin", names)


def _change(held: RoleAssignment, role: Role, actor: Actor) -> RoleAssignment:
    if held.role == role:
        return held
    before = _said(held)
    with keeping_admins(_organizations_of(held)):
        held.role = role
        held.save(update_fields=["role"])
    audit.record(Action.ROLE_CHANGED, by=actor, on=held, before=before, after=_said(held))
    return held


def _again(assignment: RoleAssignment) -> RoleAssignment:
    _hold(place_of(assignment))
    held = RoleAssignment.objects.select_related("user", "team").filter(pk=assignment.pk).first()
    if held is None:
        raise IntentRefused("role_gone")
    return held


def _hold(place: Place) -> None:
    """Let nobody else change the roles on a place until the transaction ends."""
    if isinstance(place, Organization):
        Organization.objects.select_for_update(no_key=True).get(pk=place.pk)
    else:
        Service.objects.select_for_update(no_key=True).get(pk=place.pk)


def _known(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise IntentRefused("unknown_role", "role") from None


def _key(on: Place) -> dict[str, Place]:
    return {"organization": on} if isinstance(on, Organization) else {"service": on}


def _organizations_of(assignment: RoleAssignment) -> list[uuid.UUID]:
    return [] if assignment.organization_id is None else [assignment.organization_id]


def _said(assignment: RoleAssignment) -> dict[str, str]:
    """What the audit says of a role; names outlive rows."""
    return {
        "holder": str(assignment.user or assignment.team),
        "on": str(place_of(assignment)),
        "role": str(assignment.role),
    }
