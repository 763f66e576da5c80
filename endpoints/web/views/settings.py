"""The settings of a service, behind the flyout of its reverse private endpoints."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from endpoints.web.capacity import room_context
from endpoints.web.found import find_service
from endpoints.web.http import PersonRequest


@require_safe
def settings_page(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the settings of a service."""
    service = find_service(request, service_id)
    context = {"service": service, **room_context(service.clickpipes_region)}
    return render(request, "settings/settings.html", context)
