"""Middleware of the host name of a request: what happens before Django refuses one that is not ours."""

import logging
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from endpoints.web.middleware import in_envelope, is_of_the_api
from endpoints.web.views.health import health

log = logging.getLogger(__name__)

HEALTH = "/healthz/"


class HostMiddleware:
    """Answers a health check under any host name, and refuses (400) calls of the API under a wrong one.

    Load balancers ask by IP address, and what they are told repeats nothing of what they sent. Clients of the
    API read JSON, so Django's page is not for them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or pass the request on."""
        if request.path_info == HEALTH:
            return health(request)
        if not is_of_the_api(request):
            return self.get_response(request)
        try:
            request.get_host()
        except DisallowedHost as refused:
            log.warning("%.300s", refused)
            return in_envelope(400, "BAD_REQUEST: this host name is not in ALLOWED_HOSTS")
        return self.get_response(request)
