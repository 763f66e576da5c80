"""Creating an endpoint outside of the set-up of a ClickPipe."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import Role
from endpoints.web import kept
from endpoints.web.creating import create_context
from endpoints.web.forms import EndpointForm
from endpoints.web.found import find_service, require
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.places import PAGE
from endpoints.web.recreating import Recreated, recreated


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_endpoint(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Ask for a new endpoint; `from` names one to be like."""
    service = find_service(request, service_id)
    require(request, service, Role.OPERATOR)
    like = recreated(request, service_id)
    if request.method != "POST":
        kind = request.GET.get("type", "")
        typed = kept.typed(request) or (like.values if like else None)
        return _create_page(request, EndpointForm(service, kind=kind, typed=typed), like)
    kept.forget(request)
    form = EndpointForm(service, request.POST)
    if not form.is_valid() or form.wanted is None:
        return _create_page(request, form, like, status=422)
    try:
        endpoint = intents.request_endpoint(
            service=service, wanted=form.wanted, by=request.user, form_key=form.form_key
        )
    except IntentRefused as refused:
        form.refuse(refused)
        return _create_page(request, form, like, status=422)
    return SeeOther(PAGE.address_of(endpoint))


def _create_page(
    request: PersonRequest, form: EndpointForm, like: Recreated | None, status: int = 200
) -> HttpResponse:
    context = {
        "service": form.service,
        "title": _("Create endpoint"),
        "recreated": like,
        **create_context(form),
    }
    return render(request, "create.html", context, status=status)
