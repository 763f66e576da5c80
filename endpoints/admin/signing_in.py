"""What staff can do for who cannot sign in, or should not be signed in: actions of the list of users."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints.admin.tools import person
from endpoints.intents import signing_in
from endpoints.models import User


@admin.action(description=gettext_lazy("Sign out everywhere"))
def sign_out_everywhere(page: Any, request: HttpRequest, users: QuerySet[User]) -> None:
    """End all sessions of the chosen ones."""
    _each(page, request, users, signing_in.sign_out_everywhere, _("Signed out everywhere: %(users)s"))


@admin.action(description=gettext_lazy("Take the second factor away (lost)"))
def reset_second_factor(page: Any, request: HttpRequest, users: QuerySet[User]) -> None:
    """Let the chosen ones begin anew with their second factor."""
    _each(page, request, users, signing_in.reset_second_factor, _("No second factor any more: %(users)s"))


@admin.action(description=gettext_lazy("Disconnect from the sign-in provider"))
def disconnect_provider(page: Any, request: HttpRequest, users: QuerySet[User]) -> None:
    """Forget which accounts at the provider the chosen ones have."""
    _each(page, request, users, signing_in.disconnect_provider, _("Disconnected: %(users)s"))


ACTIONS = (sign_out_everywhere, reset_second_factor, disconnect_provider)


def _each(
    page: Any, request: HttpRequest, users: QuerySet[User], do: Callable[..., object], said: str
) -> None:
    done, refused = [], []
    for user in users:
        try:
            do(user=user, by=person(request))
        except PermissionDenied:
            refused.append(user.email)
        else:
            done.append(user.email)
    if done:
        page.message_user(request, said % {"users": ", ".join(done)})
    if refused:
        text = _("Only a superuser touches a superuser: %(users)s") % {"users": ", ".join(refused)}
        page.message_user(request, text, messages.ERROR)
