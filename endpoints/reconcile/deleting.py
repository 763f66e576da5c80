"""Deleting in AWS, several objects with one call: deletes are rated by calls, not by objects (aws.md §4)."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from endpoints.domain.errors import OperatorError, ProviderError, UserError
from endpoints.domain.rates import OPERATIONS, RATES
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.status import Status
from endpoints.domain.steps import Step
from endpoints.domain.timing import DELETE_AGAIN_AFTER, backoff_of
from endpoints.models import ReversePrivateEndpoint, Turn, read_clock
from endpoints.providers.base import Deleted
from endpoints.providers.registry import ADAPTERS
from endpoints.reconcile import record, stubborn
from endpoints.reconcile.leases import Lease, LeaseLost, read_at
from endpoints.reconcile.operators import check_account
from endpoints.reconcile.settle import settle
from endpoints.reconcile.trouble import stumbled
from endpoints.reconcile.work import Work, locked_attempt


def delete(work: Work) -> datetime | None:
    """Ask AWS to delete the attempt's object, and those of others that wait for the same call.

    Listings say when they are gone, never this answer.
    """
    check_account(work.operator, work.row.region, work.moment.now)
    others = _companions(work)
    due: dict[uuid.UUID, datetime | None] = {other.row.pk: work.moment.now for other in others}
    try:
        answer = _ask(work, others, due)
        for other in others:
            due[other.row.pk] = _note(other, answer)
    finally:
        for other in others:
            other.lease.release(due[other.row.pk])
    refused = answer.refused.get(work.open.external_id)
    if refused is not None:
        _note_refusal(work, refused)
        raise refused
    _note_sent(work, answer.request_id)
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


def _note(work: Work, answer: Deleted) -> datetime | None:
    """Keep what AWS said about one of the others; return when to look at it again."""
    refused = answer.refused.get(work.open.external_id)
    try:
        if refused is None:
            _note_sent(work, answer.request_id)
            due = work.following
            rests = due is not None and due.decision.step in (Step.REST, Step.WAIT)
            return due.decision.look_at if due and rests else work.moment.now
        return _try_alone(work, refused)
    except LeaseLost:
        return work.moment.now  # somebody else's by now, who will ask again


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


def _note_sent(work: Work, request_id: str) -> None:
    with work.ending() as row:
        attempt = locked_attempt(row)
        is_told = True
        if attempt.delete_asked_at is not None:  # AWS accepted it before, and nothing followed
            is_told = stubborn.count(row, stubborn.UNCHANGED, work.moment.now)
            stubborn.comes_again(row, work.moment.now + DELETE_AGAIN_AFTER)
        attempt.delete_asked_at = work.moment.now
        attempt.absent_listings = 0
        attempt.save()
        if is_told:
            record.aws_line(
                row,
                EventCode.DELETE_SENT,
                work.moment.now,
                attempt,
                work.adapter.delete_operation,
                request_id,
                external_id=attempt.external_id,
            )
        row.raw_error = ""
        row.failures = 0
        row.write_ended_at = read_at(row)
        if row.status == Status.DELETING:
            row.reason, row.reason_params = Reason.DELETING_AT_AWS, {}
        elif row.status == Status.PROVISIONING:
            row.reason, row.reason_params = Reason.REPLACING, {}
        row.save()


# --- who goes along -------------------------------------------------------------------------------------


def _companions(work: Work) -> list[Work]:
    """Hold the endpoints whose delete can go with the same call; none with one that failed before."""
    api = OPERATIONS.get(work.adapter.delete_operation)
    most = RATES[api].per_call - 1 if api else 0
    if not most or work.row.failures:
        return []
    leases = _hold(work, most)
    return [one for lease in leases if (one := _join(work, lease)) is not None]


@transaction.atomic
def _hold(work: Work, most: int) -> list[Lease]:
    now, real = work.moment.now, read_clock().real
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=real)
    kinds = [k.value for k, a in ADAPTERS.items() if a.delete_operation == work.adapter.delete_operation]
    rows = (
        ReversePrivateEndpoint.objects.live()
        .filter(free, Q(due_at__lte=now) | Q(turn__isnull=False), type__in=kinds, failures=0)
        .filter(removal_requested_at__isnull=False, region=work.row.region_id)
        .filter(
            attempts__gone_at__isnull=True,
            attempts__delete_asked_at__isnull=True,
            attempts__external_id__gt="",
            attempts__network__role_arn=work.operator.role_arn,
            attempts__network__writes_paused=False,
        )
        .exclude(pk=work.row.pk)
        .order_by("due_at")
        .select_for_update(skip_locked=True, of=("self",))
        .only("pk", "due_at")[:most]
    )
    token, until = uuid.uuid4(), real + timedelta(seconds=settings.LEASE_SECONDS)
    held = [Lease(row.pk, token, until, row.due_at) for row in rows]
    keys = [lease.endpoint_id for lease in held]
    ReversePrivateEndpoint.objects.filter(pk__in=keys).update(lease_token=token, lease_until=until)
    return held


def _join(work: Work, lease: Lease) -> Work | None:
    """Make sure that a held endpoint wants the same; else give it back and return None."""
    try:
        with lease.fenced() as row:
            attempt, decision = settle(row, work.moment)
            joins = decision.step is Step.DELETE
            if joins:
                Turn.objects.filter(endpoint=row).delete()  # it goes with another's
    except LeaseLost:
        return None
    if not joins:
        lease.release(work.moment.now)
        return None
    return Work(lease, row, attempt, work.moment, work.installation)
