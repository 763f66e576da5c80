"""One endpoint: create, details, retry, remove."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from endpoints import intents, texts
from endpoints.domain.dns import PORTS
from endpoints.domain.specs import SPECS, VpcEndpointServiceSpec
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.intents import IntentRefused
from endpoints.models import Region, ReversePrivateEndpoint, Role, read_clock
from endpoints.web.capacity import room_context
from endpoints.web.forms import EndpointForm
from endpoints.web.found import find_endpoint, find_service, may, one_endpoint, require, the_one
from endpoints.web.hand_off import hand_off_context
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.live import Sight, live_page
from endpoints.web.pace import Pace
from endpoints.web.shown import Shown

TIMELINE_MOST = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_endpoint(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Ask for a new endpoint."""
    service = find_service(request, service_id)
    require(request, service, Role.OPERATOR)
    if request.method != "POST":
        return _create_page(request, EndpointForm(service, kind=request.GET.get("type", "")))
    form = EndpointForm(service, request.POST)
    if not form.is_valid() or form.wanted is None:
        return _create_page(request, form, status=422)
    try:
        endpoint = intents.request_endpoint(
            service=service, wanted=form.wanted, by=request.user, form_key=form.form_key
        )
    except IntentRefused as refused:
        form.refuse(refused)
        return _create_page(request, form, status=422)
    return SeeOther(_address(endpoint))


@never_cache
@require_safe
def see_endpoint(request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Show everything about one endpoint; while it is in motion this is the page to wait on."""
    return live_page(
        request,
        one_endpoint(request, service_id, endpoint_id).with_newest_event(),
        page="endpoint.html",
        fragment="_endpoint.html",
        context=lambda sight: _details(request, sight),
    )


def _details(request: PersonRequest, sight: Sight) -> dict[str, Any]:
    shown = the_one(request, sight)
    endpoint = shown.endpoint
    operates = may(request, endpoint.service, Role.OPERATOR)
    what, who, next_step = shown.advice
    is_waiting = endpoint.removal_requested_at is None and endpoint.observed_generation == endpoint.generation
    return {
        "service": endpoint.service,
        "endpoint": endpoint,
        "one": shown,
        "what": what,
        "who": who,
        "next_step": next_step,
        "now": sight.now,
        "operates": operates,
        "may_retry": operates and endpoint.may_retry and is_waiting,
        "may_remove": operates and endpoint.removal_requested_at is None,
        "sees_raw": operates or request.user.is_staff,
        "events": endpoint.events.all()[:TIMELINE_MOST],
        "ports": {source.value: PORTS[source] for source in SPECS[EndpointType(endpoint.type)].sources},
        "accept": _accept_command(endpoint) if shown.status == Status.PENDING_ACCEPTANCE else "",
        "left_behind": shown.left_behind if endpoint.is_removed else "",
        "pace": Pace(shown),
        **hand_off_context(endpoint, operates=operates),
    }


@require_POST
def retry_endpoint(request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Ask for the next attempt, and go back to the page to wait on."""
    endpoint = find_endpoint(request, service_id, endpoint_id)
    try:
        intents.retry(endpoint=endpoint, by=request.user)
    except IntentRefused as refused:
        messages.error(request, texts.refusal_text(refused.code, refused.params))
    return SeeOther(_address(endpoint))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_endpoint(request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Ask whether to remove an endpoint, saying what that removes; then ask for it."""
    endpoint = find_endpoint(request, service_id, endpoint_id)
    require(request, endpoint.service, Role.OPERATOR)
    if request.method == "POST":
        intents.request_removal(endpoint=endpoint, by=request.user)
        return SeeOther(_address(endpoint))
    if endpoint.removal_requested_at is not None:
        return SeeOther(_address(endpoint))
    shown = Shown(endpoint, read_clock().now)
    context = {
        "service": endpoint.service,
        "endpoint": endpoint,
        "one": shown,
        "left_behind": shown.left_behind,
    }
    return render(request, "remove.html", context)


def _address(endpoint: ReversePrivateEndpoint) -> str:
    return reverse("endpoint", args=[endpoint.service_id, endpoint.pk])


def _create_page(request: PersonRequest, form: EndpointForm, status: int = 200) -> HttpResponse:
    region = Region.objects.filter(pk=form.service.clickpipes_region).first()
    account = region.account_id if region is not None else ""
    context = {
        "service": form.service,
        "form": form,
        "account": account,
        "principal": f"arn:aws:iam::{account}:root" if account else "",
        "title": _("Create endpoint"),
        **room_context(form.service.clickpipes_region),
    }
    return render(request, "create.html", context, status=status)


def _accept_command(endpoint: ReversePrivateEndpoint) -> str:
    """The AWS CLI command with which the owner accepts the connection; "" before there is one."""
    spec = endpoint.spec
    if not endpoint.external_id or not isinstance(spec, VpcEndpointServiceSpec):
        return ""
    return (
        f"aws ec2 accept-vpc-endpoint-connections --region {spec.service_region}"
        f" --service-id {spec.service_name.rpartition('.')[2]} --vpc-endpoint-ids {endpoint.external_id}"
    )
