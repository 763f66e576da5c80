"""The envelope of every answer: `{"status", "requestId", "result"}` or `{"status", "requestId", "error"}`.

Source: cloud-api.md §2. `requestId` stands in the header X-Request-Id and in the log as well.
"""

import json
import logging
import math
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from ninja.renderers import JSONRenderer

log = logging.getLogger(__name__)

JSON = "application/json; charset=utf-8"
LANGUAGE = "en"

_ID = "postern.request_id"
# The words before the colon of `error`, by HTTP status.
_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    408: "REQUEST_TIMEOUT",
    409: "CONFLICT",
    413: "CONTENT_TOO_LARGE",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_ERROR",
}


class Problem(Exception):
    """An answer other than 200. `detail` is read by a person."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @classmethod
    def too_fast(cls, wait: timedelta) -> "Problem":
        """Return the 429 to who must wait. The provider sleeps for X-RateLimit-Reset (cloud-api.md §2)."""
        seconds = wait.total_seconds()
        detail = f"More calls than are allowed in a minute. Try again in {seconds:.1f} s."
        whole = str(math.ceil(seconds))
        return cls(429, detail, X_RateLimit_Reset=f"{seconds:.3f}", Retry_After=whole)


def request_id(request: HttpRequest) -> str:
    """Return the id of a request, made when first asked for."""
    known: str = request.META.setdefault(_ID, str(uuid.uuid4()))
    return known


class EnvelopeRenderer(JSONRenderer):
    """Puts what a view returns under `result`; a view that returns None has no `result`."""

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        """Return the JSON text of the envelope."""
        envelope: dict[str, Any] = {"status": response_status, "requestId": request_id(request)}
        if data is not None:
            envelope["result"] = data
        return super().render(request, envelope, response_status=response_status)


def success(request: HttpRequest, result: bytes) -> HttpResponse:
    """Return the envelope of a result that is JSON already, for what is asked for most or has most in it.

    Ninja would check a result against its shape and copy it, which takes longer than to make it.
    """
    head = json.dumps({"status": 200, "requestId": request_id(request)})[:-1].encode()
    return HttpResponse(b'%s, "result": %s}' % (head, result), content_type=JSON)


def failure(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the envelope of a problem."""
    error = f"{_CODES[problem.status]}: {problem.detail}"
    body = {"status": problem.status, "requestId": request_id(request), "error": error}
    return JsonResponse(body, status=problem.status, headers=problem.headers)


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Log an exception that nobody expected, and answer 500 without its text."""
    log.error("request %s failed", request_id(request), exc_info=error)
    return failure(request, Problem(500, "Something went wrong here; the log names this request id."))


View = Callable[..., HttpResponse]


def enveloped(view: View) -> View:
    """Make a view answer in the envelope, in English, whatever happens, to nobody but keys.

    It never redirects. Where SECURE_SSL_REDIRECT is on, a request over plain HTTP is refused here: clients
    turn a redirected POST into a GET, and would send their secret in the clear again.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Scripts read the answers, and some look for words in them.
        with translation.override(LANGUAGE):
            response = _answer(view, request, *args, **kwargs)
        response["Content-Language"] = LANGUAGE
        response["X-Request-Id"] = request_id(request)
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(login_not_required(answer))


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return failure(request, Problem(400, "Use https."))
    try:
        response = view(request, *args, **kwargs)
    except Problem as problem:
        return failure(request, problem)
    except Exception as error:
        return unexpected(request, error)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        refused = failure(request, Problem(405, f"{request.method} is not possible here."))
        refused["Allow"] = response["Allow"]
        return refused
    return response
