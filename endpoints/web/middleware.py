"""Middleware of the pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class BadInputMiddleware:
    """Answers 400 to requests that no view can read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)
