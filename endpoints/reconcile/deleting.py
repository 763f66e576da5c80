"""Deleting in AWS, several objects with one call: deletes are rated by calls, not by objects (aws.md §4)."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from endpoints.domain.errors import OperatorError, ProviderError, UserError
from endpoints.domain.rates import OPERATIONS, RATES
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.status import Status
from endpoints.domain.steps import Step
from endpoints.domain.timing import DELETE_AGAIN_AFTER, backoff_of
from endpoints.models import Attempt, Event, ReversePrivateEndpoint, Turn, read_clock
from endpoints.providers.base import Deleted
from endpoints.providers.registry import ADAPTERS
from endpoints.reconcile import record, stubborn
from endpoints.reconcile.leases import Lease, LeaseLost, all_fenced, read_at
from endpoints.reconcile.operators import check_account
from endpoints.reconcile.settle import begin_removal
from endpoints.reconcile.situation import decide, open_attempt, read_attempts
from endpoints.reconcile.together import update_together
from endpoints.reconcile.trouble import stumbled
from endpoints.reconcile.work import Due, Work, locked_attempt


def delete(work: Work) -> datetime | None:
    """Ask AWS to delete the attempt's object, and those of others that wait for the same call.

    Listings say when they are gone, never this answer.
    """
    check_account(work.operator, work.row.region, work.moment.now)
    others = _companions(work)
    due: dict[uuid.UUID, datetime | None] = {other.row.pk: work.moment.now for other in others}
    try:
        answer = _ask(work, others, due)
        refused = {one.row.pk: answer.refused.get(one.open.external_id) for one in (work, *others)}
        went = [one for one in (work, *others) if refused[one.row.pk] is None]
        noted = _note_sent(work, went, answer.request_id)
        for other in others:
            error = refused[other.row.pk]
            if error is not None:
                due[other.row.pk] = _try_alone(other, error)
            elif other.row.pk in noted:
                del due[other.row.pk]  # it was given back with that
    finally:
        for other in others:
            if other.row.pk in due:
                other.lease.release(due[other.row.pk])
    error = refused[work.row.pk]
    if error is not None:
        _note_refusal(work, error)
        raise error
    if work.row.pk not in noted:
        raise LeaseLost
    return work.moment.now


def _ask(work: Work, others: list[Work], due: dict[uuid.UUID, datetime | None]) -> Deleted:
    """Send the one call. When it fails as a whole, the others come again; `due` then says when."""
    if not work.lease.is_valid():
        raise LeaseLost
    try:
        return work.adapter.delete(work.operator, [one.open.external_id for one in (work, *others)])
    except ProviderError as error:
        for other in others:
            # One that AWS finds fault with spoils the call for all: from now on each goes alone.
            alone = isinstance(error, UserError)
            again = _try_alone(other, error) if alone else work.moment.now + backoff_of(1)
            due[other.row.pk] = again
        if isinstance(error, UserError | OperatorError):
            _note_refusal(work, error)
        raise


def _try_alone(work: Work, error: ProviderError) -> datetime:
    try:
        _note_refusal(work, error)
        return stumbled(work, error)
    except LeaseLost:
        return work.moment.now


def _note_refusal(work: Work, error: ProviderError) -> None:
    raw = f"{error.raw_code}: {error.raw_text}"
    with work.lease.fenced() as row:
        if not stubborn.is_news(row, error.raw_code, work.moment.now):
            return
        record.aws_line(
            row,
            EventCode.DELETE_REFUSED,
            work.moment.now,
            locked_attempt(row),
            error.operation,
            error.request_id,
            raw,
        )


_ASKED = ("delete_asked_at", "absent_listings")
_NOTED = (
    "planned",
    "breaker_id",
    "raw_error",
    "failures",
    "write_ended_at",
    "reason",
    "reason_params",
    "removal_trouble",
    "due_at",
    "lease_token",
    "lease_until",
)


def _note_sent(work: Work, went: list[Work], request_id: str) -> set[uuid.UUID]:
    """Keep that AWS accepted the delete of these, in one transaction; all but `work` are given back in it.

    Returns the keys of those that are still ours and not gone by now; the others stay as they are.
    """
    attempts: list[Attempt] = []
    noted: list[ReversePrivateEndpoint] = []
    lines: list[Event] = []
    with all_fenced([one.lease for one in went]) as held:
        read_attempts(list(held.values()))
        for one in went:
            row = held.get(one.row.pk)
            attempt = open_attempt(row) if row else None
            if row is None or attempt is None:
                continue  # somebody else's by now, who will ask again, or the observer saw it go
            lines += _mark_asked(one, row, attempt, request_id)
            if one is not work:
                one.give_back(row, attempt)
            attempts.append(attempt)
            noted.append(row)
        update_together(attempts, _ASKED)
        update_together(noted, _NOTED)
        Event.objects.bulk_create(lines)
        keys = {row.pk for row in noted}
        if work.row.pk in keys:
            work.following = Due.of(held[work.row.pk], work.moment)
    return keys


def _mark_asked(work: Work, row: ReversePrivateEndpoint, attempt: Attempt, request_id: str) -> list[Event]:
    is_told = True
    if attempt.delete_asked_at is not None:  # AWS accepted it before, and nothing followed
        is_told = stubborn.count(row, stubborn.UNCHANGED, work.moment.now)
        stubborn.comes_again(row, work.moment.now + DELETE_AGAIN_AFTER)
    attempt.delete_asked_at = work.moment.now
    attempt.absent_listings = 0
    row.raw_error, row.planned, row.breaker_id = "", "", None
    row.failures = 0
    row.write_ended_at = read_at(row)
    if row.status == Status.DELETING:
        row.reason, row.reason_params = Reason.DELETING_AT_AWS, {}
    elif row.status == Status.PROVISIONING:
        row.reason, row.reason_params = Reason.REPLACING, {}
    if not is_told:
        return []
    told = {"external_id": attempt.external_id}
    operation = work.adapter.delete_operation
    line = record.line_of_call(
        row, EventCode.DELETE_SENT, work.moment.now, attempt, operation, request_id, **told
    )
    return [line]


# --- who goes along -------------------------------------------------------------------------------------


@transaction.atomic
def _companions(work: Work) -> list[Work]:
    """Hold the endpoints whose delete can go with the same call; none with one that failed before."""
    api = OPERATIONS.get(work.adapter.delete_operation)
    most = RATES[api].per_call - 1 if api else 0
    if not most or work.row.failures:
        return []
    real = read_clock().real
    rows = list(_candidates(work, real)[:most])
    read_attempts(rows)
    token, until = uuid.uuid4(), real + timedelta(seconds=settings.LEASE_SECONDS)
    joining: list[Work] = []
    lines: list[Event] = []
    for row in rows:
        attempt = open_attempt(row)
        if decide(row, attempt, work.moment).step is not Step.DELETE:
            continue  # it wants something else, which its own worker will see
        lines += begin_removal(row, work.moment)
        row.lease_token, row.lease_until = token, until
        lease = Lease(row.pk, token, until, row.due_at)
        joining.append(Work(lease, row, attempt, work.moment, work.installation))
    held = [one.row for one in joining]
    Turn.objects.filter(endpoint__in=held).delete()  # they go with another's
    update_together(held, _HELD)
    Event.objects.bulk_create(lines)
    return joining


_HELD = (
    "status",
    "last_status",
    "status_since",
    "warned_at",
    "reason",
    "reason_params",
    "observed_generation",
    "lease_token",
    "lease_until",
)


def _candidates(work: Work, real: datetime) -> QuerySet[ReversePrivateEndpoint]:
    """Rows to lock that nobody holds and whose deletion is due, or waits for its turn."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=real)
    kinds = [k.value for k, a in ADAPTERS.items() if a.delete_operation == work.adapter.delete_operation]
    rows = (
        ReversePrivateEndpoint.objects.live()
        .filter(free, Q(due_at__lte=work.moment.now) | Q(turn__isnull=False), type__in=kinds, failures=0)
        .filter(removal_requested_at__isnull=False, region=work.row.region_id)
        .filter(
            attempts__gone_at__isnull=True,
            attempts__delete_asked_at__isnull=True,
            attempts__external_id__gt="",
            attempts__network__role_arn=work.operator.role_arn,
            attempts__network__writes_paused=False,
        )
        .exclude(pk=work.row.pk)
        .prefetch_related("service", "region")
        .order_by("due_at")
    )
    return rows.select_for_update(skip_locked=True, of=("self",))
