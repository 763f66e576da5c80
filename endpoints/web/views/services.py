"""My services, and the first page of each."""

import uuid
from collections import defaultdict

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from endpoints.models import ReversePrivateEndpoint, Role, Service
from endpoints.web.found import find_service, may
from endpoints.web.http import PersonRequest


@require_safe
def list_services(request: PersonRequest) -> HttpResponse:
    """Show the services that the person has a role on, with how many endpoints are in which status."""
    services = Service.objects.visible_to(request.user).select_related("organization")
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
    rows = [(service, counts[service.pk]) for service in services]
    return render(request, "services.html", {"rows": rows})


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
    """Show where a ClickPipe is set up, and what helps with it."""
    service = find_service(request, service_id)
    operates = may(request, service, Role.OPERATOR)
    return render(request, "data_sources.html", {"service": service, "operates": operates})
