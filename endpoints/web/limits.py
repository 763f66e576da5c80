"""Middleware of how much may be sent: the size of one request, and the number of changes in a minute."""

import math
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from endpoints import throttling
from endpoints.models import User
from endpoints.web.middleware import API, client_address, in_envelope, page_before
from endpoints.web.views import errors

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_CSRF = "csrfmiddlewaretoken"


class SizeMiddleware:
    """Refuses a body that is too large (413), or does not say how large it is (411), before it is read.

    WSGI servers hand over a chunked body without its length, and Django reads none of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on what is small enough."""
        length = str(request.META.get("CONTENT_LENGTH") or "")
        if not length and "HTTP_TRANSFER_ENCODING" in request.META:
            return self._refuse(request, 411, "LENGTH_REQUIRED: send the body with its Content-Length")
        if length.isdecimal() and int(length) > settings.BODY_MOST:
            most = f"CONTENT_TOO_LARGE: a body may have {settings.BODY_MOST} bytes"
            return self._refuse(request, 413, most)
        return self.get_response(request)

    def _refuse(self, request: HttpRequest, status: int, error: str) -> HttpResponse:
        if request.path.startswith(API):
            return in_envelope(status, error)
        return errors.bad_size(request, status)


class RateMiddleware:
    """Answers 429 to who changes or tries more than is allowed in a minute. The API counts by keys."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on: counting needs to know the person, and that the form is theirs."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Count a request that may change something."""
        if request.method in _SAFE or request.path.startswith(API):
            return None
        try:
            if isinstance(request.user, User):
                throttling.change_by(request.user)
            else:
                throttling.try_from(client_address(request))
        except throttling.TooFast as fast:
            return too_fast(request, fast)
        return None


def too_fast(request: HttpRequest, fast: throttling.TooFast, template: str = "429.html") -> HttpResponse:
    """Return the page that says when to try again, from which a person's form can be sent once more."""
    seconds = math.ceil(fast.wait.total_seconds())
    is_fragment = bool(getattr(request, "htmx", False))
    again = None if is_fragment else _again(request)
    context = {"seconds": seconds, "again": again, "back": page_before(request)}
    response = render(request, "_too_fast.html" if is_fragment else template, context, status=429)
    response["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _again(request: HttpRequest) -> list[tuple[str, str]] | None:
    """Return the fields of a form that may be sent again as it was; None if there is a secret in it."""
    if request.method != "POST" or not isinstance(request.user, User):
        return None
    if any("password" in name or "secret" in name for name in request.POST):
        return None
    return [(name, value) for name in request.POST if name != _CSRF for value in request.POST.getlist(name)]
