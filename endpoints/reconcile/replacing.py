"""Replacements: each is taken to its next step once the rows say that it is due."""

import logging
import uuid
from collections.abc import Collection

from django.db.models import Q, QuerySet

from endpoints import intents
from endpoints.domain.status import Status
from endpoints.models import Replacement, ReversePrivateEndpoint

log = logging.getLogger(__name__)

_MAY_BE_DUE = (
    Q(new__isnull=True, old__removed_at__isnull=False)
    | Q(new__removal_requested_at__isnull=False)
    | Q(new__status=Status.READY)
)


def advance_replacements() -> int:
    """Take the due steps of all unfinished replacements; return how many were taken."""
    unfinished = Replacement.objects.filter(_MAY_BE_DUE, finished_at__isnull=True)
    return sum(map(_advance, unfinished.order_by("requested_at").values_list("pk", flat=True)))


def follow_removal(row: ReversePrivateEndpoint) -> None:
    """Create what shall take the place of a row that was just seen gone.

    In the transaction that gives back its claims: nobody comes between. Without it the next pass does it.
    """
    for key in _waiting_for([row.pk]).values_list("pk", flat=True):
        _advance(key)


def awaited(keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of these rows whose removal something waits for that shall take their place."""
    return set(_waiting_for(keys).values_list("old", flat=True))


def _waiting_for(keys: Collection[uuid.UUID]) -> QuerySet[Replacement]:
    return Replacement.objects.filter(old__in=keys, new__isnull=True, finished_at__isnull=True)


def _advance(key: uuid.UUID) -> bool:
    try:
        return intents.advance_replacement(key)
    except Exception:
        # A poisonous one must stop neither the others nor the removal that it follows.
        log.exception("Replacement %s could not be advanced.", key)
        return False
