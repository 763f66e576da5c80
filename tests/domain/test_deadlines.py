"""The warnings before a deadline: which is told when, at both sides of every instant and by properties."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints.domain.deadlines import next_moment, warning_due
from endpoints.domain.status import FACTS, Status
from endpoints.domain.steps import Situation, Step, next_step
from tests.domain.test_steps import GRACE, INSTANT, LIVE, MADE

SINCE = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
GRACES = {Status.PENDING_ACCEPTANCE: DAY, Status.REJECTED: DAY, Status.FAILED: 7 * DAY}
BEFORE = (24 * HOUR, 4 * HOUR, HOUR)


def waiting(status: Status, *, with_object: bool = True) -> Situation:
    attempt = MADE if with_object else None
    return replace(LIVE, status=status, status_since=SINCE, observed_at=None, attempt=attempt)


@pytest.mark.parametrize("with_object", [True, False], ids=["with object", "without object"])
@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("status", GRACES)
def test_a_warning_is_told_at_its_instant_and_not_sooner_without_any_observation(
    status: Status, before: timedelta, with_object: bool
) -> None:
    seen = waiting(status, with_object=with_object)
    at = SINCE + GRACES[status] - before
    earlier = [SINCE + GRACES[status] - b for b in BEFORE if b > before]
    told = replace(seen, warned_at=max((m for m in earlier if m >= SINCE), default=None))
    if at > SINCE:
        assert next_step(told, at - INSTANT, GRACE).step is Step.REST
        assert next_step(told, at - INSTANT, GRACE).look_at == at
    assert next_step(told, at, GRACE).step is Step.WARN
    after = next_step(replace(seen, warned_at=at), at, GRACE)
    assert after.step is Step.REST
    assert after.look_at == at + {24: 20 * HOUR, 4: 3 * HOUR, 1: HOUR}[before // HOUR]


@pytest.mark.parametrize("status", [Status.PENDING_ACCEPTANCE, Status.REJECTED])
def test_a_day_has_its_first_warning_as_it_begins(status: Status) -> None:
    assert warning_due(status, SINCE, SINCE, None) == DAY


def test_seven_days_have_none_before_the_sixth_is_over() -> None:
    assert next_moment(Status.FAILED, SINCE, SINCE) == SINCE + 6 * DAY
    assert warning_due(Status.FAILED, SINCE, SINCE + 6 * DAY - INSTANT, None) is None


@pytest.mark.parametrize("status", [status for status in Status if status not in GRACES])
def test_what_is_removed_at_once_or_never_is_not_warned_of(status: Status) -> None:
    for hours in range(24 * 9):
        assert warning_due(status, SINCE, SINCE + hours * HOUR, None) is None


@pytest.mark.parametrize(
    ("away_until", "told"),
    [(6 * DAY + 5 * HOUR, DAY), (7 * DAY - 2 * HOUR, 4 * HOUR), (7 * DAY - INSTANT, HOUR), (7 * DAY, None)],
)
def test_of_several_overdue_ones_only_the_nearest_is_told(
    away_until: timedelta, told: timedelta | None
) -> None:
    now = SINCE + away_until
    assert warning_due(Status.FAILED, SINCE, now, None) == told
    assert warning_due(Status.FAILED, SINCE, now, now) is None


def test_a_retry_and_a_removal_end_the_warnings() -> None:
    now = SINCE + 6 * DAY
    seen = waiting(Status.FAILED)
    assert next_step(seen, now, GRACE).step is Step.WARN
    assert next_step(replace(seen, generation=2), now, GRACE).step is Step.START
    assert next_step(replace(seen, removal_requested=True), now, GRACE).step is Step.DELETE


@given(
    status=st.sampled_from(list(GRACES)),
    looks=st.lists(st.integers(0, 7 * 24 * 60 + 90), min_size=1, max_size=30).map(sorted),
    follows=st.booleans(),
)
def test_however_a_row_is_looked_at_each_warning_comes_once_in_order_and_in_time(
    status: Status, looks: list[int], follows: bool
) -> None:
    """`follows`: the engine also looks whenever it said it would."""
    due = SINCE + GRACES[status]
    seen = waiting(status)
    pending = [SINCE + timedelta(minutes=minutes) for minutes in [0, *looks]]
    told: list[tuple[datetime, timedelta]] = []
    while pending:
        now = min(pending)
        pending = [moment for moment in pending if moment > now]
        decision = next_step(seen, now, GRACE)
        if decision.step is Step.WARN:
            before = warning_due(status, SINCE, now, seen.warned_at)
            assert before is not None
            told.append((now, before))
            seen = replace(seen, warned_at=now)
            decision = next_step(seen, now, GRACE)
            assert decision.step is Step.REST, "one warning at a time"
        if now >= due:
            assert decision.step is Step.WAIT  # nothing was observed since
            break
        assert decision.look_at is not None
        assert now < decision.look_at <= due
        if follows:
            pending.append(decision.look_at)
    kinds = [before for _, before in told]
    assert kinds == sorted(set(kinds), reverse=True)
    for at, before in told:
        nearer = [due - b for b in BEFORE if b < before]
        assert due - before <= at < min([*nearer, due]), "told while it is the nearest"
    if follows:
        assert told == [(due - b, b) for b in BEFORE if due - b >= SINCE]


def test_the_graces_are_those_of_the_contract() -> None:
    assert {s: f.grace for s, f in FACTS.items() if f.grace} == GRACES
