"""The error pages, in the shell's look and the reader's language, whatever went wrong before."""

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent cannot be read; nobody may be signed in yet."""
    much = isinstance(exception, TooManyFieldsSent | TooManyFilesSent)
    return bad_size(request, 400) if much else _page(request, "400.html", 400)


def bad_size(request: HttpRequest, status: int) -> HttpResponse:
    """400, 411, 413: more was sent than any form of ours has, or nobody knows how much."""
    return _page(request, "413.html", status)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, and not allowed."""
    return _page(request, "403.html", 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not for this person."""
    return _page(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: ours. Needs no database, no session and no language; it is written in both."""
    return HttpResponse(render_to_string("500.html"), status=500)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        return render(request, template, {"code": status}, status=status)
