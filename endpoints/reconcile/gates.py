"""What a step must pass before it is carried out: no pause, no fault of its whole network, and AWS's rates.

Each gate returns None when the step may go, else when to come again (moved time), and says on the row what it
waits for.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from endpoints.domain.rates import OPERATIONS, Api
from endpoints.domain.reasons import Reason
from endpoints.domain.status import Status
from endpoints.domain.steps import Step
from endpoints.models import Installation
from endpoints.reconcile import breakers, turns
from endpoints.reconcile.operators import write_obstacle
from endpoints.reconcile.situation import in_time
from endpoints.reconcile.work import Work

PAUSED_LOOK_EVERY = timedelta(seconds=15)

READS = {Step.PLACE: 3}
"""Rated reads of the steps that many rows take at once."""


def hold_back(work: Work, step: Step) -> datetime | None:
    """Ask all gates in turn; None when the step may be carried out now."""
    for gate in _GATES:
        later = gate(work, step)
        if later is not None:
            if gate is not _rate and hasattr(work.row, "turn"):
                turns.leave_queue(work.row, work.moment.now)  # it would stand in the way of all behind it
            return in_time(work.row, later, work.moment.now)
    if work.row.planned or work.row.breaker_id:
        with work.lease.fenced() as row:
            row.planned, row.breaker = "", None
            row.save(update_fields=["planned", "breaker"])
    return None


def _pause(work: Work, step: Step) -> datetime | None:
    if step in (Step.PREPARE, Step.PLACE) or work.network is None:
        return None  # reads always may
    obstacle = write_obstacle(work.network, Installation.get())
    if not obstacle:
        return None
    with work.lease.fenced() as row:
        row.planned = step
        if row.status == Status.PROVISIONING:
            row.reason, row.reason_params = Reason.WRITES_PAUSED, {"why": obstacle}
        row.save()
    return work.moment.now + PAUSED_LOOK_EVERY


def _breaker(work: Work, step: Step) -> datetime | None:
    broken = breakers.in_the_way(work.breakers, work.row.spec.family, step, work.moment.now)
    if broken is None:
        return None
    if work.row.breaker_id != broken.pk:
        with work.lease.fenced() as row:
            row.breaker = breakers.held(broken)
            if row.breaker is None:
                return work.moment.now  # closed meanwhile
            row.raw_error = f"{broken.code}: {broken.raw}"
            if row.status == Status.PROVISIONING:
                row.reason, row.reason_params = Reason.OPERATOR_MUST_ACT, {"region": row.region_id}
            row.save()
    return max(broken.probe_at, work.moment.now + timedelta(seconds=1))


def _rate(work: Work, step: Step) -> datetime | None:
    row = work.row
    if step in READS:
        if not row.region.account_id:
            return None  # whose rates they are is not known yet; the first calls find out
        return turns.spend(row.region, Api.READ, READS[step], work.moment)
    api = OPERATIONS.get(work.operation_of(step))
    if api is None:
        return None
    repeats = step is Step.CREATE and work.open.in_doubt
    later = turns.take_turn(row, api, work.moment, first=repeats)
    if later is not None and row.reason != Reason.WAITING_FOR_TURN:
        with work.lease.fenced() as locked:
            if locked.status in (Status.PROVISIONING, Status.DELETING):
                locked.reason, locked.reason_params = Reason.WAITING_FOR_TURN, {"region": locked.region_id}
                locked.save(update_fields=["reason", "reason_params"])
    return later


_GATES: tuple[Callable[[Work, Step], datetime | None], ...] = (_pause, _breaker, _rate)
