"""My services, and the first page of each."""

import uuid
from collections import defaultdict

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from endpoints.models import (
    Organization,
    PipeDraft,
    ReversePrivateEndpoint,
    Role,
    Service,
    read_clock,
)
from endpoints.models.access import organizations_of
from endpoints.web.found import find_service, may
from endpoints.web.http import PersonRequest
from endpoints.web.pipes import show_pipes
from endpoints.web.service_filters import ServiceFilters
from endpoints.web.wizard import resume_address

NEWEST = 5
"""How many ClickPipes stand below the data sources."""


@require_safe
def list_services(request: PersonRequest) -> HttpResponse:
    """Show the services that the person has a role on, with how many endpoints are in which status."""
    services = list(Service.objects.visible_to(request.user).select_related("organization", "owner"))
    filters = ServiceFilters.of(request.GET, services)
    counts: dict[object, dict[str, int]] = defaultdict(dict)
    counted = (
        ReversePrivateEndpoint.objects.visible_to(request.user)
        .live()
        .order_by("status")
        .values_list("service", "status")
        .annotate(number=Count("pk"))
    )
    for service, status, number in counted:
        counts[service][status] = number
    whole = Organization.objects.filter(organizations_of(request.user, whole=True))
    context = {
        "rows": [(service, counts[service.pk]) for service in filters.narrow(services)],
        "has_any": bool(services),
        "filters": filters,
        "whole": set(whole.values_list("pk", flat=True)),
    }
    return render(request, "services.html", context)


@require_safe
def service_menu(request: PersonRequest) -> HttpResponse:
    """Show the services to switch to; the shell asks for them when its menu opens."""
    services = Service.objects.visible_to(request.user).select_related("organization")[:100]
    return render(request, "_service_menu.html", {"services": services})


@require_safe
def service_home(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Lead to the first part of the service's console."""
    return redirect("data-sources", find_service(request, service_id).pk)


@require_safe
def data_sources(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show where a ClickPipe is set up, what was left unfinished, the newest ones, and what helps."""
    service = find_service(request, service_id)
    drafts = PipeDraft.objects.filter(service=service, user=request.user).order_by("-updated_at")
    operates = may(request, service, Role.OPERATOR)
    newest = service.pipes.live().order_by("-created_at", "pk")[:NEWEST]
    context = {
        "service": service,
        "operates": operates,
        "drafts": [(draft, resume_address(draft)) for draft in drafts] if operates else [],
        "rows": show_pipes(newest, read_clock().now),
    }
    return render(request, "data_sources.html", context)
