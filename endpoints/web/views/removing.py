"""Removing one endpoint: what that does to ClickPipes, who may do it, and the confirmation."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from endpoints import intents, texts
from endpoints.intents import IntentRefused
from endpoints.models import (
    Affected,
    ReversePrivateEndpoint,
    Role,
    RoleAssignment,
    Service,
    affected_by,
    read_clock,
)
from endpoints.web.found import find_endpoint, may, require
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.places import PAGE, Place
from endpoints.web.shown import Shown

ADMINS_MOST = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_endpoint(
    request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID, place: Place = PAGE
) -> HttpResponse:
    """Ask whether to remove an endpoint, saying what that removes; then ask for it."""
    endpoint = find_endpoint(request, service_id, endpoint_id)
    require(request, endpoint.service, Role.OPERATOR)
    if endpoint.removal_requested_at is not None:
        return SeeOther(place.address_of(endpoint))
    affected = affected_by([endpoint])[endpoint.pk]
    if request.method != "POST":
        return _question(request, endpoint, affected, place)
    try:
        intents.request_removal(endpoint=endpoint, by=request.user, typed=request.POST.get("typed", ""))
    except IntentRefused as refused:
        error = texts.refusal_text(refused.code, refused.params)
        return _question(request, endpoint, affected, place, error)
    except PermissionDenied:  # not for an operator: the page says for whom
        return _question(request, endpoint, affected_by([endpoint])[endpoint.pk], place, status=403)
    return SeeOther(place.address_of(endpoint))


def _question(
    request: PersonRequest,
    endpoint: ReversePrivateEndpoint,
    affected: Affected,
    place: Place,
    error: str = "",
    status: int = 422,
) -> HttpResponse:
    shown = Shown(endpoint, read_clock().now)
    may_confirm = not affected or request.user.is_staff or may(request, endpoint.service, Role.ADMIN)
    context: dict[str, Any] = {
        "service": endpoint.service,
        "endpoint": endpoint,
        "one": shown,
        **place.around(endpoint.service),
        "affected": affected,
        "may_confirm": may_confirm,
        "admins": [] if may_confirm else admins_of(endpoint.service),
        "left_behind": shown.left_behind,
        "typed": request.POST.get("typed", ""),
        "error": error,
    }
    answers = 200 if request.method != "POST" else status
    return render(request, f"{place.folder}/remove.html", context, status=answers)


def admins_of(service: Service) -> list[str]:
    """Return some of those who may remove anything from a service."""
    of_service = Q(service=service) | Q(organization=service.organization_id)
    admins = RoleAssignment.objects.filter(of_service, role=Role.ADMIN, user__is_active=True)
    return list(admins.order_by("user__email").values_list("user__email", flat=True).distinct()[:ADMINS_MOST])
