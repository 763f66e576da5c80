"""Adopting orphans because a person asked: the object is read once more, and becomes a row's own.

Nothing is written to AWS. Whatever stands against it is told on the orphan, which stays one.
"""

import logging
import time

from django.conf import settings
from django.db import transaction

from endpoints import claims, intents
from endpoints.domain.errors import ProviderError
from endpoints.domain.matching import GOING
from endpoints.domain.specs import Listed
from endpoints.domain.timing import backoff_of
from endpoints.models import (
    Attempt,
    Moment,
    Network,
    Orphan,
    OrphanEnding,
    Region,
    ReversePrivateEndpoint,
    read_clock,
)
from endpoints.providers.adoption import Found, read_found
from endpoints.reconcile import record
from endpoints.reconcile.listing import operator_in
from endpoints.reconcile.operators import check_account
from endpoints.reconcile.orphans import claim_first, end

log = logging.getLogger(__name__)


def are_due(moment: Moment) -> bool:
    """Say whether a try to adopt an orphan is due."""
    return Orphan.objects.to_adopt(moment.now).exists()


def adopt_orphans() -> int:
    """Try all adoptions that are due; return how many were tried."""
    calls = 4 * (settings.AWS_CONNECT_SECONDS + settings.AWS_READ_SECONDS)
    stop_at = time.monotonic() + max(0.0, settings.TASK_TIMEOUT_SECONDS - 2 * calls - 1)
    tried = 0
    while tried == 0 or time.monotonic() < stop_at:
        now = read_clock().now
        orphan = claim_first(Orphan.objects.to_adopt(now), "adopt_due_at", now)
        if orphan is None:
            break
        _try(orphan)
        tried += 1
    return tried


def _try(orphan: Orphan) -> None:
    moment = read_clock()
    try:
        operator = operator_in(orphan.region)
        check_account(operator, orphan.region, moment.now)
        found = read_found(operator, Listed(orphan.kind), orphan.external_id)
    except ProviderError as error:
        log.warning("Orphan %s could not be read to be adopted: %s", orphan, error)
        orphan.failures += 1
        orphan.raw_error = f"{error.raw_code}: {error.raw_text}"
        orphan.adopt_due_at = moment.now + backoff_of(orphan.failures)
        orphan.save(update_fields=["failures", "raw_error", "adopt_due_at"])
        return
    try:
        row = _adopt(orphan, found, moment)
    except intents.IntentRefused as refused:
        log.warning("Orphan %s is not adopted: %s", orphan, refused)
        Orphan.objects.filter(pk=orphan.pk).update(
            adopt_due_at=None, adopt_problem=refused.code, adopt_problem_params=refused.params
        )
    else:
        log.warning("Orphan %s was adopted by endpoint %s.", orphan, row.pk)


@transaction.atomic
def _adopt(orphan: Orphan, found: Found | None, moment: Moment) -> ReversePrivateEndpoint:
    now = moment.now
    locked = Orphan.objects.select_for_update(of=("self",)).select_related("region").get(pk=orphan.pk)
    if found is None or not locked.is_standing or locked.adopt_due_at is None:
        raise intents.IntentRefused("orphan_not_here", external_id=orphan.external_id)
    if found.seen.state.casefold() in GOING:
        raise intents.IntentRefused("adopt_going", state=found.seen.state)
    said = (found.seen.endpoint_id, found.seen.generation)
    if not found.seen.is_ours or said != (locked.endpoint_id, locked.generation):
        raise intents.IntentRefused("adopt_not_ours")
    if Attempt.objects.filter(external_id=locked.external_id, gone_at__isnull=True).exists():
        raise intents.IntentRefused("adopt_row_lives")
    network = Network.objects.filter(region=locked.region_id, vpc_id=found.vpc_id).first()
    if network is None:
        raise intents.IntentRefused("adopt_no_network", vpc=found.vpc_id)
    adoptable = intents.Adoptable(found.type, found.candidates, found.preparation)
    row = intents.adopt_orphan(orphan=locked, found=adoptable, now=now)
    _give(row, network, found, moment)
    end(locked, OrphanEnding.OWNED, now)
    locked.save()
    Region.objects.filter(pk=locked.region_id).update(observe_due_at=now)
    intents.wake_pulse()
    return row


def _give(row: ReversePrivateEndpoint, network: Network, found: Found, moment: Moment) -> None:
    """Make the attempt by which the row owns the object, as if it had been made by it just now."""
    now = moment.now
    made = row.attempts.filter(generation=row.generation).first()
    attempt = made or Attempt(endpoint=row, generation=row.generation, created_at=now)
    attempt.network, attempt.request = network, found.request
    attempt.token = f"{row.pk.hex}-{row.generation}"
    attempt.started_at, attempt.in_doubt, attempt.refused_at, attempt.refusal = now, False, None, {}
    attempt.gone_at = attempt.delete_asked_at = attempt.seen_at = attempt.private_dns_look_at = None
    attempt.seen_digest, attempt.absent_listings, attempt.details, attempt.address_type = "", 0, {}, ""
    attempt.private_dns_wanted = list(found.private_names)
    attempt.private_dns_on_at = now if found.private_names else None
    attempt.external_id = found.seen.external_id
    attempt.save()
    claims.use_up(row, now)
    try:
        claims.claim_private_names(row, network.vpc_id, list(found.private_names))
    except claims.Taken:
        names = ", ".join(found.private_names)
        raise intents.IntentRefused("adopt_names_taken", names=names) from None
    row.write_ended_at = moment.real
    record.tell(row, record.apply_sighting(row, attempt, found.seen, now))
    attempt.save()
    row.save()
