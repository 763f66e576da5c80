"""The ClickPipes of a service."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from endpoints.web.found import find_service
from endpoints.web.http import PersonRequest


@require_safe
def list_pipes(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the ClickPipes of a service."""
    service = find_service(request, service_id)
    return render(request, "pipes/list.html", {"service": service, "pipes": service.pipes.live()})
