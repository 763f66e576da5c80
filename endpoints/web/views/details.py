"""The details of one endpoint, and what is done from there at once: retry, tick what was cleaned up."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from endpoints import intents, texts
from endpoints.intents import IntentRefused
from endpoints.models.console import with_replacements
from endpoints.web import clean_up
from endpoints.web.details import details_context
from endpoints.web.found import find_endpoint, one_endpoint, the_one
from endpoints.web.http import PersonRequest, SeeOther
from endpoints.web.live import Sight, live_page
from endpoints.web.places import PAGE, Place
from endpoints.web.unreachable import with_region


@never_cache
@require_safe
def see_endpoint(
    request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID, place: Place = PAGE
) -> HttpResponse:
    """Show everything about one endpoint; while it is in motion this is the page to wait on."""

    def context(sight: Sight) -> dict[str, Any]:
        endpoint = the_one(request, sight).endpoint
        return details_context(request, endpoint, sight.now) | place.around(endpoint.service)

    one = one_endpoint(request, service_id, endpoint_id).with_newest_event().with_turn()
    return live_page(
        request,
        with_replacements(with_region(one)),
        page=f"{place.folder}/details.html",
        fragment=f"{place.folder}/_details.html",
        context=context,
    )


@require_POST
def retry_endpoint(
    request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID, place: Place = PAGE
) -> HttpResponse:
    """Ask for the next attempt, and go back to the details to wait there."""
    endpoint = find_endpoint(request, service_id, endpoint_id)
    try:
        intents.retry(endpoint=endpoint, by=request.user)
    except IntentRefused as refused:
        messages.error(request, texts.refusal_text(refused.code, refused.params))
    return SeeOther(place.address_of(endpoint))


@require_POST
def tick_endpoint(
    request: PersonRequest, service_id: uuid.UUID, endpoint_id: uuid.UUID, place: Place = PAGE
) -> HttpResponse:
    """Keep that the item `done` of the clean-up list was done, or that `undone` was not."""
    endpoint = find_endpoint(request, service_id, endpoint_id)
    done = request.POST.get("done", "")
    item = done or request.POST.get("undone", "")
    if item not in {known.told.key for known in clean_up.items_of(endpoint)}:
        raise Http404
    intents.tick(endpoint=endpoint, item=item, done=bool(done), by=request.user)
    return SeeOther(f"{place.address_of(endpoint)}#clean-up-{item}")
