"""Who may see and do what: roles on services and organizations, for people and API keys alike.

Roles (design, "Words"): a viewer sees; an operator creates, retries and removes; an admin may do everything
on the service. A role on an organization holds on all of its services.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
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


class RoleAssignment(models.Model):
    """One user's role on one service, or on one organization and so on all of its services."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_assignments")
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
            models.UniqueConstraint(
                fields=["user", "organization"],
                name="role_once_per_organization",
                condition=Q(organization__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "service"],
                name="role_once_per_service",
                condition=Q(service__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} / {self.service or self.organization}"


@dataclass(frozen=True)
class Actor:
    """Who asks for something, as events keep it: a name that outlives the account."""

    name: str
    user: User | None = None

    @classmethod
    def of(cls, principal: Principal) -> "Actor":
        """Return the actor that a person or a key is."""
        if isinstance(principal, User):
            return cls(name=principal.email, user=principal)
        return cls(name=f"API key {principal.name}")


CLEANUP = Actor(name="cleanup")


def services_of(principal: Principal) -> Q:
    """Return the condition on Service that holds for the services a principal may see."""
    if isinstance(principal, User):
        mine = RoleAssignment.objects.filter(user=principal)
        return Q(pk__in=mine.filter(service__isnull=False).values("service")) | Q(
            organization__in=mine.filter(organization__isnull=False).values("organization")
        )
    if principal.service_id is not None:
        return Q(pk=principal.service_id)
    return Q(organization=principal.organization_id)


def organizations_of(principal: Principal) -> Q:
    """Return the condition on Organization that holds where a principal may see a service, or all of them."""
    if isinstance(principal, User):
        mine = RoleAssignment.objects.filter(user=principal)
        return Q(pk__in=mine.filter(organization__isnull=False).values("organization")) | Q(
            pk__in=mine.filter(service__isnull=False).values("service__organization")
        )
    return Q(pk=principal.organization_id)


def role_on(principal: Principal, service: Service) -> Role | None:
    """Return the strongest role of a principal on a service, None for a stranger."""
    if isinstance(principal, ApiKey):
        covered = principal.organization_id == service.organization_id and principal.service_id in (
            None,
            service.pk,
        )
        return Role(principal.role) if covered else None
    held = RoleAssignment.objects.filter(
        Q(service=service) | Q(organization=service.organization_id), user=principal
    )
    return strongest(held.values_list("role", flat=True))


class HeldRoles(models.Func):
    """A column beside services: the roles that a user has on each, by themselves or by its organization."""

    output_field = ArrayField(models.CharField())
    _sql = """ARRAY(
        SELECT held.role FROM endpoints_roleassignment held WHERE held.user_id = %s AND (
            held.service_id = endpoints_service.id
            OR held.organization_id = endpoints_service.organization_id
        )
    )"""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Return it in SQL, which costs a tenth of what the ORM takes to write it."""
        return self._sql, [self.user.pk]


def strongest(roles: Iterable[str]) -> Role | None:
    """Return the strongest of some roles, None of none."""
    return max((Role(role) for role in roles), key=list(Role).index, default=None)
