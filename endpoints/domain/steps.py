"""`next_step`: the one decision of the engine, pure, on one screen.

Rules (design, "The engine" 2 and 3): create only if this generation was never seen; an unanswered create is
repeated with its own token and parameters, also when removal is wanted, because the answer brings the id
that must be deleted; forget only what was seen gone; absence counts from two complete listings, the
newest of which began after `create_grace` since the start of the last try was over. A create without a
token is repeated only after two complete listings that missed its object.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from endpoints.domain.deadlines import next_moment, warning_due
from endpoints.domain.status import Status, deadline
from endpoints.domain.timing import ABSENT_LISTINGS, CONNECT_WAIT, DELETE_AGAIN_AFTER


class Step(StrEnum):
    """What is due for one endpoint. Only ACCEPT, CREATE, DELETE and PRIVATE_DNS write to AWS."""

    REST = "rest"  # nothing until an observation or a person changes something
    WAIT = "wait"  # look again at a known time
    START = "start"  # a new generation was asked for: back to Provisioning
    PREPARE = "prepare"  # look for what must be there before a network is chosen, such as a share
    ACCEPT = "accept"  # accept the invitation that was found
    PLACE = "place"  # choose the network and save the exact request
    CREATE = "create"  # find by tag, then send the saved request
    PRIVATE_DNS = "private_dns"  # see whether the owner's private name may be switched on
    DELETE = "delete"
    CLOSE = "close"  # the attempt's object is proven gone, or was never made
    GIVE_UP = "give_up"  # made by AWS, and still not connected after a long time
    TELL_REMOVED_OUTSIDE = "tell_removed_outside"
    WARN = "warn"  # a deadline is near: tell it, which needs no fresh observation
    CLEAN_UP = "clean_up"  # a deadline passed: the same as a person's removal, by "cleanup"
    FORGET = "forget"  # nothing is left in AWS: the row becomes a tombstone


@dataclass(frozen=True)
class AttemptView:
    """What is known of the open attempt.

    `state` is AWS's word, casefolded, "" before the first sighting. `in_doubt`: some create may have taken
    effect although its answer is missing. `refused`: a repeated create was refused for good. `repeatable`:
    its create carries a token, so that sending it again makes nothing new.
    """

    generation: int
    in_doubt: bool
    started_at: datetime | None
    refused: bool
    external_id: str
    state: str
    absent_listings: int
    delete_asked_at: datetime | None
    private_dns_look_at: datetime | None
    repeatable: bool = True


@dataclass(frozen=True)
class Preparation:
    """What must be there before a network is chosen. `done`: it is, for the generation asked for.

    `heals`: the row failed for want of it, and goes on by itself once it is there. `must_accept`: an
    invitation was found. `look_at`: when to look next, None at once.
    """

    done: bool = True
    heals: bool = False
    must_accept: bool = False
    look_at: datetime | None = None


@dataclass(frozen=True)
class Situation:
    """One endpoint as `next_step` sees it.

    `generation` is what people asked for, `observed_generation` what the status speaks of,
    `last_attempt` the highest generation ever attempted, `attempt` the open one. `observed_at` is the start
    of the newest complete listing that speaks of this endpoint, None before the first. `is_connecting`: AWS
    has made the object and it is not connected yet. `warned_at`: when this status was last warned of.
    """

    status: Status
    status_since: datetime
    generation: int
    observed_generation: int
    last_attempt: int
    removal_requested: bool
    observed_at: datetime | None
    attempt: AttemptView | None
    preparation: Preparation = Preparation()
    is_connecting: bool = False
    warned_at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """A step, and for WAIT and REST when to look again at the latest (None: only when something changes)."""

    step: Step
    look_at: datetime | None = None


def next_step(seen: Situation, now: datetime, create_grace: timedelta) -> Decision:
    """Choose the one step that brings AWS nearer to what was asked. No clock, no I/O."""
    attempt = seen.attempt
    if seen.removal_requested:
        return _towards_gone(seen, attempt, now, create_grace) if attempt else Decision(Step.FORGET)
    if seen.observed_generation < seen.generation:
        return Decision(Step.START)
    if attempt is None:
        return _before_placing(seen, now)
    if attempt.generation < seen.generation:
        return _towards_gone(seen, attempt, now, create_grace)
    return _towards_ready(seen, attempt, now, create_grace)


def _before_placing(seen: Situation, now: datetime) -> Decision:
    resting = _until_deadline(seen, now)
    waits = seen.status is Status.PROVISIONING or seen.preparation.heals
    if resting.step is not Step.REST or not waits or seen.last_attempt >= seen.generation:
        return resting
    if seen.preparation.done:
        return Decision(Step.PLACE) if seen.status is Status.PROVISIONING else resting
    if seen.preparation.must_accept:
        return Decision(Step.ACCEPT)
    look_at = seen.preparation.look_at
    if look_at is None or now >= look_at:
        return Decision(Step.PREPARE)
    return Decision(Step.REST, min(look_at, resting.look_at) if resting.look_at else look_at)


def _towards_ready(seen: Situation, attempt: AttemptView, now: datetime, create_grace: timedelta) -> Decision:
    if not attempt.external_id:
        return _unanswered(seen, attempt, now, create_grace)
    if _is_gone(seen, attempt, create_grace):
        return Decision(Step.TELL_REMOVED_OUTSIDE)
    if attempt.absent_listings >= ABSENT_LISTINGS and attempt.started_at is not None:
        return Decision(Step.WAIT, max(attempt.started_at + create_grace, now + create_grace / 20))
    look_at = attempt.private_dns_look_at
    if seen.status is Status.READY and look_at is not None and attempt.state == "available":
        return Decision(Step.PRIVATE_DNS) if now >= look_at else Decision(Step.REST, look_at)
    if seen.is_connecting:
        return _once_observed(Step.GIVE_UP, seen, seen.status_since + CONNECT_WAIT, now)
    return _until_deadline(seen, now)


def _towards_gone(seen: Situation, attempt: AttemptView, now: datetime, create_grace: timedelta) -> Decision:
    if not attempt.external_id:
        if not attempt.in_doubt:
            return Decision(Step.CLOSE)  # never sent, or every try was refused before it did anything
        # Replay, don't skip: the lost answer may hide a live, billed endpoint. Without a token a replay
        # would make one: then only listings can tell.
        if not attempt.repeatable:
            return _until_absent(seen, attempt, now, create_grace)
        return _unanswered(seen, attempt, now, create_grace)
    if _is_gone(seen, attempt, create_grace):
        return Decision(Step.CLOSE)
    if attempt.delete_asked_at is None:
        return Decision(Step.DELETE)
    again_at = attempt.delete_asked_at + DELETE_AGAIN_AFTER
    if attempt.state != "deleting" and attempt.absent_listings == 0 and now >= again_at:
        return Decision(Step.DELETE)
    return Decision(Step.WAIT, max(again_at, now + DELETE_AGAIN_AFTER / 4))


def _unanswered(seen: Situation, attempt: AttemptView, now: datetime, create_grace: timedelta) -> Decision:
    if attempt.refused:
        # A refusal of a repeated create says nothing about the first one, whose answer was lost.
        return _until_absent(seen, attempt, now, create_grace)
    if attempt.in_doubt and not attempt.repeatable and attempt.absent_listings < ABSENT_LISTINGS:
        return Decision(Step.WAIT, now + create_grace / 20)
    return Decision(Step.CREATE)


def _until_absent(seen: Situation, attempt: AttemptView, now: datetime, create_grace: timedelta) -> Decision:
    if _is_absent(seen, attempt, create_grace):
        return Decision(Step.CLOSE)
    assert attempt.started_at is not None
    return Decision(Step.WAIT, max(attempt.started_at + create_grace, now + create_grace / 20))


def _is_gone(seen: Situation, attempt: AttemptView, create_grace: timedelta) -> bool:
    return attempt.state == "deleted" or _is_absent(seen, attempt, create_grace)


def _is_absent(seen: Situation, attempt: AttemptView, create_grace: timedelta) -> bool:
    """Two listings that lag just after a create say nothing: the newest must have begun after the grace."""
    if attempt.absent_listings < ABSENT_LISTINGS or attempt.started_at is None:
        return False
    return seen.observed_at is not None and seen.observed_at >= attempt.started_at + create_grace


def _until_deadline(seen: Situation, now: datetime) -> Decision:
    due = deadline(seen.status, seen.status_since)
    if due is None:
        return Decision(Step.REST)
    if warning_due(seen.status, seen.status_since, now, seen.warned_at):
        return Decision(Step.WARN)
    if now < due:
        return Decision(Step.REST, next_moment(seen.status, seen.status_since, now))
    return _once_observed(Step.CLEAN_UP, seen, due, now)


def _once_observed(step: Step, seen: Situation, due: datetime, now: datetime) -> Decision:
    """Rest until a moment; then act, but only on an observation made after it passed."""
    if now < due:
        return Decision(Step.REST, due)
    if seen.observed_at is not None and seen.observed_at >= due:
        return Decision(step)
    return Decision(Step.WAIT, now + timedelta(seconds=5))
