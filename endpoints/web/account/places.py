"""What the pages of an account share: answers to forms, and where passkeys can be used."""

import ipaddress
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from endpoints.throttling import TooFast
from endpoints.web.limits import too_fast

TOO_MANY_CODES = {"too_many_login_attempts", "rate_limited"}
PATIENCE_SECONDS = 300
"""For how long failed attempts count; see ACCOUNT_RATE_LIMITS."""


class Unprocessable:
    """Answers a form with errors as the other pages do, with 422; one too many attempts with 429."""

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        """Show the form again."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code != 200:
            return response
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        response.status_code = 422
        if codes & TOO_MANY_CODES:
            response.status_code = 429
            response["Retry-After"] = str(PATIENCE_SECONDS)
        add_never_cache_headers(response)
        return response


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """Return the page for who tried more often than django-allauth lets them in a minute."""
    return too_fast(request, TooFast(timedelta(minutes=1)))


def passkeys_at(request: HttpRequest) -> dict[str, Any]:
    """Say whether passkeys work under the name by which the browser asks, and where else they do.

    They belong to a domain name, which an address in numbers is not (Web Authentication, 5.1.2).
    """
    host = request.get_host()
    name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return {"passkeys_work": True}
    here = request.get_full_path()
    elsewhere = f"http://localhost{':' + port if port else ''}{here}" if settings.DEVELOPMENT else ""
    return {"passkeys_work": False, "localhost": elsewhere}
