"""Middleware of the pages: what no view can read, and who must sign in."""

import uuid
from collections.abc import Callable, Iterable
from functools import cache
from urllib.parse import unquote_to_bytes, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

from endpoints import audit
from endpoints.web import kept
from endpoints.web.http import SeeOther

API = "/v1/"
_NOT_UTF_8 = "send the JSON in UTF-8: its Content-Type names another charset"

_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class HeadersMiddleware:
    """Keeps every answer but static files out of caches, browsers' too, unless its view says otherwise.

    After signing out nobody finds pages by going back. It also turns off what no page uses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response["Permissions-Policy"] = _FEATURES
        return response


class BadInputMiddleware:
    """Refuses (400) what no view can read: NUL or bytes that are not UTF-8 in the address, other encodings.

    It stands before the session, because PostgreSQL stores no NUL and the session's cookie is looked up
    there. Fields of our forms are left alone: their form names the field (`forms.py`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on. Raises BadRequest, which Django turns into the 400 page."""
        if is_readable(request):
            return self.get_response(request)
        if request.path.startswith(API):
            wrong = "the request has NUL in it, or is not UTF-8" if _is_utf_8(request) else _NOT_UTF_8
            return in_envelope(400, f"BAD_REQUEST: {wrong}")
        raise BadRequest("NUL, or not UTF-8")

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Refuse a form of Django admin with bytes that are no UTF-8: its fields take U+FFFD for text."""
        match = request.resolver_match
        if request.method != "POST" or match is None or match.app_name != "admin":
            return
        if any("\ufffd" in text for _, texts in request.POST.lists() for text in texts):
            raise BadRequest("not UTF-8")


def in_envelope(status: int, error: str) -> HttpResponse:
    """Return what the API answers to a request that does not even reach it."""
    request_id = str(uuid.uuid4())
    body = {"status": status, "requestId": request_id, "error": error}
    return JsonResponse(
        body, status=status, headers={"X-Request-Id": request_id, "Cache-Control": "no-store"}
    )


def is_readable(request: HttpRequest) -> bool:
    """Say whether path, query, cookies and declared encoding of a request are text that can be stored."""
    query: str = request.META.get("QUERY_STRING", "")
    return (
        _is_utf_8(request)
        and "\0" not in request.path
        and _is_text(unquote_to_bytes(query.encode("latin-1", "replace")))
        and not _any_nul(request.COOKIES.values())
    )


def _is_utf_8(request: HttpRequest) -> bool:
    charset = (request.content_params or {}).get("charset", "utf-8")
    return charset.lower() in ("utf-8", "utf8", "us-ascii")


def _any_nul(texts: Iterable[str]) -> bool:
    return any("\0" in text for text in texts)


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


PAGE_METHODS = ("GET", "HEAD", "POST")


class MethodMiddleware:
    """Refuses (405) what no page of ours knows; below /v1 each operation says which methods it has.

    Django admin and generic views would take PUT, PATCH and DELETE for a GET or a POST of theirs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, or answer 405 for every address alike."""
        if request.method in PAGE_METHODS or is_of_the_api(request):
            return self.get_response(request)
        return HttpResponseNotAllowed(PAGE_METHODS)


def is_of_the_api(request: HttpRequest) -> bool:
    """Say whether a request is for the API, whatever is at its address."""
    return request.path.startswith(API) or request.path == API.rstrip("/")


class OriginMiddleware:
    """Keeps the client's address for the audit. Behind a proxy of ours it is what that proxy saw."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the address kept meanwhile."""
        with audit.coming_from(client_address(request)):
            return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """Return the client's address; what the client itself says of it is not believed.

    The last address of X-Forwarded-For is what our own proxy added.
    """
    if settings.BEHIND_TLS_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


ZONE_COOKIE = "postern_zone"


class ZoneMiddleware:
    """Shows times in the browser's time zone, which `postern.js` tells in a cookie; else in TIME_ZONE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the zone; one that this machine does not know is passed over."""
        zone = request.COOKIES.get(ZONE_COOKIE, "")
        if zone not in _zones():
            return self.get_response(request)
        with timezone.override(ZoneInfo(zone)):
            return self.get_response(request)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks everybody to sign in, on every view that is not marked `login_not_required`."""

    def handle_no_permission(  # type: ignore[override]  # the stubs promise one kind of redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """Send the browser to the sign-in page; a poll must not paste that page into its fragment.

        A form that says whose it is is kept for that person (`kept.py`).
        """
        page = kept.keep(request)
        if page:
            kept.tell(request)
        htmx = getattr(request, "htmx", None)
        back = page or getattr(htmx, "current_url_abs_path", None) or page_before(request)
        if htmx or back:
            address = kept.sign_in_address(resolve_url(self.get_login_url(view_func)), back)
            return HttpResponseClientRedirect(address) if htmx else SeeOther(address)
        return super().handle_no_permission(request, view_func)


def page_before(request: HttpRequest) -> str:
    """Return the page of ours on which a button was pressed, "" for none: its own address may be no page."""
    if request.method != "POST":
        return ""
    before = urlsplit(request.headers.get("Referer", ""))
    is_ours = before.netloc == request.get_host() and not before.path.startswith("//")
    return before._replace(scheme="", netloc="", fragment="").geturl() if is_ours else ""
