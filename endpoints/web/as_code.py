"""The part of an endpoint's page that says it as code."""

from typing import Any

from django.conf import settings

from endpoints.domain.as_code import AsCode
from endpoints.models import ReversePrivateEndpoint
from endpoints.texts.as_code import notes


def as_code_context(endpoint: ReversePrivateEndpoint) -> dict[str, Any]:
    """Return the variables of `endpoint/_as_code.html` for an endpoint; its service comes with it."""
    code = AsCode(
        url=settings.BASE_URL,
        organization_id=str(endpoint.service.organization_id),
        service_id=str(endpoint.service_id),
        endpoint_id=str(endpoint.pk),
        asked={"description": endpoint.description, "type": endpoint.type, **endpoint.parameters},
        names=endpoint.custom_dns,
    )
    alone = {held.kind for held in endpoint.spec.held() if not held.shared}
    has_names, is_gone = bool(endpoint.custom_dns), endpoint.is_removed
    known = notes(alone, names=has_names, targets=code.has_targets, is_gone=is_gone)
    return {"code": code, "code_notes": list(known)}
