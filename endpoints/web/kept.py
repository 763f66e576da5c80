"""Forms that arrive when nobody is signed in: what was typed waits in the browser's session for its person.

Such a form carries a signed field that names the person it was made for. Only that person gets the text back,
and only on the page where it was typed; the next person who signs in at this browser makes it forgotten.
"""

import time
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as plain_csrf_failure
from django_htmx.http import HttpResponseClientRedirect

from endpoints.models import User
from endpoints.web.http import PersonRequest, SeeOther

FIELD = "kept_for"
CHECK = "check"
"""The part of an address that asks for the check of one field; it belongs to no page."""

FIELDS_MOST = 60
CHARACTERS_MOST = 60_000
PAGES_MOST = 5
LASTS_SECONDS = 3600

_SESSION = "kept_forms"


def token_for(user: User) -> str:
    """Return the value of FIELD for a person's forms."""
    return _signer().sign(str(user.pk))


def keep(request: HttpRequest) -> str:
    """Keep a form that cannot be taken now; return the address of its page, "" for any other request."""
    if request.method != "POST":
        return ""
    try:
        person = _signer().unsign(request.POST.get(FIELD, ""))
    except signing.BadSignature:
        return ""
    if request.user.is_authenticated and str(request.user.pk) != person:
        return ""
    fields = _typed_in(request)
    if fields is None:
        return ""
    forms = request.session.get(_SESSION, {})
    forms.pop(request.path, None)
    newest = list(forms.items())[1 - PAGES_MOST :]
    one = {"for": person, "until": time.time() + LASTS_SECONDS, "fields": fields}
    request.session[_SESSION] = dict(newest) | {request.path: one}
    return page_of(request)


def typed(request: PersonRequest) -> dict[str, str] | None:
    """Return what this person typed on this page before they signed in again, None if nothing is kept."""
    one = request.session.get(_SESSION, {}).get(request.path)
    if one is None or one["for"] != str(request.user.pk) or one["until"] < time.time():
        return None
    return dict(one["fields"])


def forget(request: PersonRequest) -> None:
    """Forget what is kept for this page."""
    forms = request.session.get(_SESSION, {})
    if forms.pop(request.path, None) is not None:
        request.session[_SESSION] = forms


def page_of(request: HttpRequest) -> str:
    """Return the address of the page that a form was sent from."""
    query = request.GET.copy()
    query.pop(CHECK, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was made before its person signed in again: back to it, with what was typed."""
    page = keep(request)
    if not page:
        return plain_csrf_failure(request, reason)
    messages.info(request, _("You signed in again meanwhile. Look at what you typed, and send it once more."))
    return HttpResponseClientRedirect(page) if getattr(request, "htmx", False) else SeeOther(page)


def tell(request: HttpRequest) -> None:
    """Say on the sign-in page that nothing is lost."""
    text = _("Your sign-in has expired. Sign in again: what you typed is kept.")
    waiting = messages.get_messages(request)
    if text not in {
        str(message) for message in waiting
    }:  # a field's check and its form may both come too late
        messages.info(request, text)
    waiting.used = False  # type: ignore[union-attr]  # they are still to be shown


def sign_in_address(sign_in: str, page: str) -> str:
    """Return the address of the sign-in page that leads on to `page`."""
    return f"{sign_in}?{urlencode({'next': page}, safe='/')}" if page else sign_in


def _typed_in(request: HttpRequest) -> dict[str, str] | None:
    """The text fields of a form without its secrets; None for more than a form of ours has."""
    secret = {"csrfmiddlewaretoken", FIELD}
    fields = {
        name: str(value)
        for name, value in request.POST.items()
        if name not in secret and "password" not in name
    }
    size = sum(len(name) + len(value) for name, value in fields.items())
    return fields if len(fields) <= FIELDS_MOST and size <= CHARACTERS_MOST else None


def _signer() -> signing.Signer:
    return signing.Signer(salt="postern.kept-form")


@receiver(user_logged_in)
def _forget_those_of_others(request: HttpRequest, user: User, **others: Any) -> None:
    forms = request.session.get(_SESSION)
    if forms:
        mine = {path: one for path, one in forms.items() if one["for"] == str(user.pk)}
        request.session[_SESSION] = mine
