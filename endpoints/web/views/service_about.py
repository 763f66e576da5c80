"""What describes a service, and who answers for it: shown to everybody in it, changed by its admins."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import Role
from endpoints.web.found import find_service, require
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.people import people_on
from endpoints.web.people_forms import AboutForm, TransferForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def describe_service(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Change the name, the contact and the labels of a service."""
    service = find_service(request, service_id)
    require(request, service, Role.ADMIN)
    form = AboutForm(service, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            intents.change_service(service=service, by=request.user, **form.cleaned_data)
        except IntentRefused as refused:
            form.refuse(refused)
        else:
            messages.info(request, _("Saved."))
            return SeeOther(reverse("people", args=[service_id]))
    context = {"service": service, "form": form}
    return render(request, "people/about.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def transfer_service(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Let another person answer for a service."""
    service = find_service(request, service_id)
    require(request, service, Role.ADMIN)
    people = [person for person in people_on(service) if person.pk != service.owner_id]
    form = TransferForm(people, request.POST if request.method == "POST" else None)
    if form.is_valid() and form.new_owner is not None:
        try:
            intents.transfer_service(
                service=service, to=form.new_owner, reason=form.cleaned_data["reason"], by=request.user
            )
        except IntentRefused as refused:
            form.refuse(refused)
        else:
            messages.info(request, _("The owner is %(owner)s now.") % {"owner": form.new_owner})
            return SeeOther(reverse("people", args=[service_id]))
    context = {"service": service, "form": form}
    return render(request, "people/transfer.html", context, status=422 if form.errors else 200)
