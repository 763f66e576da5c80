"""The list in the flyout of the settings. Details and removal there are those of the pages (`places.py`)."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints.models import ReversePrivateEndpoint, Role, affected_by
from endpoints.web.found import find_service, may
from endpoints.web.http import PersonRequest
from endpoints.web.live import Sight, live_page
from endpoints.web.places import FLYOUT
from endpoints.web.search import matching
from endpoints.web.unreachable import sees_why, unreachable, with_region

SHOWN_MOST = 50


@never_cache
@require_safe
def list_endpoints(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the newest live endpoints of a service; `q` searches, and the full list is one link away."""
    text = request.GET.get("q", "").strip()
    mine = ReversePrivateEndpoint.objects.visible_to(request.user).live().filter(service=service_id)
    found = mine.filter(matching(text)) if text else mine

    def context(sight: Sight) -> dict[str, Any]:
        service = find_service(request, service_id)
        endpoints = [one.endpoint for one in sight.shown]
        affected = affected_by(endpoints)
        return {
            "service": service,
            "live_title": _("Reverse private endpoints"),
            **FLYOUT.around(service),
            "operates": may(request, service, Role.OPERATOR),
            "rows": [(one, affected[one.endpoint.pk]) for one in sight.shown],
            "more": len(endpoints) == SHOWN_MOST and found.count() > SHOWN_MOST,
            "most": SHOWN_MOST,
            "q": text,
            "now": sight.now,
            "unreachable": unreachable(endpoints),
            "sees_why": sees_why(request),
        }

    rows = with_region(found)[:SHOWN_MOST]
    return live_page(request, rows, page="flyout/list.html", fragment="flyout/_list.html", context=context)
