"""What staff and the operators' commands may ask of people: create, change, disable, enable, remove.

Only a superuser touches a superuser. Whoever is disabled is out at once: sessions end, the keys that they
issued are disabled and the hand-off links that they made are closed. Enabling them again brings none of it
back, also not what was shut out only because the row said so.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import ProtectedError, Q

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.intents.base import IntentRefused, actor_of, in_the_way, require_staff
from endpoints.intents.roles import keeping_admins
from endpoints.intents.shutting_out import ShutOut, shut_out
from endpoints.models import (
    Actor,
    ApiKey,
    Asker,
    ClickPipe,
    Organization,
    Replacement,
    ReversePrivateEndpoint,
    Role,
    RoleAssignment,
    Service,
    User,
)
from endpoints.models.access import with_an_admin

_OPEN = ("email", "first_name", "last_name", "is_staff")


@dataclass(frozen=True)
class Disabled:
    """What came of disabling somebody: what ended, and what is left without an owner or an admin."""

    ended: ShutOut
    services: list[Service]
    organizations: list[Organization]


def require_over(by: Asker, user: User) -> None:
    """Raise PermissionDenied unless somebody may change a person's account."""
    require_staff(by)
    if user.is_superuser and not (isinstance(by, Actor) or (isinstance(by, User) and by.is_superuser)):
        raise PermissionDenied


@transaction.atomic
def create_user(*, email: str, by: Asker, password: str | None = None, **fields: Any) -> User:
    """Make an account; without a password nobody can sign in until one is set by link.

    `fields` are `first_name`, `last_name` and `is_staff`. Raises PermissionDenied, IntentRefused
    (`not_an_email` or `email_taken` at `email`).
    """
    require_staff(by)
    address = _free_email(email)
    user = User.objects.create_user(address, password, **fields)
    audit.record(Action.USER_CREATED, by=actor_of(by), on=user, after=audit.columns(user, *_OPEN))
    return user


@transaction.atomic
def change_user(*, user: User, by: Asker, **changes: Any) -> User:
    """Change `email`, `first_name`, `last_name` or `is_staff`.

    Raises as `create_user`, or IntentRefused(`not_yourself` at `is_staff`) for who would end their rights.
    """
    require_over(by, user)
    locked = _locked(user)
    before = audit.columns(locked, *_OPEN)
    if "email" in changes and changes["email"] != locked.email:
        changes["email"] = _free_email(changes["email"], locked)
    if changes.get("is_staff") is False and locked.is_staff and _is_oneself(by, locked):
        raise IntentRefused("not_yourself", "is_staff")
    changed = [name for name in _OPEN if name in changes and getattr(locked, name) != changes[name]]
    if not changed:
        return locked
    for name in changed:
        setattr(locked, name, changes[name])
    locked.save(update_fields=changed)
    after = audit.columns(locked, *_OPEN)
    audit.record(Action.USER_CHANGED, by=actor_of(by), on=locked, before=before, after=after)
    return locked


@transaction.atomic
def disable_user(*, user: User, by: Asker, reason: str = "") -> Disabled:
    """Let somebody in no more, neither by a session nor by a key or link of theirs; once more is no error.

    What they own stays theirs until it is transferred. Raises PermissionDenied,
    IntentRefused(`not_yourself`).
    """
    require_over(by, user)
    if _is_oneself(by, user):
        raise IntentRefused("not_yourself")
    locked = _locked(user)
    actor = actor_of(by)
    administered = _administered(locked)
    before = with_an_admin(administered)
    if locked.is_active:
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        audit.record(
            Action.USER_DISABLED,
            by=actor,
            on=locked,
            before={"is_active": True},
            after={"is_active": False},
            reason=reason,
        )
    ended = shut_out(locked, actor, reason)
    return Disabled(
        ended,
        list(Service.objects.filter(owner=locked).select_related("organization")),
        list(Organization.objects.filter(pk__in=before - with_an_admin(administered))),
    )


@transaction.atomic
def enable_user(*, user: User, by: Asker) -> User:
    """Let somebody sign in again; keys and links of before stay closed. Raises PermissionDenied."""
    require_over(by, user)
    locked = _locked(user)
    if locked.is_active:
        return locked
    shut_out(locked, actor_of(by))  # a row that was disabled by other means left them open
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    audit.record(
        Action.USER_ENABLED,
        by=actor_of(by),
        on=locked,
        before={"is_active": False},
        after={"is_active": True},
    )
    return locked


def against_removing_user(user: User) -> list[IntentRefused]:
    """Return why an account cannot be removed, each with what to do first; nothing if it can."""
    found = []
    owned = Service.objects.filter(owner=user)
    if owned:
        found.append(in_the_way("user_owns_services", map(str, owned)))
    administered = _administered(user)
    alone = with_an_admin(administered) - with_an_admin(administered, besides=user)
    if alone:
        names = Organization.objects.filter(pk__in=alone).values_list("name", flat=True)
        found.append(in_the_way("last_admin", names))
    asked = ReversePrivateEndpoint.objects.filter(created_by=user)
    live = asked.live().order_by("description").values_list("description", flat=True)
    if live:
        found.append(in_the_way("user_asked_for_endpoints", live))
    elif (
        asked.exists()
        or ClickPipe.objects.filter(created_by=user).exists()
        or Replacement.objects.filter(requested_by=user).exists()
        or ApiKey.objects.filter(created_by=user).exists()
    ):
        found.append(IntentRefused("user_is_named"))
    return found


@transaction.atomic
def remove_user(*, user: User, by: Asker) -> None:
    """Delete an account that nothing names. Raises PermissionDenied, IntentRefused(`not_yourself`), or the
    first of `against_removing_user`.
    """
    require_over(by, user)
    if _is_oneself(by, user):
        raise IntentRefused("not_yourself")
    locked = _locked(user)
    with keeping_admins(_administered(locked)):
        for refusal in against_removing_user(locked):
            raise refusal
        shut_out(locked, actor_of(by))
        before = audit.columns(locked, *_OPEN, "is_active") | {
            "roles": [
                str(role) for role in locked.role_assignments.select_related("service", "organization")
            ],
            "teams": [team.name for team in locked.groups.order_by("name")],
        }
        audit.record(Action.USER_REMOVED, by=actor_of(by), on=locked, before=before)
        try:
            locked.delete()
        except ProtectedError:
            raise IntentRefused("user_is_named") from None


def _free_email(email: object, besides: User | None = None) -> str:
    address = User.objects.normalize_email(str(email).strip())
    try:
        validate_email(address)
    except ValidationError:
        raise IntentRefused("not_an_email", "email") from None
    others = User.objects.filter(email__iexact=address)
    if (others if besides is None else others.exclude(pk=besides.pk)).exists():
        raise IntentRefused("email_taken", "email", is_conflict=True)
    return address


def _administered(user: User) -> list[uuid.UUID]:
    """Return the organizations of which somebody is an admin, whether or not they may sign in."""
    held = RoleAssignment.objects.filter(
        Q(user=user) | Q(team__in=user.groups.order_by().values("pk")),
        organization__isnull=False,
        role=Role.ADMIN,
    )
    return list(held.values_list("organization", flat=True))


def _is_oneself(by: Asker, user: User) -> bool:
    return isinstance(by, User) and by.pk == user.pk


def _locked(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)
