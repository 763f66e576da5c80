"""When each session was used last."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from endpoints import sessions


class SeenMiddleware:
    """Writes down that a session was used; at most once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Note it; only views are answered for a session."""
        if request.user.is_authenticated:
            sessions.note(request)
