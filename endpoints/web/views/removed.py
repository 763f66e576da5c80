"""Tombstones: who removed which endpoint when and why, and what is still to be cleaned up."""

import uuid

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints.models import Role
from endpoints.web import clean_up
from endpoints.web.found import find_service, may
from endpoints.web.http import PersonRequest
from endpoints.web.search import matching

PER_PAGE = 50


@never_cache
@require_safe
def list_removed(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the tombstones of a service, newest first; `q` searches among them."""
    service = find_service(request, service_id)
    text = request.GET.get("q", "").strip()
    tombstones = service.endpoints.tombstones().select_related("region").order_by("-removed_at", "pk")
    found = (
        tombstones.filter(matching(text) | Q(removal_requested_by__icontains=text)) if text else tombstones
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    left_something = clean_up.left_something(page)
    context = {
        "service": service,
        "page": page,
        "rows": [
            (endpoint, clean_up.open_items(endpoint) if endpoint.pk in left_something else None)
            for endpoint in page
        ],
        "q": text,
        "operates": may(request, service, Role.OPERATOR),
    }
    return render(request, "removed.html", context)
