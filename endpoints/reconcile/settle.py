"""The steps that need no AWS call: they are carried out at once, in the transaction that holds the row."""

from collections.abc import Callable
from datetime import timedelta

from endpoints import claims, intents
from endpoints.domain.deadlines import warning_due
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.status import Status
from endpoints.domain.steps import Decision, Step
from endpoints.models import Attempt, Event, Moment, ReversePrivateEndpoint
from endpoints.reconcile import record
from endpoints.reconcile.replacing import follow_removal
from endpoints.reconcile.situation import GIVEN_UP, decide, open_attempt

_MOST_STEPS = 8  # far more than any row can need; a guard against a rule that does not settle


def settle(row: ReversePrivateEndpoint, moment: Moment) -> tuple[Attempt | None, Decision]:
    """Carry out what needs no AWS call; return the open attempt and the decision that is left."""
    changed = False
    for _ in range(_MOST_STEPS):
        for line in begin_removal(row, moment):
            line.save()
            changed = True
        attempt = open_attempt(row)
        decision = decide(row, attempt, moment)
        action = _ACTIONS.get(decision.step)
        if action is None:
            if changed:
                row.save()
            return attempt, decision
        action(row, attempt, moment)
        if row.is_removed:
            return None, Decision(Step.REST)
        changed = True
    raise RuntimeError(f"Endpoint {row.pk} does not settle: still {decision.step}.")


# --- changes of what is in memory, for one row and for many: each returns the lines to save ------------


def begin_removal(row: ReversePrivateEndpoint, moment: Moment) -> list[Event]:
    """Turn a row that is to be removed to Deleting; no line when it is already, or when nobody asked."""
    if row.removal_requested_at is None or row.status == Status.DELETING:
        return []
    lines = record.changed_status(row, Status.DELETING, Reason(row.removal_reason), moment.now)
    row.observed_generation = row.generation
    return lines


def mark_gone(
    row: ReversePrivateEndpoint, attempt: Attempt, moment: Moment, code: EventCode = EventCode.GONE_AT_AWS
) -> list[Event]:
    """Close an attempt: its object is gone, or was never made, for which there is no line."""
    attempt.gone_at = moment.now
    attempt.in_doubt = False
    row.changed_outside = []
    row.removal_trouble = {}
    told = {"external_id": attempt.external_id}
    return [Event.line(row, code, moment.now, attempt=attempt, params=told)] if attempt.external_id else []


def mark_removed(row: ReversePrivateEndpoint, moment: Moment) -> list[Event]:
    """Make a row a tombstone."""
    row.removed_at = moment.now
    row.raw_error = ""
    return [Event.line(row, EventCode.REMOVED, moment.now, actor=row.removal_requested_by)]


# --- the steps --------------------------------------------------------------------------------------------


def _start(row: ReversePrivateEndpoint, attempt: Attempt | None, moment: Moment) -> None:
    row.observed_generation = row.generation
    row.raw_error = ""
    row.failures = 0
    row.preparation, row.prepare_look_at = {}, None
    reason = Reason.REPLACING if attempt else Reason.REQUESTED
    record.set_status(row, Status.PROVISIONING, reason, moment.now)


def _close(row: ReversePrivateEndpoint, attempt: Attempt | None, moment: Moment) -> None:
    assert attempt is not None
    _save_gone(attempt, mark_gone(row, attempt, moment))
    if attempt.refusal and row.removal_requested_at is None and attempt.generation == row.generation:
        params = dict(attempt.refusal)
        record.fail_without_object(row, Reason(params.pop("reason")), moment.now, **params)


def _tell_removed_outside(row: ReversePrivateEndpoint, attempt: Attempt | None, moment: Moment) -> None:
    assert attempt is not None
    _save_gone(attempt, mark_gone(row, attempt, moment, EventCode.REMOVED_OUTSIDE))
    record.fail_without_object(row, Reason.REMOVED_OUTSIDE, moment.now, external_id=attempt.external_id)


def _give_up(row: ReversePrivateEndpoint, attempt: Attempt | None, moment: Moment) -> None:
    record.set_status(row, Status.FAILED, GIVEN_UP[Reason(row.reason)], moment.now)


def _warn(row: ReversePrivateEndpoint, attempt: Attempt | None, moment: Moment) -> None:
    before = warning_due(Status(row.status), row.status_since, moment.now, row.warned_at)
    assert before is not None
    assert row.deadline is not None
    params = {
        "hours": str(before // timedelta(hours=1)),
        "until": row.deadline.isoformat(),
        "status": row.status,
        "reason": row.reason,
    }
    Event.line(row, EventCode.DEADLINE_NEAR, moment.now, attempt=attempt, params=params).save()
    row.warned_at = moment.now


def _clean_up(row: ReversePrivateEndpoint, attempt: Attempt | None, moment: Moment) -> None:
    intents.clean_up(endpoint=row)
    row.refresh_from_db(fields=["removal_requested_at", "removal_requested_by", "removal_reason", "due_at"])


def _forget(row: ReversePrivateEndpoint, attempt: Attempt | None, moment: Moment) -> None:
    claims.release(row)
    for line in mark_removed(row, moment):
        line.save()
    row.save()
    follow_removal(row)


def _save_gone(attempt: Attempt, lines: list[Event]) -> None:
    attempt.save()
    for line in lines:
        line.save()


_ACTIONS: dict[Step, Callable[[ReversePrivateEndpoint, Attempt | None, Moment], None]] = {
    Step.START: _start,
    Step.CLOSE: _close,
    Step.GIVE_UP: _give_up,
    Step.TELL_REMOVED_OUTSIDE: _tell_removed_outside,
    Step.WARN: _warn,
    Step.CLEAN_UP: _clean_up,
    Step.FORGET: _forget,
}
