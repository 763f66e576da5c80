"""Setting a ClickPipe up: source, connection, and the choice of an endpoint or a host."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from endpoints import intents
from endpoints.domain.types import Source
from endpoints.models import ReversePrivateEndpoint, Role, read_clock
from endpoints.web import wizard as way
from endpoints.web.found import find_service, require
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.picking import PICKS_MOST, Pick, find_picks
from endpoints.web.pipe_forms import CHOICE_FIELDS, ChoiceForm
from endpoints.web.shown import Shown
from endpoints.web.wizard import Wizard

SOURCE, CONNECTION, ENDPOINT, PIPE = 1, 2, 3, 4
"""The steps, by their numbers."""


@never_cache
@require_safe
def choose_source(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the sources to choose from."""
    service = find_service(request, service_id)
    require(request, service, Role.OPERATOR)
    said = {
        Source.KAFKA: _("Topics of Apache Kafka, Amazon MSK or another Kafka service"),
        Source.POSTGRES: _("Tables of PostgreSQL: Amazon RDS, Aurora or a server of your own"),
        Source.MYSQL: _("Tables of MySQL: Amazon RDS, Aurora or a server of your own"),
        Source.MONGODB: _("Collections of MongoDB"),
    }
    cards = [
        (source.value, said[source], reverse("choose-connection", args=[service.pk, source]))
        for source in Source
    ]
    context = {"service": service, "cards": cards, "steps": way.steps(service, None, SOURCE)}
    return render(request, "pipes/wizard.html", context | {"body": "pipes/_source.html"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_connection(request: PersonRequest, service_id: uuid.UUID, source: Source) -> HttpResponse:
    """Offer the one connection there is, the reverse private endpoint."""
    wizard = Wizard.enter(request, service_id, source)
    if request.method == "POST":
        wizard.note(connection="reverse-private-endpoint")
        return SeeOther(wizard.address("choose-endpoint"))
    return wizard.render("_connection", CONNECTION)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_endpoint(request: PersonRequest, service_id: uuid.UUID, source: Source) -> HttpResponse:
    """Let an endpoint of the service be chosen, or a host that one of them answers, or lead to a new one."""
    wizard = Wizard.enter(request, service_id, source)
    if request.method != "POST":
        form = ChoiceForm(wizard.service, source, typed=wizard.typed("choice", CHOICE_FIELDS))
        return _choice_page(wizard, form)
    wizard.keep("choice", CHOICE_FIELDS)
    form = ChoiceForm(wizard.service, source, request.POST, way=request.POST.get("way", ""))
    form.is_valid()
    if wizard.checked == "host":
        return render(request, "_field.html", {"field": form["host"], "check": True})
    if wizard.checked:
        return HttpResponse(status=204)
    if form.way == "host":
        return _take_host(wizard, form)
    return _take_endpoint(wizard, form)


def _take_host(wizard: Wizard, form: ChoiceForm) -> HttpResponse:
    if form.errors:
        return _choice_page(wizard, form, status=422)
    wizard.note(way="host", pipe={"address": form.address})
    return SeeOther(wizard.address("pipe-host"))


def _take_endpoint(wizard: Wizard, form: ChoiceForm) -> HttpResponse:
    """Go on with the chosen endpoint; one to wait for has a button of its own, `wait`."""
    wanted = wizard.request.POST.get("wait") or wizard.request.POST.get("endpoint", "")
    endpoint = _read_endpoint(wizard, wanted)
    if endpoint is None:
        form.add_error("endpoint", _("Choose an endpoint, or create one."))
        return _choice_page(wizard, form, status=422)
    pick = Pick(Shown(endpoint, read_clock().now), wizard.source)
    if not pick.is_usable and not pick.is_coming:
        form.add_error("endpoint", f"{endpoint.description}: {pick.reason}")
        return _choice_page(wizard, form, status=422)
    wizard.note(way="endpoint", endpoint=str(endpoint.pk))
    return SeeOther(wizard.address("pipe-endpoint", endpoint))


def _read_endpoint(wizard: Wizard, text: str) -> ReversePrivateEndpoint | None:
    try:
        key = uuid.UUID(text)
    except ValueError:
        return None
    return wizard.service.endpoints.select_related("region").filter(pk=key).first()


def _choice_page(wizard: Wizard, form: ChoiceForm, status: int = 200) -> HttpResponse:
    search = wizard.request.GET.get("q", "").strip()
    picks, total = find_picks(wizard.service, wizard.source, search)
    return wizard.render(
        "_endpoint_choice",
        ENDPOINT,
        status,
        form=form,
        chosen=form["endpoint"].value(),
        picks=picks,
        none_usable=not any(pick.is_usable for pick in picks),
        search=search,
        total=total,
        most=PICKS_MOST,
    )


@require_POST
def discard_draft(request: PersonRequest, service_id: uuid.UUID, source: Source) -> HttpResponse:
    """Forget what was typed for a ClickPipe of this source."""
    wizard = Wizard.enter(request, service_id, source)
    intents.drop_draft(service=wizard.service, source=source, by=request.user)
    return SeeOther(reverse("data-sources", args=[service_id]))
