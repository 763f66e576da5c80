"""The endpoints of a service in one list: search, filters, order, pages, counters."""

import uuid
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints import texts
from endpoints.domain.status import Status
from endpoints.models import ReversePrivateEndpoint, Role, Service
from endpoints.models.counting import EXACT_TO, Counted, CountedLive, counted, with_pipe_counts
from endpoints.models.endpoint import EndpointQuerySet
from endpoints.web.filters import (
    ACTION_NEEDED,
    LISTINGS_FAIL,
    NEEDS_ACTION,
    REGIONS,
    REMOVED_SOON,
    SOON,
    Filters,
    shown_as,
)
from endpoints.web.forms import TYPES
from endpoints.web.found import find_service, may
from endpoints.web.http import PersonRequest
from endpoints.web.list_form import list_context
from endpoints.web.live import Sight, is_poll, live_page
from endpoints.web.rows import draw_rows
from endpoints.web.unreachable import sees_why, unreachable

# What a row shows and sorts by; the rest of an endpoint stays in the database.
_COLUMNS = (
    "service", "type", "description", "region", "created_at", "created_by_name", "generation",
    "removal_requested_at", "status", "status_since", "observed_generation", "dns_names",
    "private_dns_names", "connection_string", "removed_at", "region__listed_at", "region__failing_since",
    "region__connections_listed_at", "region__connections_failing_since",
)  # fmt: skip


Counter = Counted | CountedLive


@never_cache
@require_safe
def list_endpoints(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the live endpoints of a service; the page follows while one of them is in motion."""
    filters = Filters.of(request.GET)
    mine = ReversePrivateEndpoint.objects.live().filter(service=service_id)
    if is_poll(request):  # its one query is that of the rows
        mine, is_stale = mine.visible_to(request.user), "stale" in request.GET
    else:
        is_stale = bool(_find(request, service_id).__dict__["listings_fail"])
    found = filters.narrow(mine, is_stale=is_stale)
    counts = _counts(mine, found, filters, service_id, is_stale=is_stale)
    rows = with_pipe_counts(_page(found, filters)).only(*_COLUMNS).annotate(**LISTINGS_FAIL, **counts)

    def context(sight: Sight) -> dict[str, Any]:
        service = request.service if hasattr(request, "service") else _find(request, service_id)
        numbers = _numbers(service, filters, sight, counts)
        operates = may(request, service, Role.OPERATOR)
        return {
            "service": service,
            "operates": operates,
            "rows": draw_rows(sight.shown, picks=operates),
            "types": [(texts.TYPE_LABELS[kind], fields.summary) for kind, fields in TYPES.items()],
            "unreachable": unreachable(one.endpoint for one in sight.shown) if is_stale else [],
            "sees_why": is_stale and sees_why(request),
            **list_context(request, filters, numbers, sight),
        }

    return live_page(
        request,
        rows,
        page="endpoints.html",
        fragment="_endpoints.html",
        context=context,
        remember={"stale": "1"} if is_stale else {},
    )


def _page(found: EndpointQuerySet, filters: Filters) -> EndpointQuerySet:
    """Return the endpoints of the chosen page, in order."""
    ordered = filters.order(found)
    if not filters.start:
        return ordered[: filters.per]
    # Else the counts beside each row would be made for all the rows before the page, too.
    keys = ordered.values("pk")[filters.start : filters.start + filters.per]
    return filters.order(ReversePrivateEndpoint.objects.filter(pk__in=keys))


def _find(request: PersonRequest, service_id: uuid.UUID) -> Service:
    return find_service(request, service_id, **LISTINGS_FAIL, **REGIONS)


def _counts(
    mine: EndpointQuerySet,
    found: EndpointQuerySet,
    filters: Filters,
    service_id: uuid.UUID,
    *,
    is_stale: bool,
) -> dict[str, Counter]:
    """Return the counters; `found` counts far enough to tell whether there is a page after this one."""
    counts: dict[str, Counter] = {
        "total": CountedLive(service_id),
        "needs_action": CountedLive.shown_as(service_id, ACTION_NEEDED),
        "ready": CountedLive.shown_as(service_id, (Status.READY,)),
        "soon": CountedLive.removed_within(service_id, SOON.total_seconds()),
    }
    if is_stale:
        counts["needs_action"] = counted(shown_as(mine, ACTION_NEEDED, is_stale=True))
        counts["ready"] = counted(shown_as(mine, (Status.READY,), is_stale=True))
    end = filters.start + filters.per
    if _same_count(filters) is None or end > EXACT_TO:
        counts["found"] = counted(found, max(EXACT_TO, end) + 1)
    return counts


def _same_count(filters: Filters) -> str | None:
    """Return which of the counters counts what is found, if any does: that of a status alone, or of all."""
    if replace(filters, status="").narrows:
        return None
    names = {"": "total", NEEDS_ACTION: "needs_action", Status.READY: "ready", REMOVED_SOON: "soon"}
    return names.get(filters.status)


def _numbers(service: Service, filters: Filters, sight: Sight, counts: dict[str, Counter]) -> dict[str, int]:
    """Return what was counted beside the rows; where there are none, by a query of its own."""
    if sight.shown:
        brought = sight.shown[0].endpoint.__dict__
        numbers = {name: brought[name] for name in counts}
    else:
        alone = Service.objects.filter(pk=service.pk).values_list(*counts.values())
        numbers = dict(zip(counts, alone.get(), strict=True))
    return {"found": numbers[_same_count(filters) or "found"], **numbers}
