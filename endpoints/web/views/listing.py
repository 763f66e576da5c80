"""The endpoints of a service in one list."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints import texts
from endpoints.models import ReversePrivateEndpoint, Role
from endpoints.web.forms import TYPES
from endpoints.web.found import find_service, may
from endpoints.web.http import PersonRequest
from endpoints.web.live import Sight, live_page

PER_PAGE = 50


@never_cache
@require_safe
def list_endpoints(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the live endpoints of a service; the page follows while one of them is in motion."""
    mine = ReversePrivateEndpoint.objects.visible_to(request.user).live().filter(service=service_id)
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))

    def context(sight: Sight) -> dict[str, Any]:
        service = find_service(request, service_id)
        return {
            "service": service,
            "may_create": may(request, service, Role.OPERATOR),
            "page": page,
            "shown": sight.shown,
            "now": sight.now,
            "types": [(texts.TYPE_LABELS[kind], fields.summary) for kind, fields in TYPES.items()],
        }

    start = (page.number - 1) * PER_PAGE
    rows = mine[start : start + PER_PAGE]
    return live_page(request, rows, page="endpoints.html", fragment="_endpoints.html", context=context)
