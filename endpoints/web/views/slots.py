"""Which connections to MSK clusters one's own endpoints hold, and whether those of a cluster are taken."""

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints import texts
from endpoints.domain.specs import MskMultiVpcSpec, SpecErrors
from endpoints.domain.specs.msk_multi_vpc import Authentication
from endpoints.models import Claim, ClaimKind, ReversePrivateEndpoint, Service
from endpoints.models.endpoint import EndpointQuerySet
from endpoints.web.found import find_service
from endpoints.web.http import PersonRequest

MOST = 200  # endpoints of one list


@dataclass(frozen=True)
class Slot:
    """One authentication of a cluster. `holder` is told only to who may see that endpoint."""

    authentication: str
    is_taken: bool
    holder: ReversePrivateEndpoint | None


@never_cache
@require_safe
def list_slots(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the slots that endpoints of the organization hold, as far as the person may see them.

    `cluster` is an ARN: of its slots it is said whether they are taken, and never by whom else.
    """
    service = find_service(request, service_id)
    mine = _holding(request, service).select_related("service")
    given = request.GET.get("cluster", "")
    slots: list[Slot] = []
    error = ""
    if "cluster" in request.GET:
        try:
            slots = _slots(mine, given)
        except SpecErrors as wrong:
            error = texts.refusal_text(wrong.errors[0].code, wrong.errors[0].params)
    own = list(mine.order_by("parameters__mskClusterArn", "parameters__mskAuthentication", "pk")[:MOST])
    context = {"service": service, "given": given, "error": error, "slots": slots, "own": own}
    return render(request, "tools/msk_slots.html", context)


def _holding(request: PersonRequest, service: Service) -> EndpointQuerySet:
    """Return the endpoints of the organization that the person may see and that hold a slot."""
    visible = ReversePrivateEndpoint.objects.live().visible_to(request.user)
    links = ReversePrivateEndpoint.claims.through.objects.filter(claim__kind=ClaimKind.MSK_SLOT)
    holding = visible.filter(pk__in=links.values("reverseprivateendpoint"))
    return holding.filter(service__organization=service.organization_id)


def _slots(mine: EndpointQuerySet, given: str) -> list[Slot]:
    """Return the slots of a cluster by its ARN. Raises SpecErrors."""
    cluster, authentication = MskMultiVpcSpec.fields
    specs = [MskMultiVpcSpec.parse({cluster: given, authentication: scheme}) for scheme in Authentication]
    keys = {spec.authentication: spec.held()[0].key for spec in specs}
    held = Claim.objects.filter(kind=ClaimKind.MSK_SLOT, key__in=keys.values())
    claims = {claim.key: claim for claim in held}
    return [
        Slot(
            scheme.value,
            key in claims,
            mine.filter(claims=claims[key]).first() if key in claims else None,
        )
        for scheme, key in keys.items()
    ]
