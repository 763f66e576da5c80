"""What staff can do for who cannot sign in, or should not be signed in: actions of the list of users.

Each says what it ends, and asks why, which the audit keeps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints.admin.tools import ReasonForm, person
from endpoints.intents import signing_in
from endpoints.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_SHOWN_MOST = 100  # people that a question names


@dataclass(frozen=True)
class _Deed:
    """One of the actions: the intent, what the question says, and what is said once it is done."""

    name: str
    intent: Callable[..., object]
    title: "StrOrPromise"
    ends: "StrOrPromise"
    button: "StrOrPromise"
    done: "StrOrPromise"


_SIGN_OUT = _Deed(
    "sign_out_everywhere",
    signing_in.sign_out_everywhere,
    gettext_lazy("Sign out everywhere"),
    gettext_lazy("All sessions of these people end at once. They can sign in again."),
    gettext_lazy("Sign out everywhere"),
    gettext_lazy("Signed out everywhere: %(users)s"),
)
_TAKE_FACTOR = _Deed(
    "reset_second_factor",
    signing_in.reset_second_factor,
    gettext_lazy("Take the second factor away"),
    gettext_lazy(
        "These people lose their second factors and recovery codes, and all their sessions end. Until they"
        " set up a new one, the password alone is enough: make sure who asks, by another way than e-mail."
    ),
    gettext_lazy("Take away"),
    gettext_lazy("No second factor any more: %(users)s"),
)
_DISCONNECT = _Deed(
    "disconnect_provider",
    signing_in.disconnect_provider,
    gettext_lazy("Disconnect from the sign-in provider"),
    gettext_lazy(
        "Which account at the sign-in provider these people have is forgotten, and all their sessions end."
        " Who signs in there next with the same verified e-mail is connected anew."
    ),
    gettext_lazy("Disconnect"),
    gettext_lazy("Disconnected: %(users)s"),
)


@admin.action(description=gettext_lazy("Sign out everywhere"))
def sign_out_everywhere(page: Any, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
    """End all sessions of the chosen ones."""
    return _ask(page, request, users, _SIGN_OUT)


@admin.action(description=gettext_lazy("Take the second factor away (lost)"))
def reset_second_factor(page: Any, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
    """Let the chosen ones begin anew with their second factor."""
    return _ask(page, request, users, _TAKE_FACTOR)


@admin.action(description=gettext_lazy("Disconnect from the sign-in provider"))
def disconnect_provider(page: Any, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
    """Forget which accounts at the provider the chosen ones have."""
    return _ask(page, request, users, _DISCONNECT)


ACTIONS = (sign_out_everywhere, reset_second_factor, disconnect_provider)


def _ask(page: Any, request: HttpRequest, users: QuerySet[User], deed: _Deed) -> HttpResponse | None:
    """Name those whom staff may touch and ask why; once that is said, do it to each."""
    chosen: list[User] = []
    refused: list[str] = []
    for user in users:
        if page.has_change_permission(request, user):
            chosen.append(user)
        else:
            refused.append(user.email)
    form = ReasonForm(request.POST if "confirmed" in request.POST else None)
    if chosen and not form.is_valid():
        context = {
            "deed": deed,
            "form": form,
            "refused": refused,
            "users": chosen[:_SHOWN_MOST],
            "left_out": len(chosen[_SHOWN_MOST:]),
            "checkbox": ACTION_CHECKBOX_NAME,
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "across": request.POST.get("select_across", "0"),
        }
        answer: HttpResponse = page.show(
            request, "admin/signing_in.html", deed.title, context, 422 if form.errors else 200
        )
        return answer
    for user in chosen:
        deed.intent(user=user, by=person(request), reason=form.cleaned_data["reason"])
    if chosen:
        page.message_user(request, deed.done % {"users": ", ".join(user.email for user in chosen)})
    if refused:
        text = _("Only a superuser touches a superuser: %(users)s") % {"users": ", ".join(refused)}
        page.message_user(request, text, messages.ERROR)
    return None
