"""Creating an endpoint like an earlier one: what can be used again, and what its owner must make anew."""

import uuid
from dataclasses import dataclass, field

from django.http import Http404
from django.utils.translation import gettext as _

from endpoints.domain.specs import Held, HeldKind
from endpoints.models import Claim, ReversePrivateEndpoint
from endpoints.web.found import find_endpoint
from endpoints.web.http import PersonRequest


@dataclass(frozen=True)
class Note:
    """What stands in the way of the same again; `holder` is the endpoint that does, if the person sees it."""

    text: str
    holder: ReversePrivateEndpoint | None = None


@dataclass
class Recreated:
    """The endpoint to be like, the form's values taken from it, and what to know beforehand."""

    like: ReversePrivateEndpoint
    values: dict[str, str]
    notes: list[Note] = field(default_factory=list)


def recreated(request: PersonRequest, service_id: uuid.UUID) -> Recreated | None:
    """Return what the address's `from` asks for, None without it.

    It names an endpoint or tombstone of the same service. Raises Http404 for any other.
    """
    if "from" not in request.GET:
        return None
    try:
        like = find_endpoint(request, service_id, uuid.UUID(request.GET["from"]))
    except ValueError:
        raise Http404 from None
    values = {"type": like.type, "description": like.description, **like.parameters}
    found = Recreated(like, values)
    for held in like.spec.held():
        _try(request, found, held)
    return found


def _try(request: PersonRequest, found: Recreated, held: Held) -> None:
    """Note it if nobody may claim this now; a resource share is left out then, for another one is needed."""
    claim = Claim.objects.filter(kind=held.kind.value, key=held.key).first()
    if claim is None or held.shared:
        return
    is_share = held.kind is HeldKind.RESOURCE_SHARE
    holder = claim.endpoints.visible_to(request.user).select_related("region").first()
    if claim.used_up_at is not None:
        text = _(
            "A new resource share is needed: a share serves one endpoint only, for ever. Its owner makes"
            " another share of the same resource configuration; enter its ARN."
        )
        found.notes.append(Note(text))
    elif not claim.endpoints.exists():
        return
    elif is_share:
        text = _("The resource share is held by an endpoint until that is removed. Enter another share.")
        found.notes.append(Note(text, holder))
    else:
        text = _(
            "The cluster has its one connection with this authentication already. Nothing can be created with"
            " these values until the endpoint that holds it is removed."
        )
        found.notes.append(Note(text, holder))
    if is_share:
        found.values.pop(held.field, None)
