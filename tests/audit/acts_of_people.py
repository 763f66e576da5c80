"""One act for each intent about organizations, services, people, teams and roles."""

from typing import Any

from endpoints import intents
from endpoints.domain.actions import Action
from endpoints.models import Organization, Role, RoleAssignment, Service, Team, User
from tests.audit.acts import Act, nothing
from tests.people import REGION, Cast, make_service, make_user


def _newcomer(cast: Cast) -> User:
    return make_user("new@example.com")


def _disabled(cast: Cast) -> User:
    return make_user("new@example.com", is_active=False)


def _team(cast: Cast) -> Team:
    return Team.objects.create(name="Data")


def _role(cast: Cast) -> RoleAssignment:
    return RoleAssignment.objects.get(user=cast.viewer)


def _empty(cast: Cast) -> Service:
    return make_service(cast.organization, "empty")


def _create_service(cast: Cast, _: Any) -> Service:
    place: dict[str, Any] = {"provider": "aws", "region": REGION, "created_at": cast.service.created_at}
    return intents.create_service(organization=cast.organization, by=cast.staff, name="new", **place)


ACTS_OF_PEOPLE: dict[str, Act] = {
    "create_organization": Act(
        nothing,
        lambda cast, _: intents.create_organization(name="Example Mill", by=cast.staff),
        (Action.ORGANIZATION_CREATED,),
        again=False,
    ),
    "change_organization": Act(
        nothing,
        lambda cast, _: intents.change_organization(
            organization=cast.organization, by=cast.admin, name="Shop"
        ),
        (Action.ORGANIZATION_CHANGED,),
    ),
    "remove_organization": Act(
        lambda cast: Organization.objects.create(name="Example Mill"),
        lambda cast, row: intents.remove_organization(organization=row, by=cast.staff),
        (Action.ORGANIZATION_REMOVED,),
        again=False,
    ),
    "create_service": Act(nothing, _create_service, (Action.SERVICE_CREATED,), again=False),
    "change_service": Act(
        nothing,
        lambda cast, _: intents.change_service(service=cast.service, by=cast.admin, contact="#orders"),
        (Action.SERVICE_CHANGED,),
    ),
    "transfer_service": Act(
        nothing,
        lambda cast, _: intents.transfer_service(
            service=cast.service, to=cast.operator, reason="Moved teams", by=cast.admin
        ),
        (Action.SERVICE_TRANSFERRED,),
    ),
    "remove_service": Act(
        _empty,
        lambda cast, row: intents.remove_service(service=row, by=cast.staff),
        (Action.SERVICE_REMOVED,),
        again=False,
    ),
    "grant_role": Act(
        _newcomer,
        lambda cast, user: intents.grant_role(on=cast.service, to=user, role=Role.VIEWER, by=cast.admin),
        (Action.ROLE_GRANTED,),
    ),
    "change_role": Act(
        _role,
        lambda cast, row: intents.change_role(assignment=row, role=Role.ADMIN, by=cast.admin),
        (Action.ROLE_CHANGED,),
    ),
    "revoke_role": Act(
        _role,
        lambda cast, row: intents.revoke_role(assignment=row, by=cast.admin),
        (Action.ROLE_REVOKED,),
    ),
    "create_team": Act(
        nothing,
        lambda cast, _: intents.create_team(name="Data", by=cast.staff),
        (Action.TEAM_CREATED,),
        again=False,
    ),
    "change_team": Act(
        _team,
        lambda cast, team: intents.change_team(team=team, by=cast.staff, add=[cast.viewer]),
        (Action.TEAM_CHANGED,),
    ),
    "remove_team": Act(
        _team,
        lambda cast, team: intents.remove_team(team=team, by=cast.staff),
        (Action.TEAM_REMOVED,),
        again=False,
    ),
    "create_user": Act(
        nothing,
        lambda cast, _: intents.create_user(email="new@example.com", by=cast.staff),
        (Action.USER_CREATED,),
        again=False,
    ),
    "change_user": Act(
        _newcomer,
        lambda cast, user: intents.change_user(user=user, by=cast.staff, first_name="Kim"),
        (Action.USER_CHANGED,),
    ),
    "disable_user": Act(
        _newcomer,
        lambda cast, user: intents.disable_user(user=user, by=cast.staff),
        (Action.USER_DISABLED,),
    ),
    "enable_user": Act(
        _disabled,
        lambda cast, user: intents.enable_user(user=user, by=cast.staff),
        (Action.USER_ENABLED,),
    ),
    "remove_user": Act(
        _newcomer,
        lambda cast, user: intents.remove_user(user=user, by=cast.staff),
        (Action.USER_REMOVED,),
        again=False,
    ),
}
