"""Removing several endpoints at once: what that does to ClickPipes, one confirmation, what became of each."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from endpoints import intents, texts
from endpoints.intents import IntentRefused
from endpoints.models import Affected, ReversePrivateEndpoint, Role, Service, affected_by, read_clock
from endpoints.web.found import find_service, may, require
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.shown import Shown
from endpoints.web.views.removing import admins_of

MOST_AT_ONCE = 100


@dataclass
class Going:
    """One endpoint of a confirmation. `may_go`: this person may remove it; `error`: why it is not."""

    one: Shown
    affected: Affected
    may_go: bool
    typed: str
    error: str = ""

    @property
    def field(self) -> str:
        """The name of the field in which its description is typed."""
        return _field(self.one.endpoint)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_endpoints(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Ask whether to remove the chosen endpoints, saying what that removes; then ask for it, one by one."""
    service = find_service(request, service_id)
    require(request, service, Role.OPERATOR)
    data = request.POST if request.method == "POST" else request.GET
    keys = _keys(data)
    if not 0 < len(keys) <= MOST_AT_ONCE:
        said = _("At most %(number)s endpoints can be removed at once.") % {"number": MOST_AT_ONCE}
        messages.error(request, said if keys else _("Select the endpoints to remove first."))
        return SeeOther(reverse("endpoints", args=[service.pk]))
    going = _going(request, service, keys, data)
    if request.method != "POST" or not going:
        return _question(request, service, going)
    if _refused(going):
        return _question(request, service, going)
    gone = [one for one in going if one.may_go and _remove(request, one)]
    left = [one for one in going if one not in gone]
    if not left:
        messages.success(request, _told(len(gone)))
        return SeeOther(reverse("endpoints", args=[service.pk]))
    errors = {one.one.endpoint.pk: one.error for one in left}
    fresh = _going(request, service, list(errors), data)  # with what has come to depend on them
    for one in fresh:
        one.error = errors[one.one.endpoint.pk]
    return _question(request, service, fresh, gone)


def _keys(data: QueryDict) -> list[uuid.UUID]:
    keys = []
    for text in data.getlist("id"):
        try:
            keys.append(uuid.UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(keys))


def _going(
    request: PersonRequest, service: Service, keys: Iterable[uuid.UUID], data: QueryDict
) -> list[Going]:
    """Return those of the endpoints that are there and not being removed yet, with what depends on each."""
    found = service.endpoints.live().filter(pk__in=list(keys), removal_requested_at__isnull=True)
    endpoints = list(found.select_related("region").order_by("description", "pk"))
    now, affected = read_clock().now, affected_by(endpoints)
    anything = request.user.is_staff or may(request, service, Role.ADMIN)
    return [
        Going(
            one=Shown(endpoint, now),
            affected=affected[endpoint.pk],
            may_go=anything or not affected[endpoint.pk],
            typed=data.get(_field(endpoint), ""),
        )
        for endpoint in endpoints
    ]


def _field(endpoint: ReversePrivateEndpoint) -> str:
    return f"typed-{endpoint.pk.hex}"


def _refused(going: list[Going]) -> bool:
    """Note what is not confirmed; say whether there is any, for then nothing is removed."""
    for one in going:
        try:
            if one.may_go:
                intents.check_confirmation(one.one.endpoint, one.affected, one.typed, one.field)
        except IntentRefused as refused:
            one.error = texts.refusal_text(refused.code, refused.params)
    return any(one.error for one in going)


def _remove(request: PersonRequest, one: Going) -> bool:
    try:
        intents.request_removal(endpoint=one.one.endpoint, by=request.user, typed=one.typed)
    except IntentRefused as refused:
        one.error = texts.refusal_text(refused.code, refused.params)
    except PermissionDenied:
        one.error = _("A ClickPipe has come to depend on it; only an admin may remove it now.")
    return not one.error


def _told(number: int) -> str:
    return ngettext("%(n)s endpoint is being removed.", "%(n)s endpoints are being removed.", number) % {
        "n": number
    }


def _question(
    request: PersonRequest, service: Service, going: list[Going], gone: Iterable[Going] = ()
) -> HttpResponse:
    open_to_me = [one for one in going if one.may_go]
    closed = [one for one in going if not one.may_go]
    done = list(gone)
    context: dict[str, Any] = {
        "service": service,
        "going": open_to_me,
        "closed": closed,
        "done": done,
        "told": _told(len(done)) if done else "",
        "admins": admins_of(service) if closed else [],
        "errors": [one for one in going if one.error],
        "left_behind": _left_behind(open_to_me),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "list/remove.html", context, status=status)


def _left_behind(going: Iterable[Going]) -> list[tuple[str, list[str]]]:
    """Return what removal does not undo on the owners' side, with the endpoints of which that is true."""
    found: dict[str, list[str]] = {}
    for one in going:
        found.setdefault(one.one.left_behind, []).append(one.one.endpoint.description)
    return list(found.items())
