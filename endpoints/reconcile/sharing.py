"""Waiting for a resource share and accepting its invitation, before a network is chosen. Source: aws.md §1b.

`row.preparation` is `{"accept": <invitation ARN>}` once an invitation was found, and
`{"configuration_arn": …}` once the share brings what was asked for.
"""

from datetime import datetime

from endpoints import claims
from endpoints.domain import shares
from endpoints.domain.errors import UserError
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.shares import Judgement, ShareSeen, Verdict
from endpoints.domain.specs import VpcResourceSpec
from endpoints.domain.status import Status
from endpoints.domain.timing import SHARE_WAIT, backoff_of, share_look_after
from endpoints.domain.types import EndpointType
from endpoints.models import Event, ReversePrivateEndpoint
from endpoints.providers.base import Operator, SharedAdapter
from endpoints.providers.registry import SHARED
from endpoints.reconcile import record
from endpoints.reconcile.leases import LeaseLost, read_at
from endpoints.reconcile.operators import check_account, operator_of
from endpoints.reconcile.situation import in_time
from endpoints.reconcile.work import Work


def prepare(work: Work) -> datetime | None:
    """Look at the share once, and do in the rows what follows from it."""
    operator = _operator(work)
    if operator is None:
        return _no_network(work)
    spec = _spec(work.row)
    seen = _adapter(work).look_at_share(operator, spec)
    if seen.share != "active":
        # Nothing to be seen may mean another account's eyes.
        check_account(operator, work.row.region, work.moment.now)
    with work.lease.fenced() as row:
        judgement = shares.judge(seen, spec.configuration_id, work.moment.now - row.status_since)
        if judgement.verdict is not Verdict.ACCEPT:  # else the refusals of accepting go on being counted
            row.failures = 0
            row.raw_error = ""
        _follow(row, judgement, seen, work.moment.now)
        row.save()
        return in_time(row, max(work.moment.now, row.prepare_look_at or work.moment.now), work.moment.now)


def accept(work: Work) -> datetime | None:
    """Accept the invitation that was found, if it brings exactly what was asked for."""
    now = work.moment.now
    operator = _operator(work)
    if operator is None:
        return _no_network(work)
    adapter, spec = _adapter(work), _spec(work.row)
    invitation = str(work.row.preparation["accept"])
    check_account(operator, work.row.region, now)
    try:
        brings = adapter.invited_to(operator, invitation)
    except UserError:
        brings = ()  # it is not pending any more, or not known everywhere yet
    judgement = shares.judge_offer(brings, spec.configuration_id, now - work.row.status_since)
    if judgement.verdict is not Verdict.ACCEPT:
        with work.lease.fenced() as row:
            _follow(row, judgement, ShareSeen("", resources=brings), now)
            row.save()
            return in_time(row, row.prepare_look_at or now, now)
    with work.lease.fenced() as row:
        claims.use_up(row, now)
        _line(row, EventCode.ACCEPT_SENT, now)
    if not work.lease.is_valid():
        raise LeaseLost
    try:
        request_id = adapter.accept(operator, invitation, invitation.rpartition("/")[2])
    except UserError as error:
        with work.lease.fenced() as row:
            if not _was_used(row):
                claims.not_used_up(row)
            record.trouble(row, error, now, None)
            row.failures += 1
            _follow(row, shares.judge_refused(now - row.status_since), ShareSeen(""), now)
            row.prepare_look_at = now + backoff_of(row.failures)
            if row.status == Status.PROVISIONING:  # it fails in time
                row.prepare_look_at = min(row.prepare_look_at, row.status_since + SHARE_WAIT)
            row.save()
            return in_time(row, row.prepare_look_at, now)
    with work.lease.fenced() as row:
        _line(row, EventCode.ACCEPT_ANSWERED, now, request_id)
        row.write_ended_at = read_at(row)
        record.set_status(row, Status.PROVISIONING, Reason.SHARE_ACCEPTED, now)
        row.preparation = {}
        row.prepare_look_at = now
        row.save()
    return now


def _was_used(row: ReversePrivateEndpoint) -> bool:
    """Say whether an earlier invitation was accepted, or a create against the share saved."""
    return row.attempts.exists() or row.events.filter(code=EventCode.ACCEPT_ANSWERED).exists()


def _follow(row: ReversePrivateEndpoint, judgement: Judgement, seen: ShareSeen, now: datetime) -> None:
    """Write what follows from a judgement into the row."""
    row.preparation = {}
    row.prepare_look_at = now + share_look_after(now - row.status_since)
    if judgement.verdict is Verdict.FAIL:
        params = {"account": row.region.account_id, "found": ", ".join(seen.resources)}
        record.set_status(row, judgement.status, judgement.reason, now, **params)
        return
    if judgement.verdict is Verdict.ACCEPT:
        # A row that failed stays so until it is accepted, else refusals would put its deadline off for ever.
        row.preparation = {"accept": seen.invitation_arn}
        row.prepare_look_at = now
        return
    if row.status != Status.PROVISIONING:  # it failed for want of this, and heals
        if judgement.verdict is Verdict.WAIT:
            return
        record.set_status(row, Status.PROVISIONING, Reason.SHARE_ACCEPTED, now)
    if judgement.verdict is Verdict.READY:
        row.preparation = {"configuration_arn": judgement.configuration_arn}
        row.prepared_generation = row.generation
        row.prepare_look_at = None
        params = {"configuration": judgement.configuration_arn}
        Event.line(row, EventCode.SHARE_FOUND, now, params=params).save()
    else:
        params = {"account": row.region.account_id}
        record.set_status(row, Status.PROVISIONING, judgement.reason, now, **params)


def _no_network(work: Work) -> datetime:
    with work.lease.fenced() as row:
        record.fail_without_object(row, Reason.NO_NETWORK, work.moment.now, region=row.region_id)
        row.save()
    return work.moment.now


def _operator(work: Work) -> Operator | None:
    """Return who looks: all networks of a region share one account."""
    networks = work.networks
    return operator_of(networks[0], work.installation) if networks else None


def _adapter(work: Work) -> SharedAdapter:
    return SHARED[EndpointType(work.row.type)]


def _spec(row: ReversePrivateEndpoint) -> VpcResourceSpec:
    spec = row.spec
    assert isinstance(spec, VpcResourceSpec)
    return spec


def _line(row: ReversePrivateEndpoint, code: EventCode, now: datetime, request_id: str = "") -> None:
    record.aws_line(row, code, now, None, "AcceptResourceShareInvitation", request_id)
