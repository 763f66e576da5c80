"""The address builder of an endpoint."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from endpoints.models import read_clock
from endpoints.web.building import AddressForm, names_of
from endpoints.web.found import find_endpoint
from endpoints.web.http import PersonRequest
from endpoints.web.shown import Shown


@never_cache
@require_safe
def build_address(request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Show what is built from the choices in the address: a page, or just the result for the form there."""
    endpoint = find_endpoint(request, service_id, endpoint_id)
    one = Shown(endpoint, read_clock().now)
    if not names_of(one):
        return HttpResponseRedirect(reverse("endpoint", args=[service_id, endpoint_id]))
    builder = AddressForm(one, request.GET if "name" in request.GET else None)
    template = "_built_address.html" if request.htmx else "address.html"
    context = {"service": endpoint.service, "endpoint": endpoint, "one": one, "builder": builder}
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
