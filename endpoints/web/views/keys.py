"""The API keys of a service, for its admins: issued, rotated, changed and disabled; a secret is shown once.

The answer to the form carries the secret, and nothing else does: no address, no message, no session, no log.
A form that comes again makes nothing and shows nothing.
"""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import ApiKey, Role, Service
from endpoints.web import kept
from endpoints.web.found import find_service, require
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.key_forms import ChangeForm, IssueForm, RotateForm
from endpoints.web.keys import find_key, keys_of, manages_all

_METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_safe
def list_keys(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the keys that are good for a service."""
    service = find_service(request, service_id)
    require(request, service, Role.ADMIN)
    whole = manages_all(request, service)
    good, ended = keys_of(service, whole=whole)
    context = {"service": service, "keys": good, "ended": ended, "whole": whole}
    return render(request, "keys/list.html", context)


@never_cache
@require_http_methods(_METHODS)
@sensitive_variables("secret")
def issue_key(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Issue a key, and show its secret."""
    service = find_service(request, service_id)
    require(request, service, Role.ADMIN)
    whole = manages_all(request, service)
    if request.method != "POST":
        return _issue_page(request, service, IssueForm(service, whole=whole, typed=kept.typed(request)))
    kept.forget(request)
    form = IssueForm(service, request.POST, whole=whole)
    if not form.is_valid():
        return _issue_page(request, service, form, 422)
    try:
        key, secret = intents.issue_key(
            place=form.place,
            name=form.cleaned_data["name"],
            role=form.cleaned_data["role"],
            days=form.days,
            by=request.user,
            form_key=form.form_key,
        )
    except IntentRefused as refused:
        form.refuse(refused)
        return _issue_page(request, service, form, 422)
    return _secret_page(request, service, key, secret)


def _issue_page(request: PersonRequest, service: Service, form: IssueForm, status: int = 200) -> HttpResponse:
    return render(request, "keys/issue.html", {"service": service, "form": form}, status=status)


@sensitive_variables("secret")
def _secret_page(
    request: PersonRequest, service: Service, key: ApiKey, secret: str, old: ApiKey | None = None
) -> HttpResponse:
    context = {"service": service, "key": key, "secret": secret, "old": old, "api": f"{settings.BASE_URL}/v1"}
    return render(request, "keys/secret.html", context)


@never_cache
@require_http_methods(_METHODS)
def see_key(request: PersonRequest, service_id: uuid.UUID, key_id: str) -> HttpResponse:
    """Show a key, and change its name and end."""
    service = find_service(request, service_id)
    require(request, service, Role.ADMIN)
    one = find_key(request, service, key_id)
    if request.method != "POST":
        form = ChangeForm(one.key, may_move_end=one.may_rotate)
        return render(request, "keys/key.html", {"service": service, "one": one, "form": form})
    form = ChangeForm(one.key, request.POST, may_move_end=one.may_rotate)
    if form.is_valid():
        try:
            days = intents.KEEP if form.keeps_end else form.days
            intents.change_key(key=one.key, name=form.cleaned_data["name"], days=days, by=request.user)
        except IntentRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The key was changed."))
            return SeeOther(reverse("key", args=[service.pk, one.key.key_id]))
    return render(request, "keys/key.html", {"service": service, "one": one, "form": form}, status=422)


@never_cache
@require_http_methods(_METHODS)
@sensitive_variables("secret")
def rotate_key(request: PersonRequest, service_id: uuid.UUID, key_id: str) -> HttpResponse:
    """Issue the successor of a key, and show its secret."""
    service = find_service(request, service_id)
    require(request, service, Role.ADMIN)
    one = find_key(request, service, key_id)
    form = RotateForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"service": service, "one": one, "form": form}
    if request.method != "POST":
        if not one.may_rotate:
            return SeeOther(reverse("key", args=[service.pk, key_id]))
        return render(request, "keys/rotate.html", context)
    if form.is_valid():
        try:
            key, secret = intents.rotate_key(
                key=one.key, overlap=form.cleaned_data["overlap"], days=form.days, by=request.user
            )
        except IntentRefused as refused:
            form.refuse(refused)
        else:
            return _secret_page(request, service, key, secret, find_key(request, service, key_id).key)
    return render(request, "keys/rotate.html", context, status=422)


@never_cache
@require_http_methods(_METHODS)
def disable_key(request: PersonRequest, service_id: uuid.UUID, key_id: str) -> HttpResponse:
    """Ask whether to disable a key; then disable it."""
    service = find_service(request, service_id)
    require(request, service, Role.ADMIN)
    one = find_key(request, service, key_id)
    if request.method != "POST":
        return render(request, "keys/disable.html", {"service": service, "one": one})
    intents.disable_key(key=one.key, by=request.user)
    messages.success(
        request, _("“%(name)s” is disabled: nothing gets in with it any more.") % {"name": one.key.name}
    )
    return SeeOther(reverse("keys", args=[service.pk]))
