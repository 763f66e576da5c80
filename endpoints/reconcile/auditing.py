"""Reading one region for the three-set match. It writes nothing, and takes no lease from an observer.

AWS is read first and the rows after it: whatever was listed has its row by then, if it ever had one.
"""

import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, Max, OuterRef

from endpoints.domain.errors import OperatorError, ProviderError
from endpoints.domain.matching import Difference, Match, Told, match
from endpoints.domain.sighting import Sighting
from endpoints.domain.specs import SPECS, Listed
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import Attempt, Event, Moment, Region, ReversePrivateEndpoint, read_clock
from endpoints.providers.base import Operator
from endpoints.providers.session import account_id
from endpoints.reconcile.listing import adapter_of, operator_in, recall, types_in, was_wanted
from endpoints.reconcile.operators import WrongAccount
from endpoints.reconcile.record import expected_of
from endpoints.reconcile.situation import GIVEN_UP

_HAVE_OBJECTS = (Status.READY, Status.PENDING_ACCEPTANCE)


@dataclass(frozen=True)
class Audit:
    """What one look at a region found. `failed` are listings that could not be read, with why.

    `complete` are the listings that were; differences speak of those only. `seen` are all objects of ours,
    by external id.
    """

    region: str
    began: Moment
    complete: frozenset[Listed]
    failed: Mapping[Listed, ProviderError]
    seen: Mapping[str, Sighting]
    equal: int = 0
    differences: tuple[Difference, ...] = ()


@dataclass
class _Read:
    objects: list[tuple[Listed, Sighting]] = field(default_factory=list)
    complete: set[Listed] = field(default_factory=set)
    failed: dict[Listed, ProviderError] = field(default_factory=dict)


def audit(region: Region) -> Audit:
    """Hold everything of ours in a region against the rows. Raises ProviderError when nothing can be read."""
    began = read_clock()
    operator = operator_in(region)
    _check_account(operator, region)
    read = _Read()
    for listed in Listed:
        _read_listing(read, operator, region, listed)
    attempts = _attempts(region, read)
    _look_up_the_missing(read, operator, attempts)
    settled_before = began.now - timedelta(seconds=settings.CREATE_GRACE_SECONDS)
    objects = [one for one in read.objects if one[0] in read.complete]
    told = [_told(attempt, began) for attempt in attempts] + _without_attempt(region, read, began)
    told = [one for one in told if one.listed in read.complete]
    found = match(objects, told, _known_rows(objects), settled_before)
    return Audit(
        region.pk,
        began,
        frozenset(read.complete),
        read.failed,
        {seen.external_id: seen for _, seen in objects},
        found.equal,
        _still_certain(found, settled_before),
    )


def _check_account(operator: Operator, region: Region) -> None:
    """Raise WrongAccount outside the pinned account; unlike the workers' check it pins and notes nothing."""
    account = account_id(operator)
    if region.account_id and region.account_id != account:
        raise WrongAccount(
            "GetCallerIdentity", "WrongAccount", f"The credentials belong to account {account}."
        )


def _read_listing(read: _Read, operator: Operator, region: Region, listed: Listed) -> None:
    try:
        objects = list(adapter_of(listed).list_owned(operator, recall))
    except ProviderError as error:
        # A service that nobody ever needed may not even be allowed to us.
        if not isinstance(error, OperatorError) or was_wanted(region, listed):
            read.failed[listed] = error
        return
    read.objects += [(listed, seen) for seen in objects]
    read.complete.add(listed)


def _look_up_the_missing(read: _Read, operator: Operator, attempts: Iterable[Attempt]) -> None:
    """Look by id for what listings miss: its tags may have been taken away, or the listing lags."""
    seen = {sighting.external_id for _, sighting in read.objects}
    missing: dict[Listed, list[str]] = {}
    for attempt in attempts:
        if attempt.gone_at is None and attempt.external_id and attempt.external_id not in seen:
            missing.setdefault(_listed(attempt.endpoint), []).append(attempt.external_id)
    for listed in missing.keys() & read.complete:
        try:
            found = adapter_of(listed).look_up(operator, sorted(missing[listed]))
        except ProviderError as error:
            read.failed[listed] = error
            read.complete.discard(listed)
            continue
        read.objects += [(listed, sighting) for sighting in found.values()]


def _attempts(region: Region, read: _Read) -> list[Attempt]:
    """Return the region's open attempts, and the closed ones that tags name."""
    mine = Attempt.objects.filter(network__region=region).select_related("endpoint")
    found = list(mine.filter(gone_at__isnull=True))
    known = {(str(attempt.endpoint_id), attempt.generation) for attempt in found}
    unknown = {s.endpoint_id for _, s in read.objects if (s.endpoint_id, s.generation) not in known}
    return found + list(mine.filter(gone_at__isnull=False, endpoint__in=_ids(unknown)))


def _ids(names: Iterable[str]) -> set[uuid.UUID]:
    """Return those that are spelled as ids of rows; tags may say anything."""
    found = set()
    for name in names:
        with suppress(ValueError):
            found.add(uuid.UUID(name))
    return found


def _known_rows(objects: Iterable[tuple[Listed, Sighting]]) -> set[str]:
    named = _ids({sighting.endpoint_id for _, sighting in objects})
    rows = ReversePrivateEndpoint.objects.filter(pk__in=named)
    return {str(key) for key in rows.values_list("pk", flat=True)}


def _listed(row: ReversePrivateEndpoint) -> Listed:
    return SPECS[EndpointType(row.type)].listed


def _told(attempt: Attempt, began: Moment) -> Told:
    row = attempt.endpoint
    written = (
        attempt.created_at,
        attempt.started_at,
        attempt.answered_at,
        attempt.delete_asked_at,
        attempt.gone_at,
    )
    known = _told_of_row(row, began, max(moment for moment in written if moment is not None))
    is_current = attempt.generation == row.generation
    return replace(
        known,
        generation=attempt.generation,
        external_id=attempt.external_id,
        is_open=attempt.gone_at is None,
        is_wanted=known.is_wanted and is_current,
        state=attempt.state,
        details=attempt.details,
        expected=expected_of(attempt),
        changed=tuple(row.changed_outside),
    )


def _without_attempt(region: Region, read: _Read, began: Moment) -> list[Told]:
    """Return the rows whose status says that they have an object, and that have no attempt to say which."""
    opened = Attempt.objects.filter(endpoint=OuterRef("pk"), gone_at__isnull=True)
    rows = ReversePrivateEndpoint.objects.live().filter(
        ~Exists(opened), region=region, status__in=_HAVE_OBJECTS, type__in=types_in(*read.complete)
    )
    return [_told_of_row(row, began, row.created_at) for row in rows]


def _told_of_row(row: ReversePrivateEndpoint, began: Moment, written_at: datetime) -> Told:
    held = row.lease_until is not None and row.lease_until > began.real
    just_written = row.write_ended_at is not None and row.write_ended_at >= began.real
    moments = (written_at, row.status_since, row.removal_requested_at, row.removed_at)
    return Told(
        endpoint_id=str(row.pk),
        generation=0,
        listed=_listed(row),
        spec=SPECS[EndpointType(row.type)],
        external_id=row.external_id,
        is_open=True,
        is_wanted=row.removal_requested_at is None and row.observed_generation == row.generation,
        is_held=held or just_written,
        written_at=max(moment for moment in moments if moment is not None),
        status=Status(row.status),
        gave_up=row.status == Status.FAILED and row.reason in GIVEN_UP.values(),
        names=frozenset(row.answered_names),
    )


def _still_certain(found: Match, settled_before: datetime) -> tuple[Difference, ...]:
    """Take certainty from what a newer call to AWS may still change: only a timeline tells of all calls."""
    about = {difference.told.endpoint_id for difference in found.differences if difference.told}
    calls = Event.objects.filter(endpoint__in=_ids(about)).exclude(operation="").order_by()
    newest = {str(key): at for key, at in calls.values_list("endpoint").annotate(Max("at"))}

    def is_certain(one: Difference) -> bool:
        called_at = newest.get(one.told.endpoint_id) if one.told else None
        return one.is_certain and (called_at is None or called_at <= settled_before)

    return tuple(replace(one, is_certain=is_certain(one)) for one in found.differences)
