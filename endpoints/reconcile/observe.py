"""Look at one region: list everything of ours there, and write what changed. The only judge of absence.

A listing counts for a row only if it began after the row's last AWS write ended and while no worker held the
row; absence needs two such complete listings (design, engine 3) in the pinned account.
"""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task

from endpoints import claims, intents
from endpoints.domain.errors import ProviderError
from endpoints.domain.reasons import EventCode
from endpoints.domain.sighting import Sighting
from endpoints.domain.specs import Listed
from endpoints.domain.timing import ABSENT_LISTINGS, DETAILS_AGAIN, DETAILS_EVERY
from endpoints.models import Attempt, Event, Orphan, Region, ReversePrivateEndpoint, read_clock
from endpoints.reconcile import breakers, record
from endpoints.reconcile.cadence import next_look
from endpoints.reconcile.leases import LeaseLost, claim_region, renew_region
from endpoints.reconcile.listing import GONE_STATES, Listing, observing_network, open_attempts, read_region

log = logging.getLogger(__name__)

FAILED_LOOK_AGAIN = timedelta(seconds=15)
_BATCH = 500  # rows locked and written in one transaction

_COMPARED = (
    "endpoint_id", "generation", "external_id", "seen_digest", "details", "absent_listings", "started_at",
    "refused_at",
)  # fmt: skip

UNREAD = "unread"
"""The key that marks an attempt's details when they could not be read again."""


def observe_region(name: str) -> bool:
    """List a region and write what changed; False when another observer is at it or nothing can be read."""
    token = claim_region(name, read_clock())
    if token is None:
        return False
    region = Region.objects.get(pk=name)
    try:
        listing = read_region(region, token)
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
    return bool(listing.complete)


def _apply(region: Region, token: uuid.UUID, listing: Listing) -> bool:
    """Hold every open attempt against the listing; return whether any row changed."""
    attempts = list(open_attempts(region, listing.complete).only(*_COMPARED).order_by("endpoint_id"))
    suspects = [attempt.endpoint_id for attempt in attempts if _differs(attempt, listing)]
    changed = False
    for start in range(0, len(suspects), _BATCH):
        renew_region(region.pk, token)  # whoever was overtaken must not write what it saw before
        changed |= _apply_batch(suspects[start : start + _BATCH], listing)
    known = {(str(attempt.endpoint_id), attempt.generation) for attempt in attempts}
    for key, sighting in listing.seen.items():
        if key not in known and sighting.state.casefold() not in GONE_STATES:
            changed |= _reopen(sighting, listing)
    return changed


def _differs(attempt: Attempt, listing: Listing) -> bool:
    seen = _sighting_of(attempt, listing)
    if seen is None:
        return attempt.absent_listings < ABSENT_LISTINGS or _may_close(attempt, listing)
    if seen.external_id in listing.unread or seen.external_id in listing.postponed:
        return True
    details = listing.details.get(seen.external_id, attempt.details)
    return attempt.absent_listings > 0 or attempt.seen_digest != seen.digest or details != attempt.details


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
    unread = _unread(ids, listing)
    counted = {row.pk: row for row in every if _counts_for(row, listing)}
    rows = {key: row for key, row in counted.items() if key not in unread}
    # What was seen of them is thrown away, so this listing must not pass for an observation of theirs.
    skipped = [row.pk for row in every if row.pk not in rows]
    ReversePrivateEndpoint.objects.filter(pk__in=skipped).update(skipped_at=listing.began.now)
    for key in unread.keys() & counted.keys():
        if unread[key].external_id in listing.unread:
            _tell_unread(counted[key], unread[key], listing)
    changed = False
    for attempt in Attempt.objects.filter(endpoint__in=rows, gone_at__isnull=True):
        changed |= _hold_against(rows[attempt.endpoint_id], attempt, listing)
    return changed


def _unread(ids: list[uuid.UUID], listing: Listing) -> dict[uuid.UUID, Attempt]:
    """Return the attempts whose details should have been read and were not, by endpoint."""
    wanted = [*listing.unread, *listing.postponed]
    if not wanted:
        return {}
    found = Attempt.objects.filter(endpoint__in=ids, gone_at__isnull=True, external_id__in=wanted)
    return {attempt.endpoint_id: attempt for attempt in found}


def _tell_unread(row: ReversePrivateEndpoint, attempt: Attempt, listing: Listing) -> None:
    """Tell what a row on its way to Ready waits for; a settled one keeps its status, and AWS's words."""
    record.stumble(row, listing.unread[attempt.external_id], listing.began.now, attempt)
    row.save(update_fields=["reason", "reason_params", "raw_error"])
    # So that what is read next is news, even if it is what was known before.
    attempt.details = {**attempt.details, UNREAD: True}
    attempt.save(update_fields=["details"])


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
        # That a create has no effect yet is no news: it is repeated when its wait is over.
        changed = bool(attempt.external_id or attempt.refused_at)
    else:
        news = record.apply_sighting(row, attempt, seen, now, listing.details.get(seen.external_id))
        changed = record.tell(row, news)
        if changed:
            attempt.save()
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
        .filter(pk=attempt.endpoint_id)
        .first()
    )
    if row is None or not _counts_for(row, listing) or row.attempts.filter(gone_at__isnull=True).exists():
        return False
    if Orphan.objects.filter(external_id=sighting.external_id, delete_due_at__isnull=False).exists():
        return False  # a person has asked for its deletion: it is nobody's until it is gone
    now = listing.began.now
    attempt.gone_at = attempt.delete_asked_at = attempt.seen_at = None
    attempt.refusal = {}
    attempt.external_id = sighting.external_id
    row.removed_at = None
    params = {"external_id": sighting.external_id}
    Event.line(row, EventCode.SEEN_AGAIN, now, attempt=attempt, params=params).save()
    record.tell(row, record.apply_sighting(row, attempt, sighting, now))
    attempt.save()
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
    began = listing.began.now
    due_at = next_look(region, began)
    written: dict[str, object] = {"lease_token": None, "lease_until": None}
    for listed in listing.complete:
        written |= _told(listed, listed_at=began, failing_since=None, raw_error="")
    for listed in listing.unwanted:
        written |= _told(listed, failing_since=None, raw_error="")
    for listed, error in listing.failed.items():
        log.warning("The %s of region %s could not be listed: %s", listed, region.pk, error)
        breakers.not_listed(region, listing.role_arn, error, began)
        since = region.looked(listed)[1] or began
        written |= _told(listed, failing_since=since, raw_error=str(error))
        due_at = min(due_at, began + FAILED_LOOK_AGAIN)
    if not listing.failed:
        breakers.listed(region, listing.role_arn, began)
    if listing.is_thorough:
        # What could not be read is read again soon, but not in every listing.
        is_whole = not listing.unread and not listing.postponed
        written["details_at"] = began if is_whole else began - DETAILS_EVERY + DETAILS_AGAIN
    if listing.unread:
        due_at = max(due_at, began + FAILED_LOOK_AGAIN)
    mine = Region.objects.filter(pk=region.pk, lease_token=token)
    # Whoever woke the region meanwhile is not overheard: a due time that changed since the claim stays.
    if not mine.filter(observe_due_at=region.observe_due_at).update(observe_due_at=due_at, **written):
        mine.update(**written)
    intents.wake_pulse()


def _told(listed: Listed, **columns: object) -> dict[str, object]:
    """Return the columns of a listing under their names in the region's row."""
    prefix = "connections_" if listed is Listed.CONNECTIONS else ""
    return {f"{prefix}{name}": value for name, value in columns.items()}


def _could_not_look(region: Region, token: uuid.UUID, error: Exception) -> None:
    log.warning("Region %s could not be listed: %s", region.pk, error)
    now = read_clock().now
    network = observing_network(region)
    if network is not None:
        breakers.not_listed(region, network.role_arn, error, now)
    written: dict[str, object] = {}
    for listed in Listed:
        since = region.looked(listed)[1] or now
        written |= _told(listed, failing_since=since, raw_error=str(error))
    Region.objects.filter(pk=region.pk, lease_token=token).update(
        observe_due_at=now + FAILED_LOOK_AGAIN, lease_token=None, lease_until=None, **written
    )
    intents.wake_pulse()
