"""Editing the custom private DNS names of an endpoint."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import Role
from endpoints.web.custom_dns import CustomDnsForm
from endpoints.web.found import one_endpoint, require, show_in_shell
from endpoints.web.http import PersonRequest, SeeOther


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_custom_dns(request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Show the names of an endpoint, and record those that were typed instead."""
    endpoint = get_object_or_404(one_endpoint(request, service_id, endpoint_id).with_details())
    show_in_shell(request, endpoint.service)
    require(request, endpoint.service, Role.OPERATOR)
    page = SeeOther(f"{reverse('endpoint', args=[service_id, endpoint_id])}#custom-dns")
    if endpoint.removal_requested_at is not None:
        return page
    form = CustomDnsForm(endpoint, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            intents.change_custom_dns(endpoint=endpoint, names=form.wanted, by=request.user)
        except IntentRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The custom private DNS names were recorded."))
            return page
    context = {"service": endpoint.service, "endpoint": endpoint, "form": form}
    return render(request, "endpoint/custom_dns.html", context, status=422 if form.errors else 200)
