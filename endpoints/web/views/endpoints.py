"""The endpoints of a service: list, create, details, retry, remove, and what was removed."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
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
from endpoints.web.forms import TYPES, EndpointForm
from endpoints.web.found import find_endpoint, find_service, may, require
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.live import live_page
from endpoints.web.shown import Shown

PER_PAGE = 50
TIMELINE_MOST = 100


@never_cache
@require_safe
def list_endpoints(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the live endpoints of a service; the page follows while one of them is in motion."""
    service = find_service(request, service_id)
    now = read_clock().now
    page = Paginator(service.endpoints.live().select_related("region"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = [Shown(endpoint, now) for endpoint in page]
    context = {
        "service": service,
        "may_create": may(request, service, Role.OPERATOR),
        "page": page,
        "shown": shown,
        "now": now,
        "types": [(texts.TYPE_LABELS[kind], fields.summary) for kind, fields in TYPES.items()],
    }
    return live_page(request, page="endpoints.html", fragment="_endpoints.html", context=context, shown=shown)


@never_cache
@require_safe
def list_removed(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the tombstones of a service: who, when, why, last state."""
    service = find_service(request, service_id)
    tombstones = service.endpoints.tombstones().order_by("-removed_at", "pk")
    page = Paginator(tombstones, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "removed.html", {"service": service, "page": page})


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
    endpoint = find_endpoint(request, service_id, endpoint_id)
    now = read_clock().now
    shown = Shown(endpoint, now)
    operates = may(request, endpoint.service, Role.OPERATOR)
    what, who, next_step = shown.advice
    is_waiting = endpoint.removal_requested_at is None and endpoint.observed_generation == endpoint.generation
    context: dict[str, Any] = {
        "service": endpoint.service,
        "endpoint": endpoint,
        "one": shown,
        "what": what,
        "who": who,
        "next_step": next_step,
        "now": now,
        "operates": operates,
        "may_retry": operates and endpoint.may_retry and is_waiting,
        "may_remove": operates and endpoint.removal_requested_at is None,
        "sees_raw": operates or request.user.is_staff,
        "events": endpoint.events.all()[:TIMELINE_MOST],
        "ports": {source.value: PORTS[source] for source in SPECS[EndpointType(endpoint.type)].sources},
        "accept": _accept_command(endpoint) if shown.status == Status.PENDING_ACCEPTANCE else "",
        "left_behind": shown.left_behind if endpoint.is_removed else "",
    }
    return live_page(request, page="endpoint.html", fragment="_endpoint.html", context=context, shown=[shown])


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
