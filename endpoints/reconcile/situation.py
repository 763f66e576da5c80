"""From rows to what `next_step` sees."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects

from endpoints.domain.deadlines import next_moment, warning_due
from endpoints.domain.reasons import Reason
from endpoints.domain.shares import HEALING
from endpoints.domain.specs import SPECS, Spec
from endpoints.domain.status import Status
from endpoints.domain.steps import AttemptView, Decision, Preparation, Situation, next_step
from endpoints.domain.types import EndpointType
from endpoints.models import Attempt, Moment, ReversePrivateEndpoint

GIVEN_UP = {
    Reason.ASSOCIATING: Reason.RESOURCE_UNREACHABLE,
    Reason.PARTIAL_AT_AWS: Reason.FAILED_AT_AWS,
}
"""What a row that AWS has made and not connected fails with after a long time, by its reason until then."""


def attempts_of(row: ReversePrivateEndpoint) -> list[Attempt]:
    """Return all attempts of a locked row, with their networks; they are read once and kept with the row."""
    read_attempts([row])
    return list(row.attempts.all())


def read_attempts(rows: Sequence[ReversePrivateEndpoint]) -> None:
    """Read the attempts of all these locked rows that were not read yet, with one query."""
    prefetch_related_objects(rows, Prefetch("attempts", Attempt.objects.select_related("network")))


def open_attempt(row: ReversePrivateEndpoint) -> Attempt | None:
    """Return the attempt of a locked row whose object is not known to be gone."""
    return next((one for one in attempts_of(row) if one.gone_at is None), None)


def decide(row: ReversePrivateEndpoint, attempt: Attempt | None, moment: Moment) -> Decision:
    """Return the step that is due for a locked row with this open attempt."""
    situation = Situation(
        status=Status(row.status),
        status_since=row.status_since,
        generation=row.generation,
        observed_generation=row.observed_generation,
        last_attempt=max((one.generation for one in attempts_of(row)), default=0),
        removal_requested=row.removal_requested_at is not None,
        observed_at=row.observed_at,
        attempt=_view(attempt, row) if attempt else None,
        preparation=_preparation(row),
        is_connecting=row.reason in GIVEN_UP,
        warned_at=row.warned_at,
    )
    return next_step(situation, moment.now, timedelta(seconds=settings.CREATE_GRACE_SECONDS))


def in_time(row: ReversePrivateEndpoint, look_at: datetime, now: datetime) -> datetime:
    """Return when to look again: as wanted, but no later than the row's next warning or its deadline."""
    if row.removal_requested_at is not None:
        return look_at
    if warning_due(Status(row.status), row.status_since, now, row.warned_at):
        return now
    return min(look_at, next_moment(Status(row.status), row.status_since, now) or look_at)


def _preparation(row: ReversePrivateEndpoint) -> Preparation:
    return Preparation(
        done=not _spec(row).prepares or row.prepared_generation >= row.generation,
        heals=row.reason in HEALING,
        must_accept="accept" in row.preparation,
        look_at=row.prepare_look_at,
    )


def _spec(row: ReversePrivateEndpoint) -> type[Spec]:
    return SPECS[EndpointType(row.type)]


def _view(attempt: Attempt, row: ReversePrivateEndpoint) -> AttemptView:
    return AttemptView(
        generation=attempt.generation,
        in_doubt=attempt.in_doubt,
        started_at=attempt.started_at,
        refused=attempt.refused_at is not None,
        external_id=attempt.external_id,
        state=attempt.state,
        absent_listings=attempt.absent_listings,
        delete_asked_at=attempt.delete_asked_at,
        private_dns_look_at=attempt.private_dns_look_at,
        repeatable=_spec(row).repeatable,
    )
