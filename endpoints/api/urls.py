"""The addresses of the API, `/v1/…`; mount with `path("", include("endpoints.api.urls"))`.

Each address works with and without a slash at its end, and nothing below /v1 ever redirects.
"""

from collections.abc import Iterator
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from endpoints.api.envelope import Problem, View, enveloped
from endpoints.api.openapi.views import document, reference
from endpoints.api.root import api


def _addresses() -> Iterator[URLPattern]:
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            view = enveloped(_with_head(pattern.callback))
            yield path(f"v1/{pattern.pattern}", view, name=f"api-{pattern.name}".replace("_", "-"))
            yield path(f"v1/{pattern.pattern}/", view)


def _with_head(view: View) -> View:
    """Answer HEAD as GET, wherever there is a GET: web servers leave the body out."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.method
        request.method = "GET" if asked == "HEAD" else asked
        try:
            response = view(request, *args, **kwargs)
        finally:
            request.method = asked
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            known = set(response["Allow"].split(", "))
            response["Allow"] = ", ".join(sorted(known | ({"HEAD"} if "GET" in known else set())))
        return response

    return answer


@enveloped
def nowhere(request: HttpRequest) -> HttpResponse:
    """Answer 404 in the envelope for every other address below /v1."""
    raise Problem(404, request.path)


urlpatterns = [
    path("v1/openapi.json", document, name="api-document"),
    path("v1/openapi.json/", document),
    path("docs/api/", reference, name="api-reference"),
    *_addresses(),
    re_path(r"^v1(?:/[\s\S]*)?\Z", nowhere),
]
