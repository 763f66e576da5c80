"""The decision of the engine, row by row and at both sides of every instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from endpoints.domain.status import FACTS, Status, deadline
from endpoints.domain.steps import AttemptView, Decision, Situation, Step, next_step
from endpoints.domain.timing import CONNECT_WAIT, DELETE_AGAIN_AFTER

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GRACE = timedelta(minutes=5)
INSTANT = timedelta(microseconds=1)
LONG_AGO = NOW - timedelta(days=400)

NEW = AttemptView(
    generation=1,
    in_doubt=False,
    started_at=None,
    refused=False,
    external_id="",
    state="",
    absent_listings=0,
    delete_asked_at=None,
    private_dns_look_at=None,
)
SENT = replace(NEW, in_doubt=True, started_at=NOW)
MADE = replace(NEW, external_id="vpce-1", state="available", started_at=LONG_AGO)
ASKED = replace(MADE, delete_asked_at=NOW)
MISSING = replace(MADE, absent_listings=2)
REFUSED = replace(SENT, refused=True)

LIVE = Situation(
    status=Status.READY,
    status_since=LONG_AGO,
    generation=1,
    observed_generation=1,
    last_attempt=1,
    removal_requested=False,
    observed_at=NOW,
    attempt=MADE,
)
FRESH = replace(LIVE, status=Status.PROVISIONING, last_attempt=0, attempt=None)
LEAVING = replace(LIVE, status=Status.DELETING, removal_requested=True)
REPLACED = replace(LIVE, status=Status.PROVISIONING, generation=2, observed_generation=2)


def step(seen: Situation, now: datetime = NOW) -> Step:
    return next_step(seen, now, GRACE).step


@pytest.mark.parametrize(
    ("because", "seen", "due"),
    [
        ("a new row needs a place", FRESH, Step.PLACE),
        ("a saved request is sent", replace(FRESH, last_attempt=1, attempt=NEW), Step.CREATE),
        ("an unanswered create is repeated", replace(FRESH, last_attempt=1, attempt=SENT), Step.CREATE),
        ("an endpoint that is ready rests", LIVE, Step.REST),
        (
            "a generation that had its attempt is never placed again",
            replace(FRESH, last_attempt=1),
            Step.REST,
        ),
        (
            "a failed row without an object rests",
            replace(FRESH, status=Status.FAILED, status_since=NOW),
            Step.REST,
        ),
        ("a retry starts", replace(LIVE, generation=2), Step.START),
        ("a retry deletes the old object first", REPLACED, Step.DELETE),
        (
            "a retry waits while the old object dies",
            replace(REPLACED, attempt=replace(ASKED, state="deleting")),
            Step.WAIT,
        ),
        (
            "a retry closes the old attempt once its object is gone",
            replace(REPLACED, attempt=MISSING),
            Step.CLOSE,
        ),
        ("then the next generation is placed", replace(REPLACED, attempt=None), Step.PLACE),
        (
            "a retry repeats an old unanswered create, to learn the id it must delete",
            replace(REPLACED, attempt=SENT),
            Step.CREATE,
        ),
        (
            "the removal of what has no attempt is done",
            replace(LEAVING, attempt=None),
            Step.FORGET,
        ),
        ("the removal of what was never sent closes it", replace(LEAVING, attempt=NEW), Step.CLOSE),
        (
            "the removal of an unanswered create repeats it: the answer brings the id",
            replace(LEAVING, attempt=SENT),
            Step.CREATE,
        ),
        ("the removal of an object deletes it", LEAVING, Step.DELETE),
        ("after a delete one waits for AWS", replace(LEAVING, attempt=ASKED), Step.WAIT),
        ("what is gone is closed", replace(LEAVING, attempt=MISSING), Step.CLOSE),
        (
            "deleted is gone, without grace",
            replace(LEAVING, attempt=replace(ASKED, state="deleted", started_at=NOW)),
            Step.CLOSE,
        ),
        (
            "removal goes before a retry",
            replace(LEAVING, generation=2),
            Step.DELETE,
        ),
        (
            "a retry goes before its own deadline",
            replace(LIVE, status=Status.EXPIRED, generation=2),
            Step.START,
        ),
        (
            "what somebody else removed is told",
            replace(LIVE, attempt=MISSING),
            Step.TELL_REMOVED_OUTSIDE,
        ),
        (
            "what somebody else removed is told at once where AWS says deleted",
            replace(LIVE, attempt=replace(MADE, state="deleted", started_at=NOW)),
            Step.TELL_REMOVED_OUTSIDE,
        ),
        (
            "one missing listing changes nothing",
            replace(LIVE, attempt=replace(MADE, absent_listings=1)),
            Step.REST,
        ),
        (
            "absence within grace waits",
            replace(LIVE, attempt=replace(MISSING, started_at=NOW)),
            Step.WAIT,
        ),
        (
            "a refused repeat waits, for the first try may have worked",
            replace(FRESH, last_attempt=1, attempt=REFUSED),
            Step.WAIT,
        ),
        (
            "a refused repeat waits after grace too, until two listings missed the object",
            replace(FRESH, last_attempt=1, attempt=replace(REFUSED, started_at=LONG_AGO, absent_listings=1)),
            Step.WAIT,
        ),
        (
            "a refused repeat without an object after grace is closed",
            replace(FRESH, last_attempt=1, attempt=replace(REFUSED, started_at=LONG_AGO, absent_listings=2)),
            Step.CLOSE,
        ),
        ("a deadline that passed cleans up", replace(LIVE, status=Status.FAILED), Step.CLEAN_UP),
        (
            "a deadline on an old observation waits",
            replace(LIVE, status=Status.FAILED, observed_at=LONG_AGO),
            Step.WAIT,
        ),
        (
            "a deadline without any observation waits",
            replace(LIVE, status=Status.FAILED, observed_at=None),
            Step.WAIT,
        ),
        (
            "an unknown state is left alone for ever",
            replace(LIVE, status=Status.UNKNOWN),
            Step.REST,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_step_that_is_due(because: str, seen: Situation, due: Step) -> None:
    assert step(seen) is due, because


@pytest.mark.parametrize("seen", [LIVE, LEAVING, REPLACED], ids=["live", "leaving", "replaced"])
def test_absence_counts_from_the_end_of_grace_on_and_not_an_instant_sooner(seen: Situation) -> None:
    gone = Step.TELL_REMOVED_OUTSIDE if seen is LIVE else Step.CLOSE
    asked = replace(MISSING, delete_asked_at=NOW, started_at=NOW)
    missing = replace(seen, attempt=asked)
    too_soon = replace(missing, observed_at=NOW + GRACE - INSTANT)
    assert step(too_soon, NOW + GRACE) is Step.WAIT
    assert step(replace(missing, observed_at=NOW + GRACE), NOW + GRACE) is gone


def test_absence_within_grace_is_looked_at_again_when_grace_ends() -> None:
    missing = replace(LIVE, attempt=replace(MISSING, started_at=NOW))
    assert next_step(missing, NOW, GRACE) == Decision(Step.WAIT, NOW + GRACE)


def test_a_refused_repeat_is_closed_at_the_end_of_grace_and_not_an_instant_sooner() -> None:
    seen = replace(LEAVING, attempt=replace(REFUSED, absent_listings=2))
    assert step(replace(seen, observed_at=NOW + GRACE - INSTANT), NOW + GRACE) is Step.WAIT
    assert step(replace(seen, observed_at=NOW + GRACE), NOW + GRACE) is Step.CLOSE


def test_a_delete_is_asked_for_again_only_after_its_wait_and_only_where_nothing_happened() -> None:
    seen = replace(LEAVING, attempt=ASKED)
    again = NOW + DELETE_AGAIN_AFTER
    assert step(seen, again - INSTANT) is Step.WAIT
    assert step(seen, again) is Step.DELETE
    dying = replace(LEAVING, attempt=replace(ASKED, state="deleting"))
    assert step(dying, again + timedelta(days=3)) is Step.WAIT
    missing = replace(LEAVING, attempt=replace(ASKED, absent_listings=1))
    assert step(missing, again + timedelta(days=3)) is Step.WAIT


GRACES = [status for status in Status if FACTS[status].grace is not None]


@pytest.mark.parametrize("status", GRACES)
@pytest.mark.parametrize("attempt", [MADE, None], ids=["with object", "without object"])
def test_cleanup_begins_at_the_deadline_and_not_an_instant_sooner(
    status: Status, attempt: AttemptView | None
) -> None:
    due = deadline(status, NOW)
    assert due is not None
    seen = replace(LIVE, status=status, status_since=NOW, observed_at=due, attempt=attempt, warned_at=due)
    assert next_step(seen, due - INSTANT, GRACE) == Decision(Step.REST, due)
    assert step(seen, due) is Step.CLEAN_UP


@pytest.mark.parametrize("status", GRACES)
def test_cleanup_needs_an_observation_of_the_deadline_or_later(status: Status) -> None:
    due = deadline(status, NOW)
    assert due is not None
    later = due + timedelta(days=1)
    seen = replace(LIVE, status=status, status_since=NOW, observed_at=due - INSTANT)
    assert step(seen, later) is Step.WAIT
    assert step(replace(seen, observed_at=due), later) is Step.CLEAN_UP


def test_what_aws_does_not_connect_is_given_up_after_its_wait_and_only_if_seen_since() -> None:
    due = NOW + CONNECT_WAIT
    seen = replace(
        LIVE, status=Status.PROVISIONING, status_since=NOW, is_connecting=True, observed_at=due - INSTANT
    )
    assert next_step(seen, due - INSTANT, GRACE) == Decision(Step.REST, due)
    assert step(seen, due) is Step.WAIT
    assert step(replace(seen, observed_at=None), due) is Step.WAIT
    assert step(replace(seen, observed_at=due), due) is Step.GIVE_UP


@pytest.mark.parametrize("status", [s for s in Status if FACTS[s].grace is None])
def test_a_status_without_a_deadline_is_never_cleaned_up(status: Status) -> None:
    seen = replace(LIVE, status=status, status_since=LONG_AGO)
    assert next_step(seen, NOW, GRACE) == Decision(Step.REST, None)


def test_the_private_name_is_looked_at_when_its_time_comes_and_only_while_available() -> None:
    attempt = replace(MADE, private_dns_look_at=NOW)
    seen = replace(LIVE, attempt=attempt)
    assert next_step(seen, NOW - INSTANT, GRACE) == Decision(Step.REST, NOW)
    assert step(seen, NOW) is Step.PRIVATE_DNS
    for state in ("pending", "pendingacceptance", "failed", "deleting"):
        assert step(replace(seen, attempt=replace(attempt, state=state))) is Step.REST
    assert step(replace(seen, status=Status.PROVISIONING)) is Step.REST
    assert step(replace(seen, removal_requested=True)) is Step.DELETE


def test_every_wait_says_when_to_look_again_and_that_lies_ahead() -> None:
    for attempt in (SENT, ASKED, MISSING, REFUSED, replace(MISSING, started_at=NOW)):
        for base in (LIVE, LEAVING, REPLACED, replace(LIVE, status=Status.FAILED, observed_at=None)):
            decision = next_step(replace(base, attempt=attempt), NOW, GRACE)
            if decision.step is Step.WAIT:
                assert decision.look_at is not None
                assert decision.look_at > NOW


@pytest.mark.parametrize("seen", [LIVE, LEAVING, REPLACED], ids=["live", "leaving", "replaced"])
def test_absence_needs_a_listing_that_began_after_grace(seen: Situation) -> None:
    """Two listings that lag just after a create say nothing once reads have stopped and grace is over."""
    early = replace(seen, attempt=replace(MISSING, started_at=NOW), observed_at=NOW + timedelta(seconds=4))
    assert step(early, NOW + GRACE) not in (Step.CLOSE, Step.TELL_REMOVED_OUTSIDE)
