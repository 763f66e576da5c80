"""Pages that follow by themselves: a fragment, rendered by the page's own view, polls while it may change.

The fragment carries in its address what it shows (a digest) and which states were told (`was`). The same
content again is answered 204; a change is answered with the new fragment, and a changed state is told once
in the shell's live region. Nothing in it may differ from render to render, as a CSRF token does.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from endpoints import texts
from endpoints.models import ReversePrivateEndpoint
from endpoints.web.http import PersonRequest
from endpoints.web.shown import REMOVED, Shown

TOLD_MOST = 20
"""How many endpoints in motion one poll remembers the states of; addresses have a practical length."""


def live_page(
    request: PersonRequest, *, page: str, fragment: str, context: dict[str, Any], shown: Sequence[Shown]
) -> HttpResponse:
    """Answer with the page, or to its poll with the fragment, or with 204 if that has not changed."""
    every = min((one.poll_after for one in shown if one.poll_after), default=None)
    body = render_to_string(fragment, context, request)
    digest = hashlib.sha256(f"{every}{body}".encode()).hexdigest()[:16]
    context |= {"live": body, "poll": _poll(request, every, digest, shown)}
    asks_fragment = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    if not asks_fragment:
        response = render(request, page, context)
    elif request.GET.get("seen") == digest:
        response = HttpResponse(status=204)
    else:
        context["changed"] = _changed(request, shown)
        response = render(request, "_live_answer.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _poll(
    request: PersonRequest, every: timedelta | None, digest: str, shown: Iterable[Shown]
) -> dict[str, object] | None:
    if every is None:
        return None
    query = request.GET.copy()
    query["seen"] = digest
    moving = [one for one in shown if one.poll_after][:TOLD_MOST]
    query["was"] = ",".join(f"{one.endpoint.pk.hex}:{one.status}" for one in moving)
    return {"seconds": round(every.total_seconds()), "address": f"{request.path}?{query.urlencode()}"}


def _changed(request: PersonRequest, shown: Iterable[Shown]) -> list[str]:
    """Say which endpoints have another state than the poll was told, as `name: state`."""
    was = dict(pair.split(":", 1) for pair in request.GET.get("was", "").split(",") if ":" in pair)
    is_now = {one.endpoint.pk.hex: one for one in shown}
    lines = [
        f"{one.endpoint.description}: {one.label}"
        for key, one in is_now.items()
        if was.get(key, one.status) != one.status
    ]
    return lines + _gone([key for key in was if key not in is_now][:TOLD_MOST], request)


def _gone(keys: list[str], request: PersonRequest) -> list[str]:
    """Say which of the endpoints that left the page are removed."""
    readable = [key for key in keys if len(key) == 32 and set(key) <= set("0123456789abcdef")]
    if not readable:
        return []
    gone = ReversePrivateEndpoint.objects.visible_to(request.user).tombstones().filter(pk__in=readable)
    return [f"{endpoint.description}: {texts.status_label(REMOVED)}" for endpoint in gone]
