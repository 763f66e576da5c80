"""From the ids in an address to the rows that a key may see: 400 for what is no id, 404 for a stranger's."""

from datetime import datetime
from functools import cache
from uuid import UUID

from django.http import HttpRequest

from endpoints.api.envelope import Problem
from endpoints.api.keys import key_of
from endpoints.api.shapes import read_written, written
from endpoints.models import ApiKey, Organization, ReversePrivateEndpoint, Service, read_clock
from endpoints.models.written import Written

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
    key = key_of(request)
    values = {
        _ORGANIZATION: parse_id("organization", organization_id),
        _SERVICE: parse_id("service", service_id),
        _ENDPOINT: parse_id("reverse private endpoint", endpoint_id),
        _OF_KEY: key.organization_id,
    }
    if key.service_id is not None:
        values[_ONLY] = key.service_id
    found = read_written(_polled(is_limited=key.service_id is not None), values)
    # Who finds nothing is told which of the two is not there.
    return found or (
        endpoint_of(service_of(request, organization_id, service_id), endpoint_id),
        read_clock().now,
    )


_ORGANIZATION, _SERVICE, _ENDPOINT, _OF_KEY, _ONLY = (UUID(int=number) for number in range(1, 6))


@cache
def _polled(*, is_limited: bool) -> Written[ReversePrivateEndpoint]:
    """Return the query of `look_at`; which services a key sees follows from the two ids that it holds."""
    key = ApiKey(organization_id=_OF_KEY, service_id=_ONLY if is_limited else None)
    seen = Service.objects.visible_to(key).filter(organization=_ORGANIZATION, pk=_SERVICE).order_by()
    rows = ReversePrivateEndpoint.objects.live().filter(pk=_ENDPOINT, service__in=seen)
    return written(rows, _ORGANIZATION, _SERVICE, _ENDPOINT, _OF_KEY, *([_ONLY] if is_limited else []))


def parse_id(what: str, text: str) -> UUID:
    """Return the UUID that a text is, in its usual form. Raises Problem(400)."""
    try:
        if len(text) == 36:
            return UUID(text)
    except ValueError:
        pass
    raise Problem(400, f"Invalid {what} id <string:{text[:60]}>")
