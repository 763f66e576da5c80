"""Who must have a second factor, and that they reach nothing before they have one."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from endpoints.models import User
from endpoints.web import kept
from endpoints.web.http import SeeOther

Type = Authenticator.Type
FACTORS = (Type.TOTP, Type.WEBAUTHN)

_OPEN = {
    "account", "sign-out", "language", "theme", "account_reauthenticate", "account_change_password",
    "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_activate_totp", "mfa_add_webauthn",
    "mfa_list_webauthn", "mfa_view_recovery_codes", "usersessions_list",
}  # fmt: skip
"""Names of the pages that somebody reaches who must set up a factor first."""

_WANTED = "second_factor_wanted_for"


def must_have_one(user: User) -> bool:
    """Say whether REQUIRE_SECOND_FACTOR means this person."""
    rule = settings.REQUIRE_SECOND_FACTOR
    return bool(rule == "everyone" or (rule == "staff" and (user.is_staff or user.is_superuser)))


def factors_of(user: User) -> "QuerySet[Authenticator]":
    """Return a person's second factors. Recovery codes are none: they only stand in for one."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS)


def passkeys_of(user: User) -> "QuerySet[Authenticator]":
    """Return a person's passkeys."""
    return Authenticator.objects.filter(user_id=user.pk, type=Type.WEBAUTHN).order_by("pk")


def lacks_one(user: User) -> bool:
    """Say whether a person must have a factor and has none."""
    return must_have_one(user) and not factors_of(user).exists()


def wanted_page(request: HttpRequest) -> str:
    """Return the page that somebody wanted before they were led to set up a factor, "" for none."""
    return str(request.session.get(_WANTED, ""))


class SecondFactorMiddleware:
    """Leads whoever must have a second factor, and has none, to the page where they set one up.

    It lets through what needs no sign-in at all; the API does not, its keys are no persons' sessions.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Return where to go first, None to go on. What was typed into a form is kept (`kept.py`)."""
        user = request.user
        if not isinstance(user, User) or not getattr(view, "login_required", True):
            return None
        match = request.resolver_match
        if (match and match.view_name in _OPEN) or not lacks_one(user):
            return None
        page = kept.keep(request)
        address = resolve_url("account")
        is_htmx = bool(request.headers.get("HX-Request"))
        if page or (request.method == "GET" and not is_htmx):
            request.session[_WANTED] = page or request.get_full_path()
        return HttpResponseClientRedirect(address) if is_htmx else SeeOther(address)
