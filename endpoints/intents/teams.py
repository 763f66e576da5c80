"""What staff and the operators' commands may ask of teams: create, rename, change who is in them, remove."""

import uuid
from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.domain.types import SpecError, clean_text
from endpoints.intents.base import IntentRefused, actor_of, require_staff
from endpoints.intents.roles import keeping_admins
from endpoints.models import Asker, Role, RoleAssignment, Team, User

NAME_MAX = 150


@transaction.atomic
def create_team(*, name: str, by: Asker) -> Team:
    """Make a team without anybody in it. Raises PermissionDenied, IntentRefused at `name`."""
    require_staff(by)
    team = Team.objects.create(name=_free_name(name))
    audit.record(Action.TEAM_CREATED, by=actor_of(by), on=team, after={"name": team.name})
    return team


@transaction.atomic
def change_team(
    *, team: Group, by: Asker, name: str | None = None, add: Iterable[User] = (), remove: Iterable[User] = ()
) -> Team:
    """Rename a team, let people in and take people out; who is in already, or not, is no error.

    Raises PermissionDenied, IntentRefused at `name`, or IntentRefused(`last_admin`).
    """
    require_staff(by)
    locked = _locked(team)
    before = _said(locked)
    with keeping_admins(_administered(locked)):
        if name is not None and name.strip() != locked.name:
            locked.name = _free_name(name, locked)
            locked.save(update_fields=["name"])
        locked.user_set.remove(*remove)
        locked.user_set.add(*add)
    after = _said(locked)
    if before != after:
        audit.record(Action.TEAM_CHANGED, by=actor_of(by), on=locked, before=before, after=after)
    return locked


@transaction.atomic
def remove_team(*, team: Group, by: Asker) -> None:
    """Delete a team, and with it its roles. Raises PermissionDenied, IntentRefused(`last_admin`)."""
    require_staff(by)
    locked = _locked(team)
    roles = RoleAssignment.objects.filter(team=locked).select_related("team", "service", "organization")
    before = _said(locked) | {"roles": [str(role) for role in roles]}
    with keeping_admins(_administered(locked)):
        audit.record(Action.TEAM_REMOVED, by=actor_of(by), on=locked, before=before)
        locked.delete()


def _free_name(name: str, besides: Team | None = None) -> str:
    try:
        known = clean_text("name", name, maximum=NAME_MAX)
    except SpecError as error:
        raise IntentRefused.of(error) from None
    others = Team.objects.filter(name__iexact=known)
    if (others if besides is None else others.exclude(pk=besides.pk)).exists():
        raise IntentRefused("team_name_taken", "name", is_conflict=True)
    return known


def _administered(team: Team) -> list[uuid.UUID]:
    held = RoleAssignment.objects.filter(team=team, organization__isnull=False, role=Role.ADMIN)
    return list(held.values_list("organization", flat=True))


def _said(team: Team) -> dict[str, object]:
    return {
        "name": team.name,
        "people": list(team.user_set.order_by("email").values_list("email", flat=True)),
    }


def _locked(team: Group) -> Team:
    return Team.objects.select_for_update().get(pk=team.pk)
