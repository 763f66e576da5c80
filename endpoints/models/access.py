"""Who may see and do what: roles on services and organizations, for people and API keys alike.

Roles (design, "Words"): a viewer sees; an operator creates, retries and removes; an admin may do everything
on the service. A role on an organization holds on all of its services.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from endpoints.models.people import ApiKey, User
from endpoints.models.tenancy import Organization, Service

Principal = User | ApiKey


class Role(models.TextChoices):
    """The roles, weakest first."""

    VIEWER = "viewer", _("Viewer")
    OPERATOR = "operator", _("Operator")
    ADMIN = "admin", _("Admin")

    def covers(self, needed: "Role") -> bool:
        """Say whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class Team(Group):
    """People who have roles together: a Django group, by a name of its own."""

    objects: ClassVar[models.Manager["Team"]] = models.Manager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]


class RoleAssignment(models.Model):
    """The role of one user, or of a team, on one service, or on an organization and so all of its services.

    Whoever is in a team has the team's roles.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="role_assignments"
    )
    team = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="role_assignments")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="role_assignments"
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="role_assignments"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
            models.CheckConstraint(
                condition=Q(organization__isnull=True) ^ Q(service__isnull=True), name="role_on_exactly_one"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(team__isnull=True), name="role_of_exactly_one"
            ),
            models.UniqueConstraint(fields=["user", "organization"], name="role_once_per_organization"),
            models.UniqueConstraint(fields=["user", "service"], name="role_once_per_service"),
            models.UniqueConstraint(fields=["team", "organization"], name="role_once_per_team_organization"),
            models.UniqueConstraint(fields=["team", "service"], name="role_once_per_team_service"),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.team}: {self.role} / {self.service or self.organization}"


class ActorKind(models.TextChoices):
    """What somebody who acts is."""

    PERSON = "person", _("Person")
    KEY = "key", _("API key")
    COMMAND = "command", _("Command")
    POSTERN = "postern", _("Postern itself")
    NOBODY = "nobody", _("Somebody who is not signed in")


@dataclass(frozen=True)
class Actor:
    """Who asks for something, as events and the audit keep it: a name that outlives the account."""

    name: str
    user: User | None = None
    kind: ActorKind = ActorKind.POSTERN
    id: str = ""

    @classmethod
    def of(cls, principal: Principal) -> "Actor":
        """Return the actor that a person or a key is."""
        if isinstance(principal, User):
            return cls(principal.email, principal, ActorKind.PERSON, str(principal.pk))
        return cls(f"API key {principal.name}", None, ActorKind.KEY, principal.key_id)

    @classmethod
    def command(cls, name: str) -> "Actor":
        """Return the actor that a `manage.py` command is."""
        return cls(f"manage.py {name}", None, ActorKind.COMMAND)


CLEANUP = Actor(name="cleanup")
POSTERN = Actor(name="Postern")
SOMEBODY = Actor(name="", kind=ActorKind.NOBODY)  # who is not signed in

Asker = Principal | Actor
"""Who may ask for what staff may: a person, a key, or a command of the operators."""


def roles_of(user: User) -> "models.QuerySet[RoleAssignment]":
    """Return the roles of a user, by themselves or by a team. Who was disabled has none."""
    if not user.is_active:
        return RoleAssignment.objects.none()
    return RoleAssignment.objects.filter(Q(user=user) | Q(team__in=user.groups.order_by().values("pk")))


def services_of(principal: Principal) -> Q:
    """Return the condition on Service that holds for the services a principal may see."""
    if isinstance(principal, User):
        mine = roles_of(principal)
        return Q(pk__in=mine.filter(service__isnull=False).values("service")) | Q(
            organization__in=mine.filter(organization__isnull=False).values("organization")
        )
    if principal.service_id is not None:
        # The service of another organization would be none of the key's, whoever wrote such a row.
        return Q(pk=principal.service_id, organization=principal.organization_id)
    return Q(organization=principal.organization_id)


def organizations_of(principal: Principal, *, whole: bool = False) -> Q:
    """Return the condition on Organization that holds where a principal may see a service, or all of them.

    `whole`: only where the role is one on the organization itself.
    """
    if isinstance(principal, User):
        mine = roles_of(principal)
        on_it = Q(pk__in=mine.filter(organization__isnull=False).values("organization"))
        in_it = Q(pk__in=mine.filter(service__isnull=False).values("service__organization"))
        return on_it if whole else on_it | in_it
    if whole and principal.service_id is not None:
        return Q(pk__in=[])
    return Q(pk=principal.organization_id)


def role_on(principal: Principal, service: Service) -> Role | None:
    """Return the strongest role of a principal on a service, None for a stranger."""
    if isinstance(principal, ApiKey):
        covered = principal.organization_id == service.organization_id and principal.service_id in (
            None,
            service.pk,
        )
        return Role(principal.role) if covered else None
    if not principal.is_active:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_HELD_ON, [principal.pk, principal.pk, service.pk, service.organization_id])
        return strongest(role for (role,) in cursor.fetchall())


def admins_organization(principal: Principal, organization_id: uuid.UUID) -> bool:
    """Say whether a person is an admin of the whole organization. A key never is: keys manage nobody."""
    if isinstance(principal, ApiKey):
        return False
    return roles_of(principal).filter(organization=organization_id, role=Role.ADMIN).exists()


def with_an_admin(
    organization_ids: Iterable[uuid.UUID],
    *,
    besides: User | None = None,
    without: "models.QuerySet[RoleAssignment] | None" = None,
) -> set[uuid.UUID]:
    """Return those of some organizations that have an admin who may sign in, by themselves or by a team.

    `besides`: somebody who does not count; `without`: roles that do not.
    """
    people = User.objects.filter(is_active=True)
    if besides is not None:
        people = people.exclude(pk=besides.pk)
    held = RoleAssignment.objects.filter(
        Q(user__in=people) | Q(team__user__in=people),
        organization__in=list(organization_ids),
        role=Role.ADMIN,
    )
    if without is not None:
        held = held.exclude(pk__in=without.order_by().values("pk"))
    return set(held.values_list("organization", flat=True))


# `roles_of` on one service, for each intent: in SQL it costs a tenth of what the ORM takes to write it.
_HELD = """SELECT held.role FROM endpoints_roleassignment held WHERE (
    held.user_id = %s
    OR held.team_id IN (SELECT group_id FROM endpoints_user_groups WHERE user_id = %s)
) AND ({of})"""
_HELD_ON = _HELD.format(of="held.service_id = %s OR held.organization_id = %s")


class HeldRoles(models.Func):
    """A column beside services: the roles that a user has on each, by themselves or by its organization."""

    output_field = ArrayField(models.CharField())
    _here = (
        "held.service_id = endpoints_service.id OR held.organization_id = endpoints_service.organization_id"
    )
    _sql = f"ARRAY({_HELD.format(of=_here)})"

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Return it in SQL."""
        return self._sql, [self.user.pk, self.user.pk]


def strongest(roles: Iterable[str]) -> Role | None:
    """Return the strongest of some roles, None of none."""
    return max((Role(role) for role in roles), key=list(Role).index, default=None)
