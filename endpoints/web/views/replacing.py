"""Replacing one endpoint: how it will go, the form of the new one, and stopping before anything is moved."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from endpoints import intents, texts
from endpoints.domain.specs import SPECS
from endpoints.domain.types import Source
from endpoints.intents import IntentRefused
from endpoints.models import ReversePrivateEndpoint, Role, read_clock
from endpoints.web import kept
from endpoints.web.creating import create_context
from endpoints.web.forms import TYPES, EndpointForm
from endpoints.web.found import find_endpoint, may, require
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.places import PAGE
from endpoints.web.replacing import Plan, plan_of, progress_of, unfinished


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def replace_endpoint(request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Ask for a new endpoint that takes this one's place; while that is under way, show how far it is."""
    old = find_endpoint(request, service_id, endpoint_id)
    require(request, old.service, Role.OPERATOR)
    if request.method != "POST":
        if unfinished(old) is not None:
            return _under_way(request, old)
        plan = plan_of(old)
        return _page(request, old, plan, _form_like(request, old, plan))
    kept.forget(request)
    form = _fitting(EndpointForm(old.service, request.POST), plan_of(old))
    if not form.is_valid() or form.wanted is None:
        return _page(request, old, plan_of(old), form, status=422)
    return _ask(request, old, form, form.wanted)


def _ask(
    request: PersonRequest, old: ReversePrivateEndpoint, form: EndpointForm, wanted: intents.Wanted
) -> HttpResponse:
    try:
        plan = plan_of(old, wanted)
        return _ask_as_planned(request, old, form, wanted, plan)
    except IntentRefused as refused:  # a share that is used up
        form.refuse(refused)
        return _page(request, old, plan_of(old), form, status=422)


def _ask_as_planned(
    request: PersonRequest,
    old: ReversePrivateEndpoint,
    form: EndpointForm,
    wanted: intents.Wanted,
    plan: Plan,
) -> HttpResponse:
    if plan.has_gap and request.POST.get("mode") != plan.mode:
        return _page(request, old, plan, form, status=422, is_news=True)
    if plan.removes_first and not _may_remove(request, old):
        form.refuse(IntentRefused("needs_admin"))
        return _page(request, old, plan, form, status=422)
    try:
        intents.request_replacement(
            old=old,
            wanted=wanted,
            by=request.user,
            typed=request.POST.get("typed", ""),
            form_key=form.form_key,
        )
    except IntentRefused as refused:
        form.refuse(refused)
        error = texts.refusal_text(refused.code, refused.params) if refused.field == "typed" else ""
        return _page(request, old, plan_of(old, wanted), form, status=422, typed_error=error)
    return SeeOther(PAGE.address_of(old))


@require_POST
def stop_replacing(request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Stop the replacement of this endpoint; both endpoints stay."""
    old = find_endpoint(request, service_id, endpoint_id)
    require(request, old.service, Role.OPERATOR)
    replacement = unfinished(old)
    if replacement is not None:
        try:
            intents.stop_replacement(replacement=replacement, by=request.user)
        except IntentRefused as refused:
            messages.error(request, texts.refusal_text(refused.code, refused.params))
    return SeeOther(PAGE.address_of(old))


def _form_like(request: PersonRequest, old: ReversePrivateEndpoint, plan: Plan) -> EndpointForm:
    """The form filled in as the old one was, but for a share that is used up."""
    like = {"type": old.type, "description": old.description, **old.parameters}
    if plan.needs_share:
        del like["vpcResourceShareArn"]
    return _fitting(EndpointForm(old.service, typed=kept.typed(request) or like), plan)


def _fitting(form: EndpointForm, plan: Plan) -> EndpointForm:
    """Offer only types that lead to the source of every ClickPipe."""
    sources = {Source(move.pipe.source) for move in plan.moves}
    form.types = {kind: asks for kind, asks in TYPES.items() if sources <= set(SPECS[kind].sources)}
    return form


def _may_remove(request: PersonRequest, old: ReversePrivateEndpoint) -> bool:
    return request.user.is_staff or may(request, old.service, Role.ADMIN)


def _page(
    request: PersonRequest,
    old: ReversePrivateEndpoint,
    plan: Plan,
    form: EndpointForm,
    *,
    status: int = 200,
    typed_error: str = "",
    is_news: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "service": old.service,
        "endpoint": old,
        "plan": plan,
        "is_news": is_news,
        "may_confirm": not plan.removes_first or _may_remove(request, old),
        "typed": request.POST.get("typed", ""),
        "typed_error": typed_error,
        **create_context(form),
    }
    return render(request, "replace.html", context, status=status)


def _under_way(request: PersonRequest, old: ReversePrivateEndpoint) -> HttpResponse:
    replacement = unfinished(old)
    if replacement is None:
        return SeeOther(PAGE.address_of(old))
    progress = progress_of(replacement, read_clock().now, operates=True)
    context = {
        "service": old.service,
        "endpoint": old,
        "place": PAGE,
        "replacements": [progress],
        "progress": progress,
        "on_its_own": True,
    }
    return render(request, "replacing.html", context)
