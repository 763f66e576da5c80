"""Look at one region: list everything of ours there, and write what changed. The only judge of absence.

A listing counts for a row only if it began after the row's last AWS write ended and while no worker held the
row; absence needs two such complete listings (design, engine 3) in the pinned account.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django_q.tasks import async_task

from endpoints import claims, intents
from endpoints.domain.errors import ProviderError
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.sighting import Sighting
from endpoints.domain.status import FACTS, Status
from endpoints.domain.timing import ABSENT_LISTINGS, observe_every
from endpoints.models import (
    Attempt,
    Event,
    Installation,
    Moment,
    Network,
    Region,
    ReversePrivateEndpoint,
    read_clock,
)
from endpoints.providers.base import Operator
from endpoints.providers.registry import ADAPTERS
from endpoints.reconcile import record
from endpoints.reconcile.leases import LeaseLost, claim_region, renew_region
from endpoints.reconcile.operators import check_account, operator_of

log = logging.getLogger(__name__)

FAILED_LOOK_AGAIN = timedelta(seconds=15)
_GONE_STATES = ("deleted", "deleting")
_BATCH = 500  # rows locked and written in one transaction
_PAGE = 1000  # sightings in one page of a listing


@dataclass(frozen=True)
class Listing:
    """Everything of ours in a region, and when the reading of it began."""

    began: Moment
    seen: dict[tuple[str, int], Sighting]


def observe_region(name: str) -> bool:
    """List a region and write what changed; False when another observer is at it or nothing can be read."""
    token = claim_region(name, read_clock())
    if token is None:
        return False
    region = Region.objects.get(pk=name)
    try:
        listing = _list(region, token)
        changed = _apply(region, token, listing)
    except LeaseLost:
        log.info("Region %s was taken over by another observer.", name)
        return False
    except ProviderError as error:
        _could_not_look(region, token, error)
        return False
    except Exception as error:
        _could_not_look(region, token, error)
        raise
    _looked(region, token, listing)
    if changed:
        async_task("endpoints.tasks.reconcile_due")
    return True


def _list(region: Region, token: uuid.UUID) -> Listing:
    """Read all pages. Raises ProviderError: half a listing is none."""
    began = read_clock()
    operator = _operator(region)
    check_account(operator, region, began.now)
    seen: dict[tuple[str, int], Sighting] = {}
    for lister in {adapter.list_owned for adapter in ADAPTERS.values()}:
        for sighting in lister(operator):
            key = (sighting.endpoint_id, sighting.generation)
            # A dying object never hides a living one of the same attempt.
            if key not in seen or seen[key].state.casefold() in _GONE_STATES:
                seen[key] = sighting
            if len(seen) % _PAGE == 0:
                renew_region(region.pk, token)
    if any((str(a.endpoint_id), a.generation) not in seen for a in _open_attempts(region)):
        check_account(operator, region, began.now, afresh=True)
    return Listing(began, seen)


def _operator(region: Region) -> Operator:
    """Return the region's operator: all networks of a region share one account."""
    network = Network.objects.filter(region=region).order_by("draining", "pk").first()
    if network is None:
        raise ProviderError("DescribeVpcEndpoints", "NoNetwork", f"No network in {region.pk}.")
    return operator_of(network, Installation.get())


def _open_attempts(region: Region) -> QuerySet[Attempt]:
    """Return the attempts that may have an object in the region."""
    sent = Q(in_doubt=True) | ~Q(external_id="")
    return Attempt.objects.filter(sent, network__region=region, gone_at__isnull=True)


def _apply(region: Region, token: uuid.UUID, listing: Listing) -> bool:
    """Hold every open attempt against the listing; return whether any row changed."""
    attempts = list(_open_attempts(region).order_by("endpoint_id"))
    suspects = [attempt.endpoint_id for attempt in attempts if _differs(attempt, listing)]
    changed = False
    for start in range(0, len(suspects), _BATCH):
        renew_region(region.pk, token)  # whoever was overtaken must not write what it saw before
        changed |= _apply_batch(suspects[start : start + _BATCH], listing)
    known = {(str(attempt.endpoint_id), attempt.generation) for attempt in attempts}
    for key, sighting in listing.seen.items():
        if key not in known and sighting.state.casefold() not in _GONE_STATES:
            changed |= _reopen(sighting, listing)
    return changed


def _differs(attempt: Attempt, listing: Listing) -> bool:
    seen = _sighting_of(attempt, listing)
    if seen is None:
        return attempt.absent_listings < ABSENT_LISTINGS or _may_close(attempt, listing)
    return attempt.absent_listings > 0 or attempt.seen_digest != seen.digest


def _may_close(attempt: Attempt, listing: Listing) -> bool:
    """Say whether this is the listing after the grace that proves the object gone: its row is due then."""
    if attempt.started_at is None or not (attempt.external_id or attempt.refused_at):
        return False
    return listing.began.now >= attempt.started_at + timedelta(seconds=settings.CREATE_GRACE_SECONDS)


def _sighting_of(attempt: Attempt, listing: Listing) -> Sighting | None:
    return listing.seen.get((str(attempt.endpoint_id), attempt.generation))


@transaction.atomic
def _apply_batch(ids: list[uuid.UUID], listing: Listing) -> bool:
    locked = ReversePrivateEndpoint.objects.select_for_update(of=("self",)).select_related("region")
    every = list(locked.filter(pk__in=ids).order_by("pk"))
    rows = {row.pk: row for row in every if _counts_for(row, listing)}
    # What was seen of them is thrown away, so this listing must not pass for an observation of theirs.
    skipped = [row.pk for row in every if row.pk not in rows]
    ReversePrivateEndpoint.objects.filter(pk__in=skipped).update(skipped_at=listing.began.now)
    changed = False
    for attempt in Attempt.objects.filter(endpoint__in=rows, gone_at__isnull=True):
        changed |= _hold_against(rows[attempt.endpoint_id], attempt, listing)
    return changed


def _counts_for(row: ReversePrivateEndpoint, listing: Listing) -> bool:
    """Say whether the listing is newer than everything that was done to the row's object."""
    held = row.lease_until is not None and row.lease_until > listing.began.real
    written = row.write_ended_at is not None and row.write_ended_at >= listing.began.real
    return not held and not written


def _hold_against(row: ReversePrivateEndpoint, attempt: Attempt, listing: Listing) -> bool:
    now = listing.began.now
    seen = _sighting_of(attempt, listing)
    if seen is None:
        attempt.absent_listings = min(attempt.absent_listings + 1, ABSENT_LISTINGS)
        attempt.save(update_fields=["absent_listings"])
        changed = True
    else:
        changed = record.apply_sighting(row, attempt, seen, now)
    if changed:
        row.due_at = now
        row.save()
    return changed


@transaction.atomic
def _reopen(sighting: Sighting, listing: Listing) -> bool:
    """Take an object back that was believed gone, such as the late effect of a call from a dying worker."""
    attempt = _closed_attempt(sighting)
    if attempt is None or attempt.gone_at is None or attempt.gone_at >= listing.began.now:
        return False
    row = (
        ReversePrivateEndpoint.objects.select_for_update(of=("self",))
        .select_related("region", "service")
        .get(pk=attempt.endpoint_id)
    )
    if not _counts_for(row, listing) or row.attempts.filter(gone_at__isnull=True).exists():
        return False
    now = listing.began.now
    attempt.gone_at = attempt.delete_asked_at = attempt.seen_at = None
    attempt.refusal = {}
    attempt.external_id = sighting.external_id
    row.removed_at = None
    params = {"external_id": sighting.external_id}
    Event.line(row, EventCode.SEEN_AGAIN, now, attempt=attempt, params=params).save()
    record.apply_sighting(row, attempt, sighting, now)
    row.due_at = now
    row.save()
    _claim_again(row)
    return True


def _closed_attempt(sighting: Sighting) -> Attempt | None:
    try:
        endpoint_id = uuid.UUID(sighting.endpoint_id)
    except ValueError:
        return None
    return Attempt.objects.filter(
        endpoint=endpoint_id, generation=sighting.generation, gone_at__isnull=False
    ).first()


def _claim_again(row: ReversePrivateEndpoint) -> None:
    """Claim for a row that lives again; where somebody else has the claim by now, it is cleaned up."""
    if row.removal_requested_at is not None:
        return
    try:
        with transaction.atomic():
            claims.claim_target(row)
    except claims.Taken:
        intents.clean_up(endpoint=row)


def _looked(region: Region, token: uuid.UUID, listing: Listing) -> None:
    live = ReversePrivateEndpoint.objects.live().filter(region=region)
    statuses = {Status(status) for status in live.values_list("status", flat=True).distinct()}
    in_motion = (
        any(FACTS[status].in_motion for status in statuses)
        or live.filter(reason=Reason.MODIFYING).exists()
        or _open_attempts(region)
        .filter(Q(in_doubt=True) | Q(absent_listings__gt=0) | Q(endpoint__removal_requested_at__isnull=False))
        .exists()
    )
    Region.objects.filter(pk=region.pk, lease_token=token).update(
        listed_at=listing.began.now,
        observe_due_at=listing.began.now + observe_every(statuses, in_motion=in_motion),
        failing_since=None,
        raw_error="",
        lease_token=None,
        lease_until=None,
    )


def _could_not_look(region: Region, token: uuid.UUID, error: Exception) -> None:
    log.warning("Region %s could not be listed: %s", region.pk, error)
    now = read_clock().now
    Region.objects.filter(pk=region.pk, lease_token=token).update(
        failing_since=region.failing_since or now,
        raw_error=str(error),
        observe_due_at=now + FAILED_LOOK_AGAIN,
        lease_token=None,
        lease_until=None,
    )
