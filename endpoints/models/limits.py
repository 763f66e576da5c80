"""How many endpoints a service and its organization have, and how many they may have.

Counted are the live rows, those on their way out included: they still exist in AWS. A replacement whose old
endpoint is gone before its new one is asked for keeps its place meanwhile.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet

from endpoints.models.console import Replacement
from endpoints.models.counting import Counted
from endpoints.models.endpoint import ReversePrivateEndpoint
from endpoints.models.tenancy import Organization, Service


@dataclass(frozen=True)
class Usage:
    """So many of so many endpoints."""

    used: int
    limit: int

    @property
    def left(self) -> int:
        """How many more there may be."""
        return max(0, self.limit - self.used)

    @property
    def is_full(self) -> bool:
        """Whether no more may be made."""
        return self.left == 0


@dataclass(frozen=True)
class Usages:
    """What a service and its organization use."""

    service: Usage
    organization: Usage

    @property
    def is_full(self) -> bool:
        """Whether the service can have no more endpoints."""
        return self.service.is_full or self.organization.is_full

    @property
    def binds_organization(self) -> bool:
        """Whether it is the organization's limit that is met first."""
        return self.organization.left < self.service.left

    @property
    def nearest(self) -> Usage:
        """The one whose limit is met first."""
        return self.organization if self.binds_organization else self.service


_LIVE = """(SELECT count(*) FROM endpoints_reverseprivateendpoint live
    JOIN endpoints_service its ON its.id = live.service_id WHERE live.removed_at IS NULL AND {of})"""

_KEPT = """(SELECT count(*) FROM endpoints_replacement kept
    JOIN endpoints_reverseprivateendpoint old ON old.id = kept.old_id
    JOIN endpoints_service its ON its.id = old.service_id
    WHERE kept.finished_at IS NULL AND kept.new_id IS NULL AND old.removed_at IS NOT NULL AND {of})"""

_USED = f"{_LIVE} + {_KEPT}"

# Each request for an endpoint asks it; built by the ORM it takes a fifth of the request's time.
_USAGES = f"""
SELECT {_USED.format(of="its.id = service.id")}, service.endpoint_limit,
    {_USED.format(of="its.organization_id = organization.id")}, organization.endpoint_limit
FROM endpoints_service service JOIN endpoints_organization organization
    ON organization.id = service.organization_id
WHERE service.id = %s"""  # noqa: S608 - names of tables and columns


def usages_of(service: Service) -> Usages:
    """Return what a service and its organization use now, by one query."""
    with connection.cursor() as cursor:
        cursor.execute(_USAGES, [service.pk])
        here, limit, in_organization, organization_limit = cursor.fetchone()
    return Usages(_usage_of_service(here, limit), _usage_of_organization(in_organization, organization_limit))


def with_service_usage(services: QuerySet[Service]) -> QuerySet[Service]:
    """Return the same services, each with what `usage_of_service` reads."""
    return services.annotate(
        used_here=Counted(_live(service=OuterRef("pk"))),
        kept_here=Counted(_kept(old__service=OuterRef("pk"))),
    )


def with_organization_usage(organizations: QuerySet[Organization]) -> QuerySet[Organization]:
    """Return the same organizations, each with what `usage_of_organization` reads."""
    return organizations.annotate(
        used_here=Counted(_live(service__organization=OuterRef("pk"))),
        kept_here=Counted(_kept(old__service__organization=OuterRef("pk"))),
    )


def usage_of_service(service: Service) -> Usage:
    """Return what a service of `with_service_usage` uses."""
    return _usage_of_service(_used(service), service.endpoint_limit)


def usage_of_organization(organization: Organization) -> Usage:
    """Return what an organization of `with_organization_usage` uses."""
    return _usage_of_organization(_used(organization), organization.endpoint_limit)


def _usage_of_service(used: int, limit: int | None) -> Usage:
    return Usage(used, settings.ENDPOINTS_PER_SERVICE if limit is None else limit)


def _usage_of_organization(used: int, limit: int | None) -> Usage:
    return Usage(used, settings.ENDPOINTS_PER_ORGANIZATION if limit is None else limit)


def _used(row: Any) -> int:
    return int(row.used_here + row.kept_here)


def _live(**of: OuterRef) -> QuerySet[ReversePrivateEndpoint]:
    return ReversePrivateEndpoint.objects.live().filter(**of).order_by().values("pk")  # type: ignore[return-value]


def _kept(**of: OuterRef) -> QuerySet[Replacement]:
    waiting = Q(finished_at__isnull=True, new__isnull=True, old__removed_at__isnull=False)
    return Replacement.objects.filter(waiting, **of).order_by().values("pk")  # type: ignore[return-value]
