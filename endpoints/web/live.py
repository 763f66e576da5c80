"""Pages that follow by themselves: a fragment, rendered by the page's own view, polls while it may change.

A page states two things: the endpoints it shows, as one query, and how its context is built from them. The
query brings the endpoints, their regions and the clock; a marker of what it brought stands in the address
that the fragment polls (`seen`), with the states that were told (`was`). A poll that finds the same marker is
answered 204 after that one query; else the fragment is rendered anew, and a changed state is told once in the
shell's live region. Only a request of htmx with `seen` in its query is a poll: any other gets the page.

What a page shows besides the endpoints' own columns must be in the query too, as an annotation, e.g.
`with_newest_event()` where there is a timeline. Words that depend on the time alone may be a minute old.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from endpoints.models import Moment, ReadClock, ReversePrivateEndpoint, read_clock
from endpoints.models.endpoint import EndpointQuerySet
from endpoints.web.http import PersonRequest
from endpoints.web.shown import Shown

TOLD_MOST = 20
"""How many endpoints in motion one poll remembers the states of; addresses have a practical length."""

NEVER_SHOWN = frozenset(
    {
        "prepared_generation", "preparation", "prepare_look_at", "due_at", "lease_token", "lease_until",
        "write_ended_at", "skipped_at", "failures",
    }
)  # fmt: skip
"""The engine's own columns, in which every step of a worker leaves something."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sight:
    """The endpoints of a page at one moment, in the order of its query."""

    shown: list[Shown]

    @cached_property
    def now(self) -> datetime:
        """The moment (moved time); costs a query of its own where there is no endpoint."""
        return self.shown[0].now if self.shown else read_clock().now

    @property
    def every(self) -> timedelta | None:
        """After how long to look again; None once nothing moves by itself."""
        return min((one.poll_after for one in self.shown if one.poll_after), default=None)

    @property
    def marker(self) -> str:
        """A digest of all that the page shows: equal markers, equal pages."""
        # The age of the youngest motion in minutes, for words such as "2 minutes ago".
        youngest = max((one.since for one in self.shown if one.poll_after), default=None)
        age = (self.now - youngest) // _MINUTE if youngest else 0
        brought = [(one.status, one.since, _columns(one.endpoint)) for one in self.shown]
        parts = (get_language(), self.every, age, brought)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _columns(endpoint: ReversePrivateEndpoint) -> list[object]:
    """What the query brought of one endpoint, annotations included."""
    return [
        value
        for name, value in endpoint.__dict__.items()
        if name not in NEVER_SHOWN and name != "read_at" and not name.startswith("_")
    ]


def look(endpoints: EndpointQuerySet) -> Sight:
    """Read the endpoints with their regions and the clock, in one query."""
    rows = list(endpoints.select_related("region").annotate(read_at=ReadClock()))
    if not rows:
        return Sight([])
    now = Moment.of(rows[0].read_at).now  # type: ignore[attr-defined]
    return Sight([Shown(row, now) for row in rows])


def is_poll(request: PersonRequest) -> bool:
    """Say whether a request only asks what is new; htmx also fetches whole pages."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request and "seen" in request.GET


def live_page(
    request: PersonRequest,
    endpoints: EndpointQuerySet,
    *,
    page: str,
    fragment: str,
    context: Callable[[Sight], dict[str, Any]],
    remember: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Answer with the page, or to its poll with the fragment, or with 204 if nothing of it has changed.

    `endpoints` are what the page shows, limited to what the person may see. `context` gets them and returns
    the variables of both templates; it is not called for a 204, and raises Http404 where the page needs an
    endpoint and there is none. `remember` are parameters that the poll brings back, for its query.
    """
    sight = look(endpoints)
    polls = is_poll(request)
    if polls and request.GET["seen"] == sight.marker:
        response = HttpResponse(status=204)
    else:
        variables = context(sight)
        variables |= {"fragment": fragment, "poll": _poll(request, sight, remember or {})}
        if polls:
            variables["changed"] = _changed(request, sight)
        response = render(request, "_live_answer.html" if polls else page, variables)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _poll(request: PersonRequest, sight: Sight, remember: Mapping[str, str]) -> dict[str, object] | None:
    if sight.every is None:
        return None
    query = request.GET.copy()
    for name, value in {**remember, "seen": sight.marker}.items():
        query[name] = value
    moving = [one for one in sight.shown if one.poll_after][:TOLD_MOST]
    query["was"] = ",".join(f"{one.endpoint.pk.hex}:{one.status}" for one in moving)
    return {"seconds": round(sight.every.total_seconds()), "address": f"{request.path}?{query.urlencode()}"}


def _changed(request: PersonRequest, sight: Sight) -> list[str]:
    """Say which endpoints have another state than the poll was told, as `name: state`."""
    was = dict(pair.split(":", 1) for pair in request.GET.get("was", "").split(",") if ":" in pair)
    here = {one.endpoint.pk.hex for one in sight.shown}
    left = _read([key for key in was if key not in here][:TOLD_MOST], request, sight.now)
    return [
        f"{one.endpoint.description}: {one.label}"
        for one in [*sight.shown, *left]
        if was.get(one.endpoint.pk.hex, one.status) != one.status
    ]


def _read(keys: list[str], request: PersonRequest, now: datetime) -> list[Shown]:
    """Return those of the endpoints that left the page which the person may see."""
    readable = [key for key in keys if len(key) == 32 and set(key) <= set("0123456789abcdef")]
    if not readable or not request.user.is_authenticated:  # a hand-off link's page knows nobody
        return []
    visible = ReversePrivateEndpoint.objects.visible_to(request.user)
    return [Shown(row, now) for row in visible.filter(pk__in=readable).select_related("region")]
