"""The addresses of the API, `/v1/…`; mount with `path("", include("endpoints.api.urls"))`.

Each address works with and without a slash at its end, and nothing below /v1 ever redirects.
"""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from endpoints.api.envelope import Problem, enveloped
from endpoints.api.openapi.views import document, reference
from endpoints.api.root import api


def _addresses() -> Iterator[URLPattern]:
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            view = enveloped(pattern.callback)
            yield path(f"v1/{pattern.pattern}", view, name=f"api-{pattern.name}".replace("_", "-"))
            yield path(f"v1/{pattern.pattern}/", view)


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
