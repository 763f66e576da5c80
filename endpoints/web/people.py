"""Who has access to a service or an organization, and by which ways: what the pages about it show."""

import uuid
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from endpoints.intents.roles import Place
from endpoints.models import Organization, Role, RoleAssignment, Service, User
from endpoints.models.access import admins_organization, strongest
from endpoints.web.found import find_organization, find_service, may
from endpoints.web.http import PersonRequest


@dataclass(frozen=True)
class Where:
    """The place whose roles a page is about, its addresses, and whether the person may manage them."""

    place: Place
    manages: bool

    @property
    def is_service(self) -> bool:
        """Whether it is a service, not an organization."""
        return isinstance(self.place, Service)

    @property
    def address(self) -> str:
        """The page about it."""
        return reverse("people" if self.is_service else "organization", args=[self.place.pk])

    def action(self, verb: str, role_id: int | None = None) -> str:
        """Return the address that does something with its roles: `grant`, `change` or `revoke`."""
        name = f"{verb}-role" if self.is_service else f"{verb}-organization-role"
        return reverse(name, args=[self.place.pk, *([] if role_id is None else [role_id])])

    @property
    def grant_address(self) -> str:
        """Where a role is granted."""
        return self.action("grant")


def find_where(
    request: PersonRequest, service_id: uuid.UUID | None, organization_id: uuid.UUID | None
) -> Where:
    """Return the place that an address names, as far as the person may see it. Raises Http404."""
    if service_id is not None:
        service = find_service(request, service_id)
        return Where(service, may(request, service, Role.ADMIN))
    assert organization_id is not None
    organization = find_organization(request, organization_id)
    return Where(organization, admins_organization(request.user, organization.pk))


@dataclass
class Access:
    """One person who has access: the strongest of their roles, and each role with its way.

    `whole`: one of them is on the organization.
    """

    person: User
    whole: bool = False
    roles: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)

    @property
    def role(self) -> str:
        """The word for what the person may do."""
        role = strongest(self.roles)
        assert role is not None
        return str(role.label)


@dataclass(frozen=True)
class Given:
    """A role given on the very place of the page, with the addresses to change and revoke it."""

    row: RoleAssignment
    people: int | None
    change: str
    revoke: str

    @property
    def holder(self) -> str:
        """Who has it: an e-mail, or a team's name."""
        return str(self.row.user or self.row.team)

    @property
    def is_disabled(self) -> bool:
        """Whether its holder cannot sign in."""
        return self.row.user is not None and not self.row.user.is_active


def access_to(where: Where) -> tuple[list[Access], list[Given]]:
    """Return who has access to a place, by e-mail, and the roles given on it. Two queries at most."""
    held = list(_held_on(where.place).select_related("user", "team").order_by("pk"))
    members: dict[int, list[User]] = {}
    teams = {role.team_id for role in held if role.team_id is not None}
    in_teams = User.groups.through.objects.filter(group__in=teams).select_related("user")
    for membership in in_teams if teams else ():
        members.setdefault(membership.group_id, []).append(membership.user)
    found: dict[int, Access] = {}
    for role in held:
        people = [role.user] if role.user is not None else members.get(role.team_id or 0, [])
        for person in people:
            if person.is_active:
                access = found.setdefault(person.pk, Access(person))
                access.roles.append(role.role)
                access.ways.append(_way(role, where))
                access.whole = access.whole or role.organization_id is not None
    given = [
        Given(
            role,
            None if role.team_id is None else len(members.get(role.team_id, [])),
            where.action("change", role.pk),
            where.action("revoke", role.pk),
        )
        for role in held
        if _is_on(role, where.place)
    ]
    return (
        sorted(found.values(), key=lambda access: access.person.email.casefold()),
        sorted(given, key=lambda one: one.holder.casefold()),
    )


def people_on(service: Service) -> list[User]:
    """Return who has any role on a service, by e-mail."""
    return [access.person for access in access_to(Where(service, manages=False))[0]]


def _held_on(place: Place) -> QuerySet[RoleAssignment]:
    if isinstance(place, Organization):
        return RoleAssignment.objects.filter(organization=place)
    return RoleAssignment.objects.filter(Q(service=place) | Q(organization=place.organization_id))


def _is_on(role: RoleAssignment, place: Place) -> bool:
    return place.pk in (role.service_id, role.organization_id)


def _way(role: RoleAssignment, where: Where) -> str:
    said = {"role": Role(role.role).label, "team": str(role.team)}
    if _is_on(role, where.place):
        return _("%(role)s by the team %(team)s") % said if role.team_id else _("%(role)s, directly") % said
    if role.team_id:
        return _("%(role)s on the organization, by the team %(team)s") % said
    return _("%(role)s on the organization") % said
