"""The steps that call AWS: save the intent, call with no transaction open, save the answer.

Each takes the work at hand and returns when to look again (moved time). `advance` in `act.py` catches what
goes wrong in between.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from endpoints import claims
from endpoints.domain.errors import OperatorError, ProviderError, Unanswered, Unplaceable, UserError
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.sighting import NetworkFacts, Placement
from endpoints.domain.status import Status
from endpoints.domain.steps import Step
from endpoints.domain.timing import PRIVATE_DNS_LOOK_EVERY
from endpoints.domain.types import EndpointType
from endpoints.models import Attempt, Event, Installation, Moment, Network, ReversePrivateEndpoint, read_clock
from endpoints.providers.base import Adapter, Answer, Operator, Ownership
from endpoints.providers.errors import SERVICE_UNKNOWN
from endpoints.providers.registry import ADAPTERS
from endpoints.reconcile import record
from endpoints.reconcile.leases import Lease, LeaseLost
from endpoints.reconcile.operators import check_account, operator_of, write_obstacle
from endpoints.reconcile.situation import open_attempt

PAUSED_LOOK_EVERY = timedelta(seconds=15)


@dataclass(frozen=True)
class Work:
    """One endpoint held by a lease, as it was when its step was decided."""

    lease: Lease
    row: ReversePrivateEndpoint
    attempt: Attempt | None
    moment: Moment
    installation: Installation

    @property
    def adapter(self) -> Adapter:
        """The adapter of the endpoint's type."""
        return ADAPTERS[EndpointType(self.row.type)]

    @property
    def operator(self) -> Operator:
        """The operator of the attempt's network."""
        return operator_of(self.open.network, self.installation)

    @property
    def open(self) -> Attempt:
        """The open attempt; only for steps that have one."""
        assert self.attempt is not None
        return self.attempt

    @property
    def owner(self) -> Ownership:
        """Whose the attempt's object is."""
        return Ownership(self.row.pk, self.open.generation)


# --- place ----------------------------------------------------------------------------------------------


def place(work: Work) -> datetime | None:
    """Choose a network and save the exact request, or fail with the reason why there is none."""
    now = work.moment.now
    owner = Ownership(work.row.pk, work.row.generation)
    token = f"{work.row.pk.hex}-{work.row.generation}"
    try:
        network, placement = _choose(work, owner, token)
    except Unplaceable as why:
        return _not_placed(work, why.reason, why.params)
    except UserError as error:
        return _not_placed(
            work, Reason.REFUSED_BY_AWS, {"code": error.raw_code}, f"{error.raw_code}: {error.raw_text}"
        )
    with work.lease.fenced() as row:
        attempt = Attempt.objects.create(
            endpoint=row,
            generation=owner.generation,
            network=network,
            request=placement.request,
            token=token,
            created_at=now,
            private_dns_wanted=list(placement.private_names),
            private_dns_look_at=now if placement.private_names else None,
        )
        params = {"network": network.vpc_id, "region": network.region_id}
        Event.line(row, EventCode.PLACED, now, attempt=attempt, params=params).save()
        row.failures = 0
        row.save()
    return now


def _not_placed(work: Work, reason: Reason, params: dict[str, str], raw: str = "") -> datetime:
    with work.lease.fenced() as row:
        account = {"account": row.region.account_id}
        record.fail_without_object(row, reason, work.moment.now, **account, **params)
        row.raw_error = raw
        row.failures = 0
        row.save()
    return work.moment.now


def _choose(work: Work, owner: Ownership, token: str) -> tuple[Network, Placement]:
    """Return the first network in which the endpoint fits. Raises Unplaceable with the last reason."""
    networks = Network.objects.filter(region=work.row.region_id, draining=False).order_by("pk")
    by_role: dict[str, list[Network]] = {}
    for network in networks:
        by_role.setdefault(network.role_arn, []).append(network)
    obstacle = Unplaceable(Reason.NO_NETWORK, region=work.row.region_id)
    for group in by_role.values():
        operator = operator_of(group[0], work.installation)
        check_account(operator, work.row.region, work.moment.now)
        facts = [NetworkFacts(n.vpc_id, tuple(n.subnet_ids), tuple(n.security_group_ids)) for n in group]
        try:
            placement = work.adapter.place(operator, work.row.spec, facts, owner, token)
        except Unplaceable as why:
            obstacle = why
        else:
            return next(n for n in group if n.vpc_id == placement.vpc_id), placement
    raise obstacle


# --- create ---------------------------------------------------------------------------------------------


def create(work: Work) -> datetime | None:
    """Look for the object by its tags; adopt it, or send the saved request (again)."""
    with work.lease.fenced() as row:
        attempt = _locked_attempt(row)
        doubt_before = attempt.in_doubt
        attempt.tries += 1
        attempt.started_at = work.moment.now
        attempt.in_doubt = True
        attempt.save()
        record.aws_line(
            row,
            EventCode.CREATE_SENT,
            work.moment.now,
            attempt,
            work.adapter.create_operation,
            tries=str(attempt.tries),
        )
    sent = False
    try:
        check_account(work.operator, work.row.region, work.moment.now)
        found = work.adapter.find(work.operator, work.owner)
        if found is not None:
            return _created(work, Answer(found, ""), EventCode.ADOPTED)
        if not work.lease.is_valid():
            raise LeaseLost
        sent = True
        answer = work.adapter.create(work.operator, attempt.request)
    except ProviderError as error:
        return _not_created(work, error, still_in_doubt=doubt_before, sent=sent)
    return _created(work, answer, EventCode.CREATE_ANSWERED)


def _created(work: Work, answer: Answer, code: EventCode) -> datetime:
    assert answer.sighting is not None
    with work.lease.fenced() as row:
        attempt = _locked_attempt(row)
        record.aws_line(
            row,
            code,
            work.moment.now,
            attempt,
            work.adapter.create_operation,
            answer.request_id,
            external_id=answer.sighting.external_id,
        )
        row.raw_error = ""
        row.failures = 0
        row.write_ended_at = read_clock().real
        record.apply_sighting(row, attempt, answer.sighting, work.moment.now)
        attempt.save()
        row.save()
    return work.moment.now


def _not_created(work: Work, error: ProviderError, *, still_in_doubt: bool, sent: bool) -> datetime | None:
    """Tell refused (nothing was made) from unanswered (it may have been), and for whom it is to fix."""
    unanswered = sent and isinstance(error, Unanswered)
    with work.lease.fenced() as row:
        attempt = _locked_attempt(row)
        attempt.in_doubt = still_in_doubt or unanswered
        row.write_ended_at = read_clock().real
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


def _refused(work: Work, row: ReversePrivateEndpoint, attempt: Attempt, error: UserError) -> None:
    now = work.moment.now
    raw = f"{error.raw_code}: {error.raw_text}"
    unknown = error.raw_code in SERVICE_UNKNOWN
    attempt.refusal = {
        "reason": Reason.SERVICE_NOT_FOUND if unknown else Reason.REFUSED_BY_AWS,
        "code": error.raw_code,
        "service_name": str(attempt.request.get("ServiceName", "")),
        "region": row.region_id,
        "account": row.region.account_id,
    }
    row.raw_error = raw
    record.aws_line(row, EventCode.CREATE_REFUSED, now, attempt, error.operation, error.request_id, raw)
    if attempt.in_doubt:
        attempt.refused_at = now  # says nothing about an earlier try whose answer was lost
        return
    attempt.gone_at = now
    params = dict(attempt.refusal)
    if row.removal_requested_at is None and attempt.generation == row.generation:
        record.fail_without_object(row, Reason(params.pop("reason")), now, **params)


# --- delete and private DNS -----------------------------------------------------------------------------


def delete(work: Work) -> datetime | None:
    """Ask AWS to delete the attempt's object. Listings say when it is gone, never this answer."""
    check_account(work.operator, work.row.region, work.moment.now)
    if not work.lease.is_valid():
        raise LeaseLost
    try:
        answer = work.adapter.delete(work.operator, work.open.external_id)
    except (UserError, OperatorError) as error:
        with work.lease.fenced() as row:
            raw = f"{error.raw_code}: {error.raw_text}"
            record.aws_line(
                row,
                EventCode.DELETE_REFUSED,
                work.moment.now,
                _locked_attempt(row),
                error.operation,
                error.request_id,
                raw,
            )
        raise
    with work.lease.fenced() as row:
        attempt = _locked_attempt(row)
        attempt.delete_asked_at = work.moment.now
        attempt.absent_listings = 0
        attempt.save()
        record.aws_line(
            row,
            EventCode.DELETE_SENT,
            work.moment.now,
            attempt,
            work.adapter.delete_operation,
            answer.request_id,
            external_id=attempt.external_id,
        )
        row.raw_error = ""
        row.failures = 0
        row.write_ended_at = read_clock().real
        if row.status == Status.DELETING:
            row.reason, row.reason_params = Reason.DELETING_AT_AWS, {}
        elif row.status == Status.PROVISIONING:
            row.reason, row.reason_params = Reason.REPLACING, {}
        row.save()
    return work.moment.now


def private_dns(work: Work) -> datetime | None:
    """Switch the owner's private names on if they are verified and nobody else has them in this VPC."""
    now = work.moment.now
    check_account(work.operator, work.row.region, now)
    names = list(work.adapter.verified_private_names(work.operator, work.row.spec))
    with work.lease.fenced() as row:
        attempt = _locked_attempt(row)
        if names and not _claim_names(row, attempt, names):
            Event.line(row, EventCode.PRIVATE_DNS_TAKEN, now, attempt=attempt, params=_listed(names)).save()
            names = []
        if not names:
            attempt.private_dns_look_at = now + PRIVATE_DNS_LOOK_EVERY
            attempt.save()
            row.raw_error = ""
            row.failures = 0
            row.save()
    if not names:
        return now
    if not work.lease.is_valid():
        raise LeaseLost
    # It stays due until AWS answered: who is killed here leaves a step that is simply repeated.
    try:
        answer = work.adapter.enable_private_dns(work.operator, work.open.external_id)
    except UserError:
        with work.lease.fenced() as row:
            attempt = _locked_attempt(row)
            attempt.private_dns_look_at = now + PRIVATE_DNS_LOOK_EVERY
            attempt.save()
        raise
    with work.lease.fenced() as row:
        attempt = _locked_attempt(row)
        attempt.private_dns_look_at = None
        attempt.save()
        row.write_ended_at = read_clock().real
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


def _locked_attempt(row: ReversePrivateEndpoint) -> Attempt:
    attempt = open_attempt(row)
    if attempt is None:
        raise LeaseLost  # the observer saw it go meanwhile
    return attempt


def obstacle_to(step: Step, work: Work) -> str:
    """Return why a step may not be carried out now, "" when it may. Reads always may."""
    if step is Step.PLACE:
        return ""
    return write_obstacle(work.open.network, work.installation)


CALLS: dict[Step, Callable[[Work], datetime | None]] = {
    Step.PLACE: place,
    Step.CREATE: create,
    Step.PRIVATE_DNS: private_dns,
    Step.DELETE: delete,
}
