"""Tools that answer a question: which type to create, and which endpoint answers a host."""

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints import texts
from endpoints.domain import regions
from endpoints.domain.choosing import Choice, Nearness, Place, choose
from endpoints.domain.commands import Filled, prepare
from endpoints.domain.dns import host_names
from endpoints.domain.types import Source, SpecError
from endpoints.models import Region, Role, Service, read_clock
from endpoints.texts.choosing import NEARNESS, PLACES, ROWS, WHY
from endpoints.texts.guides import Told, tell
from endpoints.texts.say import say
from endpoints.web.found import find_service, may
from endpoints.web.http import PersonRequest
from endpoints.web.shown import Shown

MATCHES_MOST = 100


@dataclass(frozen=True)
class Question:
    """One question of the chooser; `options` are value, name, and what is meant, `error` what is wrong."""

    name: str
    legend: str
    options: list[tuple[str, str, str]]
    answer: str
    error: str = ""


@never_cache
@require_safe
def choose_type(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Ask three questions, and recommend an endpoint type with what to prepare for it."""
    service = find_service(request, service_id)
    region = service.clickpipes_region
    source, place, nearness = (
        _answer(request, kind, name)
        for kind, name in ((Source, "source"), (Place, "place"), (Nearness, "region"))
    )
    context: dict[str, Any] = {
        "service": service,
        "questions": _questions(request, region),
        "table": _table(service),
        "may_create": may(request, service, Role.OPERATOR),
    }
    if source and place and nearness:
        choice = choose(Source(source), Place(place), Nearness(nearness))
        context |= {
            "choice": choice,
            "why": str(WHY[choice.why]),
            "alternatives": [texts.type_label(kind) for kind in choice.alternatives],
            **_preparation(choice, Source(source), Nearness(nearness), region),
        }
    return render(request, "tools/type_chooser.html", context)


def _answer(request: PersonRequest, kind: type[StrEnum], name: str) -> str:
    """The answer to a question if it is one of its options, else ""."""
    given = request.GET.get(name, "")
    return given if given in set(kind) else ""


def _questions(request: PersonRequest, region: str) -> list[Question]:
    sources = [(source.value, source.value, "") for source in Source]
    places = [(place.value, str(name), str(meant)) for place, (name, meant) in PLACES.items()]
    near = [(one.value, say(said, {"region": region}), "") for one, said in NEARNESS.items()]
    asked = (
        ("source", _("Which source?"), Source, sources),
        ("place", _("Where does it run?"), Place, places),
        ("region", _("In which AWS region?"), Nearness, near),
    )
    is_sent = any(name in request.GET for name, *_rest in asked)
    questions = []
    for name, legend, kind, options in asked:
        answer = _answer(request, kind, name)
        error = _("Choose one.") if is_sent and not answer else ""
        questions.append(Question(name, legend, options, answer, error))
    return questions


def _preparation(choice: Choice, source: Source, nearness: Nearness, region: str) -> dict[str, Any]:
    """What the owner prepares for the recommended type, in the region of this service."""
    if choice.recommended is None:
        return {}
    known = Region.objects.filter(pk=region).values_list("account_id", flat=True).first()
    filled = Filled(
        region,
        known or "",
        source_region=region if nearness is Nearness.SAME else "",
        targets=choice.targets,
    )
    guides = prepare(choice.recommended, source, filled)
    told: list[Told] = tell(one for one in guides if one.key not in choice.done)
    return {"told": told, "account": filled.account}


def _table(service: Service) -> list[tuple[str, str, str, bool]]:
    """The region table: regions, when created, ClickPipes region, whether the row is this service's."""
    mine = regions.row_of(service.provider, service.region, service.created_at)
    return [
        (", ".join(row.regions) or str(ROWS[row.kind]), _created(row), row.clickpipes, row == mine)
        for row in regions.table()
    ]


def _created(row: regions.Row) -> str:
    if row.since is not None:
        return _("on or after %(day)s (UTC)") % {"day": row.since.isoformat()}
    is_earlier = row.kind in (regions.RowKind.EARLIER_EUROPE, regions.RowKind.EARLIER_ELSEWHERE)
    return _("before its day") if is_earlier else _("any time")


@never_cache
@require_safe
def find_by_host(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Say which live endpoints of a service answer a host name, an exact name before a wildcard."""
    service = find_service(request, service_id)
    given = request.GET.get("host", "")
    context: dict[str, Any] = {"service": service, "given": given, "error": "", "names": ()}
    if "host" in request.GET:
        try:
            context["names"] = host_names(given)
        except SpecError as error:
            context["error"] = texts.refusal_text(error.code, error.params)
    if context["names"]:
        context["found"] = _answering(service, context["names"])
    return render(request, "tools/which_endpoint.html", context)


def _answering(service: Service, names: tuple[str, ...]) -> list[tuple[Shown, str, bool]]:
    """The endpoints that answer one of these names, by which, and whether that is a wildcard."""
    now = read_clock().now
    live = service.endpoints.live().answering(names).select_related("region")[:MATCHES_MOST]
    found = [
        (Shown(endpoint, now), name, name.startswith("*."))
        for endpoint in live
        for name in names
        if name in endpoint.answered_names
    ]
    return sorted(found, key=lambda one: one[2])
