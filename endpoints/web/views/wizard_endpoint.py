"""Setting a ClickPipe up: create an endpoint, wait for it, then give address and name."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from endpoints import intents
from endpoints.domain.types import Source
from endpoints.intents import IntentRefused
from endpoints.models import read_clock
from endpoints.web.creating import create_context
from endpoints.web.details import details_context
from endpoints.web.forms import TYPES, EndpointForm
from endpoints.web.found import find_endpoint, one_endpoint, the_one
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.live import Sight, live_page
from endpoints.web.picking import Pick
from endpoints.web.pipe_forms import PIPE_FIELDS, PipeForm
from endpoints.web.shown import Shown
from endpoints.web.unreachable import with_region
from endpoints.web.views.wizard import ENDPOINT, PIPE
from endpoints.web.wizard import Wizard

_PAGE, _FRAGMENT = "pipes/endpoint.html", "pipes/_steps.html"
NEW_FIELDS = ("type", *(name for asks in TYPES.values() for name in asks.fields), "description")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_endpoint(request: PersonRequest, service_id: uuid.UUID, source: Source) -> HttpResponse:
    """Ask for a new endpoint of a type that can lead to the source."""
    wizard = Wizard.enter(request, service_id, source)
    if request.method != "POST":
        return _new_page(wizard)
    wizard.keep("new", NEW_FIELDS)
    form = EndpointForm(wizard.service, request.POST, source=source)
    form.is_valid()
    if wizard.checked:
        return _checked(wizard, form)
    if form.wanted is None:
        return wizard.render("_endpoint_new", ENDPOINT, 422, **create_context(form))
    try:
        endpoint = intents.request_endpoint(
            service=wizard.service, wanted=form.wanted, by=request.user, form_key=form.form_key
        )
    except IntentRefused as refused:
        form.refuse(refused)
        return wizard.render("_endpoint_new", ENDPOINT, 422, **create_context(form))
    if not form.wanted.made(endpoint):  # another tab has sent this form differently
        form.start_anew(endpoint)
        wizard.keep("new", NEW_FIELDS, form.form_key)
        return wizard.render("_endpoint_new", ENDPOINT, 422, **create_context(form))
    wizard.note(way="endpoint", endpoint=str(endpoint.pk), made=str(form.form_key))
    return SeeOther(wizard.address("pipe-endpoint", endpoint))


def _new_page(wizard: Wizard) -> HttpResponse:
    """The form as it was left. What was made from it stays in it, under a new key, and the page says so."""
    typed = wizard.typed("new", NEW_FIELDS)
    made = None
    if typed.get("form_key") and typed.get("form_key") == wizard.draft.get("made"):
        made = wizard.service.endpoints.live().filter(form_key=typed.pop("form_key")).first()
    if wizard.request.GET.get("type"):
        typed["type"] = wizard.request.GET["type"]
    form = EndpointForm(wizard.service, typed=typed, source=wizard.source)
    made_address = wizard.address("pipe-endpoint", made) if made else ""
    return wizard.render(
        "_endpoint_new", ENDPOINT, made=made, made_address=made_address, **create_context(form)
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pipe_endpoint(
    request: PersonRequest, service_id: uuid.UUID, source: Source, endpoint_id: uuid.UUID
) -> HttpResponse:
    """Show how an endpoint comes up; once it is Ready, ask for address and name of the ClickPipe."""
    if request.method == "POST":
        return _send_pipe(Wizard.enter(request, service_id, source), endpoint_id)

    def context(sight: Sight) -> dict[str, Any]:
        wizard = Wizard.enter(request, service_id, source)
        pick = Pick(the_one(request, sight), source)
        if not pick.is_usable:
            return _pipe_context(wizard, pick, None)
        typed = wizard.typed("pipe", PIPE_FIELDS)
        return _pipe_context(wizard, pick, PipeForm(wizard.service, source, pick.shown, typed=typed))

    endpoints = with_region(one_endpoint(request, service_id, endpoint_id).with_turn())
    return live_page(request, endpoints, page=_PAGE, fragment=_FRAGMENT, context=context)


def _send_pipe(wizard: Wizard, endpoint_id: uuid.UUID) -> HttpResponse:
    request = wizard.request
    endpoint = find_endpoint(request, wizard.service.pk, endpoint_id)
    pick = Pick(Shown(endpoint, read_clock().now), wizard.source)
    wizard.keep("pipe", PIPE_FIELDS)
    if not pick.is_usable:
        return HttpResponse(status=204) if wizard.checked else SeeOther(request.path)
    form = PipeForm(wizard.service, wizard.source, pick.shown, request.POST)

    def again() -> HttpResponse:
        variables = _pipe_context(wizard, pick, form)
        variables |= {"fragment": _FRAGMENT, "poll": None}
        return render(request, _PAGE, variables, status=422)

    return _take_pipe(wizard, form, again)


def _pipe_context(wizard: Wizard, pick: Pick, form: PipeForm | None) -> dict[str, Any]:
    details = details_context(wizard.request, pick.shown.endpoint, pick.shown.now)
    step = PIPE if form else ENDPOINT
    return details | wizard.context("_endpoint", step, pick=pick, form=form, place={"level": 3})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pipe_host(request: PersonRequest, service_id: uuid.UUID, source: Source) -> HttpResponse:
    """Ask for address and name of a ClickPipe that names no endpoint: they are matched by host name."""
    wizard = Wizard.enter(request, service_id, source)
    if request.method == "POST":
        wizard.keep("pipe", PIPE_FIELDS)
        form = PipeForm(wizard.service, source, None, request.POST)
        return _take_pipe(wizard, form, lambda: wizard.render("_host", PIPE, 422, form=form))
    form = PipeForm(wizard.service, source, None, typed=wizard.typed("pipe", PIPE_FIELDS))
    return wizard.render("_host", PIPE, form=form)


def _take_pipe(wizard: Wizard, form: PipeForm, again: Callable[[], HttpResponse]) -> HttpResponse:
    """Record the ClickPipe, or answer with the form `again`, also once another tab sent it differently."""
    form.is_valid()
    if wizard.checked:
        return _checked(wizard, form)
    if form.wanted is None:
        return again()
    try:
        pipe = intents.record_pipe(
            service=wizard.service, wanted=form.wanted, by=wizard.request.user, form_key=form.form_key
        )
    except IntentRefused as refused:
        form.refuse(refused)
        return again()
    if (pipe.name, pipe.address) != (form.wanted.name, form.wanted.address):
        form.start_anew(pipe)
        wizard.keep("pipe", PIPE_FIELDS, form.form_key)
        return again()
    return SeeOther(reverse("clickpipe", args=[wizard.service.pk, pipe.pk]))


def _checked(wizard: Wizard, form: Any) -> HttpResponse:
    """Answer the check of one field with its block; choices have no block of their own to draw."""
    name = wizard.checked
    if name not in form.fields or name in ("type", "host"):
        return HttpResponse(status=204)
    return render(wizard.request, "_field.html", {"field": form[name], "check": True})
