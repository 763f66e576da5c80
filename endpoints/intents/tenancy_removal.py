"""What keeps a service or an organization from being removed, and what goes with one that can be."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet

from endpoints.intents.base import IntentRefused, in_the_way
from endpoints.models import (
    ApiKey,
    ClickPipe,
    Organization,
    ReversePrivateEndpoint,
    RoleAssignment,
    Service,
    read_clock,
)


def against_removing_service(service: Service) -> list[IntentRefused]:
    """Return why a service cannot be removed, each with what to do first; nothing if it can."""
    found = []
    endpoints = ReversePrivateEndpoint.objects.filter(service=service)
    live = endpoints.live().order_by("description").values_list("description", flat=True)
    if live:
        found.append(in_the_way("service_has_endpoints", live))
    pipes = ClickPipe.objects.filter(service=service).live().order_by("name").values_list("name", flat=True)
    if pipes:
        found.append(in_the_way("service_has_pipes", pipes))
    keys = _used(ApiKey.objects.filter(service=service))
    if keys:
        found.append(in_the_way("has_keys", keys))
    last = endpoints.tombstones().order_by("-removed_at").values_list("removed_at", flat=True).first()
    if last is not None and not live:
        until = last + timedelta(days=settings.TOMBSTONE_DAYS)
        days = max(1, -((read_clock().now - until) // timedelta(days=1)))
        found.append(IntentRefused("service_has_history", days=str(days)))
    return found


def clear_service(service: Service) -> None:
    """Delete what is only of use together with a service that can be removed."""
    ClickPipe.objects.filter(service=service).delete()
    ApiKey.objects.filter(service=service).delete()
    RoleAssignment.objects.filter(service=service).delete()


def against_removing_organization(organization: Organization) -> list[IntentRefused]:
    """Return why an organization cannot be removed, each with what to do first; nothing if it can."""
    found = []
    services = organization.services.order_by("name").values_list("name", flat=True)
    if services:
        found.append(in_the_way("organization_has_services", services))
    keys = _used(ApiKey.objects.filter(organization=organization))
    if keys:
        found.append(in_the_way("has_keys", keys))
    used_up = organization.claims.count()
    if used_up and not services:
        found.append(IntentRefused("organization_has_claims", number=str(used_up)))
    return found


def clear_organization(organization: Organization) -> None:
    """Delete what is only of use together with an organization that can be removed."""
    ApiKey.objects.filter(organization=organization).delete()
    RoleAssignment.objects.filter(organization=organization).delete()


def _used(keys: QuerySet[ApiKey]) -> list[str]:
    now = read_clock().real
    known = keys.filter(disabled_at__isnull=True).select_related("created_by").order_by("name")
    return [str(key) for key in known if key.is_in_use(now)]
