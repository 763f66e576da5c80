"""My services."""

from collections import defaultdict

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from endpoints.models import ReversePrivateEndpoint, Service
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
