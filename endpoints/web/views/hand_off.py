"""Hand-off links: made and closed by operators, opened by anybody who was given one."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from endpoints import intents, texts, throttling
from endpoints.domain.status import Status
from endpoints.intents import IntentRefused
from endpoints.models import HandOff, ReversePrivateEndpoint, User
from endpoints.models.console import HandOffQuerySet
from endpoints.texts.guides import guides_of
from endpoints.texts.hand_off import asked_of_owner
from endpoints.web.found import find_endpoint
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.limits import too_fast
from endpoints.web.live import Sight, live_page
from endpoints.web.middleware import client_address
from endpoints.web.views.preferences import theme_of

_THEMES = {
    "auto": ("auto", _("As the system")),
    "light": ("sun", _("Light")),
    "dark": ("moon", _("Dark")),
}


@require_POST
def make_hand_off(request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Make a link to an endpoint, and go back to where the links are."""
    endpoint = find_endpoint(request, service_id, endpoint_id)
    days = request.POST.get("days", "")
    try:
        intents.make_hand_off(endpoint=endpoint, days=int(days) if days.isdecimal() else 0, by=request.user)
    except IntentRefused as refused:
        messages.error(request, texts.refusal_text(refused.code, refused.params))
    return _back(request, endpoint)


@require_POST
def close_hand_off(
    request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID, link_id: uuid.UUID
) -> HttpResponse:
    """Close a link, and go back to where the links are."""
    endpoint = find_endpoint(request, service_id, endpoint_id)
    link = get_object_or_404(HandOff, pk=link_id, endpoint=endpoint)
    intents.revoke_hand_off(link=link, by=request.user)
    return _back(request, endpoint)


def _back(request: PersonRequest, endpoint: ReversePrivateEndpoint) -> SeeOther:
    back = request.POST.get("next", "")
    if "\0" in back or not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("endpoint", args=[endpoint.service_id, endpoint.pk])
    return SeeOther(f"{back}#hand-off")


@login_not_required
@never_cache
@require_safe
def see_hand_off(request: PersonRequest, token: str) -> HttpResponse:
    """Show one endpoint to whoever has its link; any other token gets one and the same 404."""
    language = _chosen(request, "language", dict(settings.LANGUAGES))
    if language:
        translation.activate(language)
    links = HandOff.objects.open().by_token(token)
    shown = ReversePrivateEndpoint.objects.filter(hand_offs__in=links)
    try:
        response = live_page(
            request,
            shown.annotate(account=F("region__account_id")),  # it may be verified while the page is open
            page="hand_off/page.html",
            fragment="hand_off/_endpoint.html",
            context=lambda sight: _opened(request, links, sight),
        )
    except Http404:
        response = _not_found(request)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _opened(request: PersonRequest, links: HandOffQuerySet, sight: Sight) -> dict[str, Any]:
    link = links.first()
    if link is None or not sight.shown:
        raise Http404
    (one,) = sight.shown
    if request.method == "GET" and "seen" not in request.GET:
        intents.hand_off_opened(link=link, by=_signed_in(request))
    asked = asked_of_owner(one.endpoint, one.status, link.created_by_name)
    return _preferences(request) | {
        "link": link,
        "endpoint": one.endpoint,
        "one": one,
        "now": sight.now,
        "asked": asked,
        "due": one.due if asked.who else None,
        "told": guides_of(one.endpoint, Status(one.status)) if asked.has_commands else [],
    }


def _not_found(request: PersonRequest) -> HttpResponse:
    """Count the try, and answer that there is nothing, or that there were too many."""
    try:
        throttling.try_from(client_address(request))
    except throttling.TooFast as fast:
        return too_fast(request, fast)
    return _nothing(request)


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _nothing(request: PersonRequest) -> HttpResponse:
    response = render(request, "hand_off/nothing.html", _preferences(request), status=404)
    patch_vary_headers(response, ["HX-Request"])
    if request.htmx:
        response["HX-Refresh"] = "true"  # the page is open in a browser, and its link ended
    return response


def _preferences(request: HttpRequest) -> dict[str, object]:
    """Language and theme are in the address: a form of a page without a referrer would be refused."""
    theme = _chosen(request, "theme", _THEMES) or theme_of(request)
    language = translation.get_language()
    return {
        "theme": theme,
        "language_links": [
            (code, name, _query(request, {"language": code}), code == language)
            for code, name in settings.LANGUAGES
        ],
        "theme_links": [
            (_query(request, {"theme": name}), name == theme, drawing, words)
            for name, (drawing, words) in _THEMES.items()
        ],
    }


def _chosen(request: HttpRequest, name: str, known: Mapping[str, object]) -> str:
    value = request.GET.get(name, "")
    return value if value in known else ""


def _query(request: HttpRequest, more: Mapping[str, str]) -> str:
    """Return the query that keeps what the reader chose, and says `more`."""
    kept = {name: request.GET[name] for name in ("language", "theme") if name in request.GET}
    return f"?{urlencode(kept | dict(more))}"
