"""The part of an endpoint's page that says it as code."""

from django.conf import settings

from endpoints.domain.as_code import AsCode
from endpoints.models import ReversePrivateEndpoint


def as_code(endpoint: ReversePrivateEndpoint) -> AsCode:
    """Return an endpoint as code; its service comes with it."""
    return AsCode(
        url=settings.BASE_URL,
        organization_id=str(endpoint.service.organization_id),
        service_id=str(endpoint.service_id),
        endpoint_id=str(endpoint.pk),
        asked={"description": endpoint.description, "type": endpoint.type, **endpoint.parameters},
        names=endpoint.custom_dns,
    )
