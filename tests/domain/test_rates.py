"""Token buckets: never more calls than the rate allows, none withheld for long, and waits that come true."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from endpoints.domain.rates import RATES, SLOW_FOR, STARTS_LATE, Api, Level, Rate, calls_for

BEGIN = datetime(2028, 2, 29, 23, 59, tzinfo=UTC)
RATE = RATES[Api.CREATE]

rates = st.builds(Rate, st.floats(1, 50), st.floats(0.1, 30))
gaps = st.lists(st.floats(0, 60), max_size=60)


def full(rate: Rate = RATE) -> Level:
    return Level(rate.size, BEGIN)


def after(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def test_creates_may_come_four_at_once_and_a_little_more_slowly_than_aws_refills() -> None:
    for api in (Api.CREATE, Api.MODIFY, Api.DELETE):
        assert (RATES[api].size, RATES[api].refill) == (4, 0.29)


@given(rates, gaps)
def test_no_stretch_of_time_ever_grants_more_than_the_bucket_and_its_refill(
    rate: Rate, gaps: list[float]
) -> None:
    now, level, taken = BEGIN, full(rate), []
    for gap in gaps:
        now += timedelta(seconds=gap)
        level = level.filled(rate, now)
        if level.grants(1):
            level = level.less(1, rate)
            taken.append(now)
    for n, begin in enumerate(taken):
        for m, end in enumerate(taken[n:], start=1):
            assert m <= rate.size + (end - begin).total_seconds() * rate.refill + 1e-3


@given(rates, st.floats(-5, 50), st.integers(1, 40), st.floats(0, 120), st.booleans())
def test_who_waits_as_long_as_told_is_served_and_not_much_too_late(
    rate: Rate, tokens: float, calls: int, later: float, slowed: bool
) -> None:
    level = Level(min(tokens, rate.size), BEGIN, BEGIN + SLOW_FOR if slowed else None)
    now = after(later)
    level = level.filled(rate, now)
    calls = min(calls, int(rate.size))
    wait = level.wait(calls, rate, now)
    assert level.filled(rate, now + wait + timedelta(milliseconds=1)).grants(calls)
    if wait > timedelta(milliseconds=100):
        assert not level.filled(rate, now + wait * 0.9).grants(calls)


def test_after_a_pause_the_next_burst_begins_to_refill_when_aws_may_have_seen_it() -> None:
    level = full().filled(RATE, after(1000)).less(1, RATE).less(1, RATE).less(1, RATE).less(1, RATE)
    assert not level.filled(RATE, after(1000 + 1 / 0.29)).grants(1)
    assert level.filled(RATE, after(1000 + 1 / 0.29) + STARTS_LATE).grants(1)


def test_a_throttled_bucket_is_empty_and_fills_half_as_fast_for_a_minute() -> None:
    level = full().throttled(BEGIN)
    assert level.tokens == 0
    assert level.filled(RATE, after(10)).tokens == 10 * 0.29 / 2
    assert full(Rate(100, 1)).throttled(BEGIN).filled(Rate(100, 1), after(70)).tokens == 30 + 10


def test_a_clock_that_was_set_back_grants_nothing_new_and_blocks_nothing() -> None:
    level = Level(1.0, after(10**6))
    assert level.filled(RATE, BEGIN).tokens == 1.0
    assert level.filled(RATE, BEGIN).filled(RATE, after(60)).grants(4)


@given(st.integers(1, 500), st.integers(1, 30))
def test_calls_that_take_several_along_are_fewer(place: int, per_call: int) -> None:
    calls = calls_for(place, Rate(4, 0.29, per_call))
    assert (calls - 1) * per_call < place <= calls * per_call
