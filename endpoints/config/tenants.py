"""Bringing organizations, services, users and teams of a configuration file into the database, by intents."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import models

from endpoints import audit, intents
from endpoints.config.document import (
    OrganizationTable,
    RoleTable,
    ServiceTable,
    TeamTable,
    UserTable,
)
from endpoints.config.mistakes import Location, Mistake
from endpoints.config.outcome import Outcome, differing, told
from endpoints.config.reader import Source
from endpoints.domain.actions import Action
from endpoints.models import Actor, Organization, RoleAssignment, Service, Team, User
from endpoints.texts import refusal_text

_REASON = "as the configuration file says"


class Tenants:
    """One pass over the tables that say whose things are; `outcome` grows as rows are written."""

    def __init__(self, source: Source, outcome: Outcome, by: Actor) -> None:
        self.source = source
        self.outcome = outcome
        self.by = by
        self.owners: list[tuple[Location, Service, str]] = []

    def run(self) -> None:
        """Write what differs. Raises ConfigError."""
        document = self.source.document
        for index, organization in enumerate(document.organization):
            self.organization(("organization", index), organization)
        for index, user in enumerate(document.user):
            self.user(("user", index), user)
        for index, team in enumerate(document.team):
            self.team(("team", index), team)
        for where, service, email in self.owners:  # last: they may be users of the same file
            self.owner(where, service, email)

    def organization(self, where: Location, table: OrganizationTable) -> None:
        what = f"organization {table.name} ({table.id})"
        values = table.given("name", "endpoint_limit")
        organization = Organization.objects.filter(pk=table.id).first()
        if organization is None:
            organization = intents.create_organization(id=table.id, by=self.by, **values)
            self.note(f"{what}: added")
        elif changed := differing(organization, values):
            self.note(f"{what}: {told(organization, changed)}")
            organization = intents.change_organization(organization=organization, by=self.by, **changed)
        for index, service in enumerate(table.service):
            self.service((*where, "service", index), organization, service)

    def service(self, where: Location, organization: Organization, table: ServiceTable) -> None:
        what = f"service {table.name} ({table.id})"
        values = table.given(
            "name", "provider", "region", "created_at", "endpoint_limit", "contact", "labels"
        )
        if "clickpipes_region" in table.model_fields_set:
            values["clickpipes_region_override"] = table.clickpipes_region
        service = Service.objects.filter(pk=table.id).select_related("organization").first()
        if service is None:
            service = intents.create_service(organization=organization, id=table.id, by=self.by, **values)
            self.note(f"{what}: added")
        elif service.organization_id != organization.pk:
            owner = f"{service.organization} ({service.organization_id})"
            self.refuse((*where, "id"), f"this service belongs to {owner}; a service cannot be moved")
        elif changed := differing(service, values):
            self.note(f"{what}: {told(service, changed)}")
            service = intents.change_service(service=service, by=self.by, **changed)
        if table.owner is not None:
            self.owners.append((where, service, table.owner))

    def owner(self, where: Location, service: Service, email: str) -> None:
        owner = self.person((*where, "owner"), email)
        if service.owner_id != owner.pk:
            self.note(f"service {service} ({service.pk}): owner {service.owner} → {owner}")
            self.ask(
                (*where, "owner"),
                lambda: intents.transfer_service(service=service, to=owner, reason=_REASON, by=self.by),
            )

    def user(self, where: Location, table: UserTable) -> None:
        user = User.objects.filter(email__iexact=table.email).first()
        if user is None:
            user = intents.create_user(email=table.email, is_staff=table.is_staff, by=self.by)
            audit.record(Action.USER_LINK_SHOWN, by=self.by, on=user)
            self.outcome.new_users.append(user)
            self.note(f"user {user}: added")
        elif changed := differing(user, table.given("is_staff")):
            self.note(f"user {user}: {told(user, changed)}")
            intents.change_user(user=user, by=self.by, **changed)
        for index, role in enumerate(table.role):
            self.role((*where, "role", index), user, role)

    def team(self, where: Location, table: TeamTable) -> None:
        team = Team.objects.filter(name__iexact=table.name).first()
        if team is None:
            team = intents.create_team(name=table.name, by=self.by)
            self.note(f"team {team}: added")
        known = set(team.user_set.values_list("pk", flat=True))
        people = [self.person((*where, "members", n), email) for n, email in enumerate(table.members)]
        new = [person for person in people if person.pk not in known]
        if new:
            self.note(f"team {team}: members + {', '.join(map(str, new))}")
            intents.change_team(team=team, add=new, by=self.by)
        for index, role in enumerate(table.role):
            self.role((*where, "role", index), team, role)

    def role(self, where: Location, holder: User | Team, table: RoleTable) -> None:
        key, on = self.role_target(where, table)
        of = {"user": holder} if isinstance(holder, User) else {"team": holder}
        held = RoleAssignment.objects.filter(**of, **{key: on}).first()
        if held is not None and held.role == table.role:
            return
        what = "added" if held is None else told(held, {"role": table.role})
        self.note(f"role of {holder} on {key} {on}: {what}")
        self.ask((*where, "role"), lambda: intents.grant_role(on=on, to=holder, role=table.role, by=self.by))

    def role_target(self, where: Location, table: RoleTable) -> tuple[str, Service | Organization]:
        if table.service is not None:
            return "service", self.existing(Service.objects.all(), (*where, "service"), table.service)
        assert table.organization is not None
        where = (*where, "organization")
        return "organization", self.existing(Organization.objects.all(), where, table.organization)

    def existing(self, rows: models.QuerySet[Any], where: Location, pk: UUID) -> Any:
        return rows.filter(pk=pk).first() or self.refuse(where, f"there is no {where[-1]} {pk}")

    def person(self, where: Location, email: str) -> User:
        known = User.objects.filter(email__iexact=email).first()
        return known or self.refuse(where, f"there is no user {email}")

    def ask(self, where: Location, intent: Callable[[], object]) -> None:
        try:
            intent()
        except intents.IntentRefused as refused:
            self.refuse(where, refusal_text(refused.code, refused.params))

    def note(self, line: str) -> None:
        self.outcome.changes.append(line)

    def refuse(self, where: Location, what: str) -> Any:
        raise self.source.error(Mistake(where, what))
