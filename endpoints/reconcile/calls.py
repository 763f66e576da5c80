"""Making and changing in AWS: save the intent, call with no transaction open, save the answer.

Each step takes the work at hand and returns when to look again (moved time). `advance` in `act.py` catches
what goes wrong in between.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from endpoints import claims
from endpoints.domain.errors import ProviderError, Unanswered, Unplaceable, UserError
from endpoints.domain.rates import Api
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.sighting import Sighting
from endpoints.domain.timing import PRIVATE_DNS_AGAIN
from endpoints.models import Attempt, Event, ReversePrivateEndpoint
from endpoints.providers.base import Answer
from endpoints.reconcile import record, turns
from endpoints.reconcile.leases import LeaseLost, read_at
from endpoints.reconcile.operators import check_account
from endpoints.reconcile.work import Work, locked_attempt

# --- create ---------------------------------------------------------------------------------------------


def create(work: Work) -> datetime | None:
    """Look for the object by its tags; adopt it, or send the saved request (again)."""
    doubt_before = _begin(work)
    made = send(work, doubt_before=doubt_before)
    if not isinstance(made, Made):
        return made
    with work.ending() as row:
        attempt = locked_attempt(row)
        record.tell(row, note_made(work, row, attempt, made))
        attempt.save()
        row.save()
    return work.moment.now


def _begin(work: Work) -> bool:
    """Save that a create is being sent; return whether an earlier one is in doubt."""
    with work.lease.held():
        attempt = work.row.attempts.filter(gone_at__isnull=True).first()
        if attempt is None:
            raise LeaseLost  # the observer saw it go meanwhile
        doubt_before = attempt.in_doubt
        attempt.tries += 1
        attempt.started_at = work.moment.now
        attempt.in_doubt = True
        attempt.absent_listings = 0
        attempt.save(update_fields=["tries", "started_at", "in_doubt", "absent_listings"])
        record.aws_line(
            work.row,
            EventCode.CREATE_SENT,
            work.moment.now,
            attempt,
            work.adapter.create_operation,
            tries=str(attempt.tries),
        )
    attempt.network = work.open.network
    work.attempt = attempt
    return doubt_before


@dataclass(frozen=True)
class Made:
    """The object of an attempt: found by its tags (ADOPTED), or answered to a create (CREATE_ANSWERED)."""

    answer: Answer
    code: EventCode


def find(work: Work) -> Sighting | None:
    """Look for the object of the open attempt."""
    return work.adapter.find(work.operator, work.owner, work.open.request)


def send(
    work: Work, *, doubt_before: bool, look: Callable[[Work], Sighting | None] = find
) -> Made | datetime | None:
    """Carry out a create that was saved as begun: look for its object, else send the saved request.

    Returns the object, or when to look again after a refusal, which is noted. Raises LeaseLost, and what else
    AWS answered, noted as well.
    """
    attempt = work.open
    sent = False
    try:
        check_account(work.operator, work.row.region, work.moment.now)
        found = look(work)
        if found is not None:
            return Made(Answer(found, ""), EventCode.ADOPTED)
        if not work.lease.is_valid():
            raise LeaseLost
        sent = True
        return Made(work.adapter.create(work.operator, attempt.request), EventCode.CREATE_ANSWERED)
    except Unplaceable as why:
        return _held_by_others(work, why, still_in_doubt=doubt_before)
    except ProviderError as error:
        return _not_created(work, error, still_in_doubt=doubt_before, sent=sent)


def note_made(work: Work, row: ReversePrivateEndpoint, attempt: Attempt, made: Made) -> record.News:
    """Write what was made into its locked row and attempt; return the news. The caller saves."""
    now, seen = work.moment.now, made.answer.sighting
    assert seen is not None
    operation, request_id = work.adapter.create_operation, made.answer.request_id
    line = record.line_of_call(
        row, made.code, now, attempt, operation, request_id, external_id=seen.external_id
    )
    row.raw_error = ""
    row.failures = 0
    row.write_ended_at = read_at(row)
    news = record.apply_sighting(row, attempt, seen, now) or record.News([])
    return record.News([line, *news.lines], news.renamed)


def _not_created(work: Work, error: ProviderError, *, still_in_doubt: bool, sent: bool) -> datetime | None:
    """Tell refused (nothing was made) from unanswered (it may have been), and for whom it is to fix."""
    work.recent.forget()  # such as that there is room
    unanswered = sent and isinstance(error, Unanswered)
    with work.lease.fenced() as row:
        attempt = locked_attempt(row)
        attempt.in_doubt = still_in_doubt or unanswered
        row.write_ended_at = read_at(row)
        if sent and isinstance(error, UserError):
            _refused(work, row, attempt, error)
        elif unanswered:
            raw = f"{error.raw_code}: {error.raw_text}"
            record.aws_line(
                row,
                EventCode.CREATE_UNANSWERED,
                work.moment.now,
                attempt,
                error.operation,
                error.request_id,
                raw,
            )
        attempt.save()
        row.save()
    if sent and isinstance(error, UserError):
        return work.moment.now
    raise error


def _held_by_others(work: Work, why: Unplaceable, *, still_in_doubt: bool) -> datetime:
    """Somebody else's object is where ours would be: a person decides, and nothing is sent."""
    with work.lease.fenced() as row:
        attempt = locked_attempt(row)
        attempt.in_doubt = still_in_doubt
        _close_refused(row, attempt, why.reason, why.params, work.moment.now)
        attempt.save()
        row.save()
    return work.moment.now


def _refused(work: Work, row: ReversePrivateEndpoint, attempt: Attempt, error: UserError) -> None:
    now = work.moment.now
    row.raw_error = f"{error.raw_code}: {error.raw_text}"
    record.aws_line(
        row, EventCode.CREATE_REFUSED, now, attempt, error.operation, error.request_id, row.raw_error
    )
    _close_refused(row, attempt, work.adapter.refusal(error), {"code": error.raw_code}, now)


def _close_refused(
    row: ReversePrivateEndpoint, attempt: Attempt, reason: Reason, params: dict[str, str], now: datetime
) -> None:
    """Close an attempt of which nothing was made, and fail its row; while in doubt only note the refusal."""
    told = {"region": row.region_id, "account": row.region.account_id, **params}
    attempt.refusal = {"reason": reason, **told}
    if attempt.in_doubt:
        attempt.refused_at = now  # says nothing about an earlier try whose answer was lost
        return
    attempt.gone_at = now
    if row.removal_requested_at is None and attempt.generation == row.generation:
        record.fail_without_object(row, reason, now, **told)


# --- private DNS ----------------------------------------------------------------------------------------


def private_dns(work: Work) -> datetime | None:
    """Switch the owner's private names on if they are verified and nobody else has them in this VPC."""
    now = work.moment.now
    check_account(work.operator, work.row.region, now)
    names = list(work.adapter.verified_private_names(work.operator, work.row.spec))
    with work.lease.fenced() as row:
        attempt = locked_attempt(row)
        if names and not _claim_names(row, attempt, names):
            Event.line(row, EventCode.PRIVATE_DNS_TAKEN, now, attempt=attempt, params=_listed(names)).save()
            names = []
        if not names:
            attempt.private_dns_look_at = None  # from now on it is asked for with all others
            attempt.save()
            row.raw_error = ""
            row.failures = 0
            row.save()
    if not names:
        return now
    later = turns.take_turn(work.row, Api.MODIFY, work.moment)
    if later is not None:
        return later
    if not work.lease.is_valid():
        raise LeaseLost
    # It stays due until AWS answered: who is killed here leaves a step that is simply repeated.
    try:
        answer = work.adapter.enable_private_dns(work.operator, work.open.external_id)
    except UserError:
        with work.lease.fenced() as row:
            attempt = locked_attempt(row)
            attempt.private_dns_look_at = now + PRIVATE_DNS_AGAIN
            attempt.save()
        raise
    with work.lease.fenced() as row:
        attempt = locked_attempt(row)
        attempt.private_dns_look_at = None
        attempt.private_dns_on_at = now
        attempt.save()
        row.write_ended_at = read_at(row)
        row.raw_error = ""
        row.failures = 0
        row.save()
        record.aws_line(
            row,
            EventCode.PRIVATE_DNS_ON,
            now,
            attempt,
            "ModifyVpcEndpoint",
            answer.request_id,
            names=", ".join(names),
        )
    return now


def _claim_names(row: ReversePrivateEndpoint, attempt: Attempt, names: list[str]) -> bool:
    try:
        with transaction.atomic():
            claims.claim_private_names(row, attempt.network.vpc_id, names)
    except claims.Taken:
        return False
    return True


def _listed(names: list[str]) -> dict[str, str]:
    return {"names": ", ".join(names)}
