"""The ClickPipes of a service: list, details, remove. They are records: no data moves here."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from endpoints import intents
from endpoints.models import Role, read_clock
from endpoints.web.found import find_pipe, find_service, may, require
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.pipes import show_pipes

PER_PAGE = 50


@never_cache
@require_safe
def list_pipes(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the ClickPipes of a service with their connection states."""
    service = find_service(request, service_id)
    page = Paginator(service.pipes.live(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "service": service,
        "page": page,
        "rows": show_pipes(page, read_clock().now),
        "operates": may(request, service, Role.OPERATOR),
    }
    return render(request, "pipes/list.html", context)


@never_cache
@require_safe
def see_pipe(request: PersonRequest, service_id: uuid.UUID, pipe_id: uuid.UUID) -> HttpResponse:
    """Show everything about one ClickPipe."""
    pipe = find_pipe(request, service_id, pipe_id)
    (one,) = show_pipes([pipe], read_clock().now)
    what, next_step = one.advice
    context = {
        "service": pipe.service,
        "pipe": pipe,
        "one": one,
        "what": what,
        "next_step": next_step,
        "operates": may(request, pipe.service, Role.OPERATOR),
    }
    return render(request, "pipes/pipe.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_pipe(request: PersonRequest, service_id: uuid.UUID, pipe_id: uuid.UUID) -> HttpResponse:
    """Ask whether to remove a ClickPipe's record; then remove it."""
    pipe = find_pipe(request, service_id, pipe_id)
    require(request, pipe.service, Role.OPERATOR)
    if request.method == "POST":
        intents.remove_pipe(pipe=pipe, by=request.user)
        messages.info(request, _("The ClickPipe was removed: %(name)s") % {"name": pipe.name})
        return SeeOther(reverse("clickpipes", args=[service_id]))
    return render(request, "pipes/remove.html", {"service": pipe.service, "pipe": pipe})
