"""From the ids in an address to the rows that a key may see: 400 for what is no id, 404 for a stranger's."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from endpoints.api.envelope import Problem
from endpoints.api.keys import key_of
from endpoints.api.shapes import read_first
from endpoints.models import Organization, ReversePrivateEndpoint, Service
from endpoints.models.installation import Moment, ReadClock

ORGANIZATIONS = "/organizations"
ORGANIZATION = ORGANIZATIONS + "/{organization_id}"
SERVICES = ORGANIZATION + "/services"
SERVICE = SERVICES + "/{service_id}"


def organization_of(request: HttpRequest, organization_id: str) -> Organization:
    """Return the organization of an address. Raises Problem: 400 or 404."""
    pk = parse_id("organization", organization_id)
    found = Organization.objects.visible_to(key_of(request)).filter(pk=pk).first()
    if found is None:
        raise Problem(404, organization_id)
    return found


def service_of(request: HttpRequest, organization_id: str, service_id: str) -> Service:
    """Return the service of an address. Raises Problem: 400 or 404."""
    organization = parse_id("organization", organization_id)
    pk = parse_id("service", service_id)
    mine = Service.objects.visible_to(key_of(request)).filter(organization=organization, pk=pk)
    found = mine.first()
    if found is None:
        raise Problem(404, service_id)
    return found


def endpoint_of(service: Service, endpoint_id: str) -> ReversePrivateEndpoint:
    """Return a service's endpoint that is not a tombstone. Raises Problem: 400 or 404."""
    pk = parse_id("reverse private endpoint", endpoint_id)
    rows = service.endpoints.live().with_details().select_related("region", "service")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Problem(404, endpoint_id)
    return found


def look_at(
    request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str
) -> tuple[ReversePrivateEndpoint, datetime]:
    """Return the endpoint of an address, for its shape, and the (moved) time. Raises Problem: 400 or 404.

    This is what clients poll: one query where there is such an endpoint.
    """
    organization = parse_id("organization", organization_id)
    service = parse_id("service", service_id)
    pk = parse_id("reverse private endpoint", endpoint_id)
    seen = Service.objects.visible_to(key_of(request)).filter(organization=organization, pk=service)
    rows = ReversePrivateEndpoint.objects.live().filter(pk=pk, service__in=seen.order_by())
    found = read_first(rows.annotate(clock=ReadClock()).order_by())
    if found is None:
        raise Problem(404, endpoint_id if seen.exists() else service_id)
    return found, Moment.of(found.__dict__["clock"]).now


def parse_id(what: str, text: str) -> UUID:
    """Return the UUID that a text is, in its usual form. Raises Problem(400)."""
    try:
        if len(text) == 36:
            return UUID(text)
    except ValueError:
        pass
    raise Problem(400, f"Invalid {what} id <string:{text[:60]}>")
