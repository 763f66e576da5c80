"""Deleting an orphan in AWS because a person asked: tried for ever, and never one that is owned by then."""

import logging
import time

from django.conf import settings

from endpoints.domain.errors import ProviderError, Throttled
from endpoints.domain.matching import GOING
from endpoints.domain.rates import OPERATIONS
from endpoints.domain.sighting import Sighting
from endpoints.domain.specs import Listed
from endpoints.domain.timing import DELETE_AGAIN_AFTER, backoff_of
from endpoints.models import Attempt, Installation, Moment, Network, Orphan, OrphanEnding, read_clock
from endpoints.reconcile import turns
from endpoints.reconcile.gates import PAUSED_LOOK_EVERY
from endpoints.reconcile.listing import adapter_of, operator_in
from endpoints.reconcile.operators import check_account, write_obstacle
from endpoints.reconcile.orphans import claim_first, end, note_absence

log = logging.getLogger(__name__)


def delete_orphans() -> int:
    """Take the due steps of all deletions that people asked for; return how many were taken."""
    calls = 4 * (settings.AWS_CONNECT_SECONDS + settings.AWS_READ_SECONDS)
    stop_at = time.monotonic() + max(0.0, settings.TASK_TIMEOUT_SECONDS - calls - 1)
    steps = 0
    while steps == 0 or time.monotonic() < stop_at:
        now = read_clock().now
        orphan = claim_first(Orphan.objects.due(now), "delete_due_at", now)
        if orphan is None:
            break
        _advance(orphan)
        steps += 1
    return steps


def are_due(moment: Moment) -> bool:
    """Say whether a deletion of an orphan is due."""
    return Orphan.objects.due(moment.now).exists()


def _advance(orphan: Orphan) -> None:
    moment = read_clock()
    obstacle = _obstacle(orphan)
    if obstacle:
        Orphan.objects.filter(pk=orphan.pk).update(delete_due_at=moment.now + PAUSED_LOOK_EVERY)
        return
    try:
        _step(orphan, moment)
    except ProviderError as error:
        log.warning("Orphan %s could not be deleted: %s", orphan, error)
        if isinstance(error, Throttled) and error.operation in OPERATIONS:
            turns.slow_down(orphan.region, OPERATIONS[error.operation], moment.now)
        orphan.failures += 1
        orphan.raw_error = f"{error.raw_code}: {error.raw_text}"
        orphan.delete_due_at = moment.now + backoff_of(orphan.failures)
        orphan.save(update_fields=["failures", "raw_error", "delete_due_at"])


def _step(orphan: Orphan, moment: Moment) -> None:
    """Look at the object by its id; unless it is owned, gone or going, ask AWS to delete it."""
    operator = operator_in(orphan.region)
    check_account(operator, orphan.region, moment.now)
    adapter = adapter_of(Listed(orphan.kind))
    seen = adapter.look_up(operator, [orphan.external_id]).get(orphan.external_id)
    orphan.delete_due_at = moment.now + DELETE_AGAIN_AFTER
    if seen is None or seen.state.casefold() == "deleted":
        note_absence(orphan, moment.now)
        orphan.save()
        return
    orphan.state, orphan.last_seen_at, orphan.absent_looks = seen.state, moment.now, 0
    if seen.state.casefold() in GOING:
        orphan.save()
        return
    if _is_owned(orphan, seen):
        log.warning("Orphan %s was to be deleted, and is kept: it is owned by now.", orphan)
        orphan.kept = True
        end(orphan, OrphanEnding.OWNED, moment.now)
        orphan.save()
        return
    api = OPERATIONS.get(adapter.delete_operation)
    later = turns.spend(orphan.region, api, 1, moment) if api else None
    if later is not None:
        orphan.delete_due_at = later
        orphan.save()
        return
    done = adapter.delete(operator, [orphan.external_id])
    if orphan.external_id in done.refused:
        raise done.refused[orphan.external_id]
    log.warning("Orphan %s: AWS was asked to delete it, for %s.", orphan, orphan.delete_requested_by)
    orphan.delete_asked_at, orphan.aws_request_id = moment.now, done.request_id
    orphan.failures, orphan.raw_error = 0, ""
    orphan.save()


def _is_owned(orphan: Orphan, seen: Sighting) -> bool:
    """Say whether an endpoint owns the object by now, or its tags do not name this installation any more."""
    if not seen.is_ours:
        return True
    opened = Attempt.objects.filter(gone_at__isnull=True)
    if opened.filter(external_id=orphan.external_id).exists():
        return True
    # An attempt whose create was not answered adopts what carries its tags.
    mine = opened.filter(generation=seen.generation, external_id="")
    return any(str(key) == seen.endpoint_id for key in mine.values_list("endpoint", flat=True))


def _obstacle(orphan: Orphan) -> str:
    installation = Installation.get()
    networks = Network.objects.filter(region=orphan.region)
    obstacles = [write_obstacle(network, installation) for network in networks]
    # It may lie in any of the region's networks: one that is paused is enough to wait.
    return next(filter(None, obstacles), "" if obstacles else "no_network")
