"""Work on due endpoints: claim one, decide, carry out its step, give it back; and so on."""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from endpoints.domain.errors import ProviderError
from endpoints.domain.steps import Step
from endpoints.domain.timing import OBSERVE_IN_MOTION, backoff_of
from endpoints.intents import wake_pulse
from endpoints.models import Moment, read_clock
from endpoints.reconcile import breakers
from endpoints.reconcile.cadence import look_after, look_soon
from endpoints.reconcile.calls import create, private_dns
from endpoints.reconcile.deleting import delete
from endpoints.reconcile.forgetting import FORGET_EVERY, forget_due
from endpoints.reconcile.gates import hold_back
from endpoints.reconcile.leases import Lease, LeaseLost, claim_due, read_at
from endpoints.reconcile.making import place
from endpoints.reconcile.replacing import advance_replacements
from endpoints.reconcile.sharing import accept, prepare
from endpoints.reconcile.trouble import stumbled
from endpoints.reconcile.work import Due, Run, Work, longest_step

log = logging.getLogger(__name__)

CALLS: dict[Step, Callable[[Work], datetime | None]] = {
    Step.PREPARE: prepare,
    Step.ACCEPT: accept,
    Step.PLACE: place,
    Step.CREATE: create,
    Step.PRIVATE_DNS: private_dns,
    Step.DELETE: delete,
}


def reconcile_due() -> int:
    """Take due endpoints one after the other; return how many were taken.

    One at a time, and with it at most those that go along: a killed worker holds up no more. It stops early
    enough that a last step still fits into the task's timeout.
    """
    stop_at = time.monotonic() + max(0.0, settings.TASK_TIMEOUT_SECONDS - longest_step().total_seconds() - 1)
    run = Run()
    taken = forget_due(stop_at)
    while taken == 0 or time.monotonic() < stop_at:
        lease = claim_due(read_clock())
        if lease is None:
            break
        advance(lease, run, stop_at)
        taken += 1
        if taken % FORGET_EVERY == 0:
            taken += forget_due(stop_at)
    for name in run.regions:
        look_after(name, read_clock())
    advance_replacements()
    if taken:
        wake_pulse()
    return taken


def advance(lease: Lease, run: Run, stop_at: float = 0.0) -> None:
    """Carry out the step that is due for a held endpoint, and give it back.

    Before a monotonic time, what is due at once after it follows, as long as the lease lasts for it.
    """
    try:
        due_at = _advance(lease, run, stop_at)
    except LeaseLost:
        log.info("Endpoint %s was taken over by another worker.", lease.endpoint_id)
        return
    except Exception:
        # A poisonous row is put off and must not stop the others.
        log.exception("Endpoint %s could not be worked on.", lease.endpoint_id)
        due_at = read_clock().now + backoff_of(4)
    lease.release(due_at)


def _advance(lease: Lease, run: Run, stop_at: float = 0.0) -> datetime | None:
    with lease.fenced() as row:
        moment = Moment.of(read_at(row))
        due = Due.of(row, moment)
    while True:
        step = due.decision.step
        if step not in CALLS:
            if step is not Step.REST:
                look_soon(due.row.region, moment)
            return due.decision.look_at
        work = Work(lease, due.row, due.attempt, moment, run.installation, run.recent, stop_at)
        later = hold_back(work, step)
        if later is not None:
            return later
        due_at = _carry_out(work, step)
        if work.shows:
            run.regions.add(work.row.region_id)
        if work.following is None:
            return due_at
        due, moment = work.following, Moment.of(read_at(work.following.row))
        if due.decision.step in CALLS and not work.lasts(moment.real):
            return due_at


def _carry_out(work: Work, step: Step) -> datetime | None:
    work.shows = shows = step not in (Step.PREPARE, Step.ACCEPT, Step.PLACE)
    planned = work.row.region.observe_due_at
    if shows and planned is not None and planned > work.moment.now + OBSERVE_IN_MOTION:
        look_soon(work.row.region, work.moment)
    try:
        due_at = CALLS[step](work)
    except ProviderError as error:
        work.recent.forget()
        return stumbled(work, error)
    finally:
        if shows:
            look_soon(work.row.region, work.moment)  # an observer that saw nothing move may have put it off
    if work.breakers and work.network:
        breakers.answered(work.network, work.row.spec.family, step, work.moment.now)
    return due_at
