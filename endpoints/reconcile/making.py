"""Making several endpoints one after the other: what they share is asked and written once.

Whoever places an endpoint takes others along that want the same, held by leases of their own. What stands in
the way of one is written as for one alone (`placing`). What needs a preparation, or has no token, is left to
steps of its own.
"""

import logging
import time
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from endpoints.domain.rates import OPERATIONS, Api
from endpoints.domain.specs import SPECS
from endpoints.domain.status import Status
from endpoints.domain.steps import Step
from endpoints.models import Installation, ReversePrivateEndpoint, read_clock
from endpoints.reconcile import turns
from endpoints.reconcile.creating import Again, begin, create_together, stumble
from endpoints.reconcile.gates import READS
from endpoints.reconcile.leases import Lease, LeaseLost
from endpoints.reconcile.operators import write_obstacle
from endpoints.reconcile.placing import Place, find_place, save_place
from endpoints.reconcile.situation import decide, open_attempt, read_attempts
from endpoints.reconcile.work import Work, call_seconds

log = logging.getLogger(__name__)

MOST = 20
"""So many go together at most: a worker that is killed holds them all up for a lease."""

_TOGETHER = [kind.value for kind, spec in SPECS.items() if spec.repeatable and not spec.prepares]


def place(work: Work) -> datetime | None:
    """Choose a network and save the exact request; with nothing in its way, send it, and those of others."""
    found = find_place(work)
    if not isinstance(found, Place):
        return found
    most = _most(work, found)
    if not most:
        return save_place(work, found)
    others = _companions(work, found, most - 1)
    again: Again = {other.row.pk: work.moment.now for other in others}
    try:
        ones = [(work, found), *_places(others, again)]
        granted = _grant(work, len(ones))
        if not granted:
            return save_place(work, found)
        return create_together(work, _begin(ones[:granted]), again)
    finally:
        for other in others:
            if other.row.pk in again:
                other.lease.release(again[other.row.pk])


def _begin(ones: list[tuple[Work, Place]]) -> list[Work]:
    """Begin them together; if one of them spoils that, the first alone."""
    try:
        return begin(ones)
    except Exception:
        log.exception("Endpoints could not be begun together.")
        return begin(ones[:1])


def _most(work: Work, found: Place) -> int:
    """Return how many may go together; 0 where the create meets a gate, which is a step of its own."""
    api = OPERATIONS.get(work.adapter.create_operation)
    if work.row.type not in _TOGETHER or api is None:
        return 0
    if work.breakers or work.network != found.network or write_obstacle(found.network, Installation.get()):
        return 0
    most = turns.calls_left(work.row.region, api, MOST, work.moment)
    reads = READS[Step.PLACE]
    return min(most, 1 + turns.calls_left(work.row.region, Api.READ, MOST * reads, work.moment) // reads)


def _grant(work: Work, wanted: int) -> int:
    """Take the tokens of so many; return how many may be created now, with the lease that is left."""
    if not work.lasts(read_clock().real):
        return 0
    region, reads = work.row.region, READS[Step.PLACE] * (wanted - 1)
    turns.take_several(region, Api.READ, reads, work.moment)
    return turns.take_several(region, OPERATIONS[work.adapter.create_operation], wanted, work.moment)


# --- who goes along -------------------------------------------------------------------------------------


@transaction.atomic
def _companions(work: Work, found: Place, most: int) -> list[Work]:
    """Hold endpoints that are to be placed as well, and in which nothing went wrong before."""
    if not most:
        return []
    real = read_clock().real
    rows = list(_candidates(work, real)[:most])
    read_attempts(rows)
    token, until = uuid.uuid4(), real + timedelta(seconds=settings.LEASE_SECONDS)
    work.left[found.network.pk] -= 1
    joining: list[Work] = []
    for row in rows:
        if decide(row, open_attempt(row), work.moment).step is not Step.PLACE:
            continue  # it wants something else, which its own worker will see
        row.region = work.row.region
        lease = Lease(row.pk, token, until, row.due_at)
        other = Work(lease, row, None, work.moment, work.installation, work.recent, work.stop_at)
        other.networks, other.left = work.networks, work.left
        joining.append(other)
    held = ReversePrivateEndpoint.objects.filter(pk__in=[other.row.pk for other in joining])
    held.update(lease_token=token, lease_until=until)
    return joining


def _candidates(work: Work, real: datetime) -> QuerySet[ReversePrivateEndpoint]:
    """Rows to lock that look as if they were to be placed."""
    rows = (
        ReversePrivateEndpoint.objects.due(work.moment.now, real)
        .filter(type__in=_TOGETHER, region=work.row.region_id, status=Status.PROVISIONING)
        .filter(removal_requested_at__isnull=True, observed_generation=F("generation"), failures=0)
        .filter(attempts__isnull=True, turn__isnull=True, breaker__isnull=True, planned="")
        .order_by("due_at")
    )
    return rows.select_for_update(skip_locked=True, of=("self",))


def _places(others: list[Work], again: Again) -> list[tuple[Work, Place]]:
    """Find a place for each, as long as that is quick and there is room for all of them."""
    began = time.monotonic()
    places: list[tuple[Work, Place]] = []
    for other in others:
        if time.monotonic() - began >= call_seconds():
            break
        try:
            found = find_place(other)
        except LeaseLost:
            continue
        except Exception as error:
            again[other.row.pk] = stumble(other, error)
            break
        if not isinstance(found, Place):
            again[other.row.pk] = found
            continue
        # Those before it are not in AWS yet, which therefore counts their room as free.
        if found.network != other.network or found.placement.spare <= len(places):
            break
        other.left[found.network.pk] -= 1
        places.append((other, found))
    return places
