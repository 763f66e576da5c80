"""The daily match of AWS with the rows, and the list of orphans that comes of it."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from endpoints.domain.errors import ProviderError
from endpoints.domain.matching import UNOWNED, Difference
from endpoints.domain.timing import AUDIT_AGAIN, AUDIT_EVERY, AUDIT_RETRY
from endpoints.models import Moment, Network, Orphan, OrphanEnding, Region, read_clock
from endpoints.models.orphan import OrphanQuerySet
from endpoints.reconcile.auditing import Audit, audit

log = logging.getLogger(__name__)

ABSENT_LOOKS = 2
_MOST_KEPT = 200  # differences of rows that a region's row keeps


def due_regions(moment: Moment) -> list[str]:
    """Return the regions whose daily match is due."""
    return list(_due(moment.now).values_list("pk", flat=True))


def audit_region(name: str) -> bool:
    """Match one region if that is due, and keep what was found; False when nothing was read."""
    moment = read_clock()
    # Whoever moves the due time has the turn; it comes again if this process dies.
    if not _due(moment.now).filter(pk=name).update(audit_due_at=moment.now + AUDIT_RETRY):
        return False
    try:
        found = audit(Region.objects.get(pk=name))
    except ProviderError as error:
        log.warning("Region %s could not be matched with AWS: %s", name, error)
        Region.objects.filter(pk=name).update(audit_error=str(error))
        return False
    keep_orphans(found)
    _keep(found)
    return True


def keep_orphans(found: Audit) -> None:
    """Write what a match found of orphans into their list."""
    known = {orphan.external_id: orphan for orphan in Orphan.objects.filter(region=found.region)}
    orphans = {one.external_id: one for one in found.differences if one.code in UNOWNED}
    for difference in orphans.values():
        _keep_orphan(difference, found)
    for key, orphan in known.items():
        if orphan.ended_at is None and key not in orphans and orphan.kind in found.complete:
            _missed(orphan, found)


def uncertain_orphans(region: str) -> bool:
    """Say whether a second look has to tell about anything on a region's list."""
    unsure = Q(certain_at__isnull=True) | Q(absent_looks__gt=0)
    return Orphan.objects.filter(unsure, region=region, ended_at__isnull=True).exists()


@transaction.atomic
def claim_first(due: OrphanQuerySet, due_at: str, now: datetime) -> Orphan | None:
    """Take what is due first by the column `due_at`, and put it off for as long as a step may last."""
    found = due.select_for_update(skip_locked=True, of=("self",)).select_related("region")
    orphan = found.order_by(due_at).first()
    if orphan is not None:
        setattr(orphan, due_at, now + timedelta(seconds=settings.LEASE_SECONDS))
        orphan.save(update_fields=[due_at])
    return orphan


def note_absence(orphan: Orphan, now: datetime) -> None:
    """Count a look that missed an orphan; the second one in a row ends it. The caller saves."""
    orphan.absent_looks = min(orphan.absent_looks + 1, ABSENT_LOOKS)
    if orphan.absent_looks >= ABSENT_LOOKS:
        end(orphan, OrphanEnding.GONE, now)


def end(orphan: Orphan, ending: OrphanEnding, now: datetime) -> None:
    """Write how an orphan ended; the caller saves."""
    orphan.ended_at, orphan.ending, orphan.delete_due_at, orphan.adopt_due_at = now, ending, None, None


def _due(now: datetime) -> QuerySet[Region]:
    time_is_up = Q(audit_due_at__isnull=True) | Q(audit_due_at__lte=now)
    # A clock that was set back must not make a region wait for years.
    set_back = Q(audit_due_at__gt=now + AUDIT_EVERY)
    return Region.objects.filter(time_is_up | set_back, pk__in=Network.objects.values("region"))


@transaction.atomic
def _keep_orphan(difference: Difference, found: Audit) -> None:
    seen, now = difference.seen, found.began.now
    assert seen is not None
    # Locked: a person may ask for its end meanwhile, and another match may list it.
    orphan, _ = Orphan.objects.select_for_update().get_or_create(
        region_id=found.region,
        external_id=seen.external_id,
        defaults={
            "kind": difference.listed,
            "why": difference.code,
            "first_seen_at": now,
            "last_seen_at": now,
        },
    )
    if orphan.ended_at is not None:  # it is there again
        orphan.first_seen_at, orphan.certain_at = now, None
        orphan.ended_at, orphan.ending = None, ""
        orphan.delete_requested_at, orphan.delete_requested_by, orphan.delete_asked_at = None, "", None
        orphan.adopt_requested_at = orphan.adopt_requested_by = orphan.adopt_service = None
        orphan.adopt_description, orphan.adopt_problem, orphan.adopt_problem_params = "", "", {}
    orphan.kind = difference.listed
    orphan.endpoint_id, orphan.generation = seen.endpoint_id[:260], seen.generation
    orphan.state, orphan.made_at, orphan.why = seen.state[:40], seen.made_at, difference.code
    orphan.last_seen_at, orphan.absent_looks = now, 0
    if orphan.certain_at is None and (difference.is_certain or now - orphan.first_seen_at >= AUDIT_AGAIN):
        orphan.certain_at = now
        log.warning("Orphan in %s: %s (%s)", found.region, seen.external_id, difference.code)
    orphan.save()


@transaction.atomic
def _missed(known: Orphan, found: Audit) -> None:
    """Follow an orphan that the match does not call one any more."""
    orphan = Orphan.objects.select_for_update().get(pk=known.pk)
    seen, now = found.seen.get(orphan.external_id), found.began.now
    if seen is None or seen.state.casefold() == "deleted":
        note_absence(orphan, now)
    elif seen.state.casefold() == "deleting":
        orphan.state, orphan.last_seen_at, orphan.absent_looks = seen.state, now, 0
    else:
        end(orphan, OrphanEnding.OWNED, now)
    orphan.save()


def _keep(found: Audit) -> None:
    """Write when the region was matched, what differs besides orphans, and when it is due again."""
    now = found.began.now
    rows = [one for one in found.differences if one.code not in UNOWNED and one.is_certain]
    for one in rows:
        log.warning("Row and AWS differ in %s: %s (%s)", found.region, one.external_id, one.code)
    again = uncertain_orphans(found.region)
    Region.objects.filter(pk=found.region).update(
        audited_at=now,
        audit_due_at=now + (AUDIT_AGAIN if again else AUDIT_RETRY if found.failed else AUDIT_EVERY),
        audit_error="\n".join(f"{listed}: {error}" for listed, error in found.failed.items()),
        audit_found=[_as_json(one) for one in rows[:_MOST_KEPT]],
    )


def _as_json(one: Difference) -> dict[str, object]:
    endpoint_id = one.told.endpoint_id if one.told else ""
    return {
        "code": one.code.value,
        "external_id": one.external_id,
        "endpoint_id": endpoint_id,
        "params": one.params,
    }
