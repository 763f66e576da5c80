"""From rows to what `next_step` sees."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Max

from endpoints.domain.status import Status
from endpoints.domain.steps import AttemptView, Decision, Situation, next_step
from endpoints.models import Attempt, Moment, ReversePrivateEndpoint


def open_attempt(row: ReversePrivateEndpoint) -> Attempt | None:
    """Return the attempt whose object is not known to be gone."""
    return row.attempts.select_related("network").filter(gone_at__isnull=True).first()


def decide(row: ReversePrivateEndpoint, attempt: Attempt | None, moment: Moment) -> Decision:
    """Return the step that is due for a row."""
    last = row.attempts.aggregate(last=Max("generation"))["last"] or 0
    situation = Situation(
        status=Status(row.status),
        status_since=row.status_since,
        generation=row.generation,
        observed_generation=row.observed_generation,
        last_attempt=last,
        removal_requested=row.removal_requested_at is not None,
        observed_at=row.observed_at,
        attempt=_view(attempt) if attempt else None,
    )
    return next_step(situation, moment.now, timedelta(seconds=settings.CREATE_GRACE_SECONDS))


def _view(attempt: Attempt) -> AttemptView:
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
    )
