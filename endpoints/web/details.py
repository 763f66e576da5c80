"""Everything that the details of an endpoint say, on its page and in the flyout alike."""

from datetime import datetime
from typing import Any

from endpoints.domain.dns import PORTS
from endpoints.domain.specs import SPECS
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint, Role, affected_by
from endpoints.texts.causes import causes, silent_causes
from endpoints.texts.guides import guides_of
from endpoints.web import clean_up
from endpoints.web.as_code import as_code_context
from endpoints.web.building import builder_context
from endpoints.web.found import may
from endpoints.web.hand_off import hand_off_context
from endpoints.web.http import PersonRequest
from endpoints.web.pace import Pace
from endpoints.web.queue import queue_line
from endpoints.web.replacing import may_be_replaced, replacements_of
from endpoints.web.shown import Shown
from endpoints.web.unreachable import sees_why, unreachable

TIMELINE_MOST = 100


def details_context(
    request: PersonRequest, endpoint: ReversePrivateEndpoint, now: datetime
) -> dict[str, Any]:
    """Return the variables of `_endpoint.html` and its parts at the moment `now` (moved time).

    What depends on the place (`place`) the view adds. Whatever stands here must change a column of the
    endpoint, an event or an annotation of the view's query: else a poll does not notice it (`live.py`).
    """
    shown = Shown(endpoint, now)
    what, who, next_step = shown.advice
    operates = may(request, endpoint.service, Role.OPERATOR)
    affected = affected_by([endpoint])[endpoint.pk]
    replacements = replacements_of(endpoint, now, operates=operates)
    return {
        "service": endpoint.service,
        "endpoint": endpoint,
        "one": shown,
        "what": what,
        "who": who,
        "next_step": next_step,
        "now": now,
        "events": endpoint.events.all()[:TIMELINE_MOST],
        "ports": {source.value: PORTS[source] for source in SPECS[EndpointType(endpoint.type)].sources},
        **_what_helps(shown),
        "affected": affected,
        "unreachable": unreachable([endpoint]),
        "pace": Pace(shown),
        "queue": queue_line(shown),
        **builder_context(shown, affected),
        **_what_is_left(request, shown),
        **_what_one_may(request, endpoint, operates=operates),
        "replacements": replacements,
        "may_replace": operates and may_be_replaced(endpoint, affected, replacements),
        **hand_off_context(endpoint, operates=operates),
        **as_code_context(endpoint),
    }


def _what_one_may(
    request: PersonRequest, endpoint: ReversePrivateEndpoint, *, operates: bool
) -> dict[str, bool]:
    is_wanted = endpoint.removal_requested_at is None
    is_at_rest = endpoint.observed_generation == endpoint.generation
    return {
        "operates": operates,
        "may_retry": operates and endpoint.may_retry and is_at_rest,
        "may_remove": operates and is_wanted,
        "may_name": operates and is_wanted and endpoint.type != EndpointType.MSK_MULTI_VPC,
        "sees_raw": operates or request.user.is_staff,
        "sees_why": sees_why(request),
    }


def _what_helps(shown: Shown) -> dict[str, Any]:
    endpoint = shown.endpoint
    if endpoint.is_removed:
        return {}
    silent = silent_causes(endpoint) if shown.is_connected else []
    return {
        "told": guides_of(endpoint, Status(shown.status)),
        "found_causes": causes(endpoint),
        "silent_causes": silent,
    }


def _what_is_left(request: PersonRequest, shown: Shown) -> dict[str, Any]:
    if not shown.endpoint.is_removed:
        return {}
    items = clean_up.items_of(shown.endpoint)
    return {
        "clean_up": items,
        "still_used_by": clean_up.still_used_by(shown.endpoint, request.user) if items else [],
        "left_behind": "" if items else shown.left_behind,
    }
