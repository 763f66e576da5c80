"""When a step met trouble at AWS: what is kept of it, and when to try again."""

from datetime import datetime

from endpoints.domain.errors import ProviderError, Throttled
from endpoints.domain.rates import OPERATIONS
from endpoints.domain.timing import backoff_of
from endpoints.reconcile import breakers, record, stubborn, turns
from endpoints.reconcile.situation import in_time, open_attempt
from endpoints.reconcile.work import Work


def stumbled(work: Work, error: ProviderError) -> datetime:
    """Wait and try again: the longer the more often it went wrong, for ever. The status stays.

    Returns when to try again (moved time). Raises LeaseLost.
    """
    now = work.moment.now
    if isinstance(error, Throttled) and error.operation in OPERATIONS:
        turns.slow_down(work.row.region, OPERATIONS[error.operation], now)
    broken = breakers.met([work.network], work.row.spec.family, error, now) if work.network else []
    with work.lease.fenced() as row:
        row.failures += 1
        record.stumble(row, error, now, open_attempt(row))
        again_at = now + backoff_of(row.failures)
        fault = breakers.held(broken[0]) if broken else None
        if fault:  # it waits with all the others, and goes on with them
            row.breaker, again_at = fault, fault.probe_at
        again_at = in_time(row, again_at, now)
        stubborn.comes_again(row, again_at)
        row.save()
        return again_at
