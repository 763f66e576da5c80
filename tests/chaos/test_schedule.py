"""The schedule of a storm: the same from the same seed, and exactly as large as asked."""

from collections import Counter

import pytest

from tests.chaos.lives import KINDS, LIVES, TYPES
from tests.chaos.schedule import (
    BLOWS,
    FULL,
    LEASE_SECONDS,
    SHORT,
    STOPS,
    Blow,
    Schedule,
    Sizes,
    make,
    share_out,
)


@pytest.fixture(params=[FULL, SHORT], ids=["full", "short"])
def storm(request: pytest.FixtureRequest) -> Schedule:
    return make(7, request.param)


def test_the_same_seed_gives_the_same_storm_and_another_seed_another() -> None:
    assert make(7, FULL) == make(7, FULL)
    one, other = make(7, FULL), make(8, FULL)
    for part in ("weather", "asks", "kills", "database_kills", "lags"):
        assert getattr(one, part) != getattr(other, part), part


def test_counts_are_exactly_as_asked(storm: Schedule) -> None:
    sizes = storm.sizes
    assert [ask.number for ask in storm.asks] == list(range(sizes.endpoints))
    assert (len(storm.kills), len(storm.database_kills)) == (sizes.kills, sizes.postgres_kills)
    assert {ask.region for ask in storm.asks} == set(storm.regions) == {lag.region for lag in storm.lags}
    assert {TYPES[ask.kind] for ask in storm.asks} == set(TYPES.values())
    assert {kill.worker for kill in storm.kills} <= set(range(sizes.workers))


@pytest.mark.parametrize("seed", range(20))
def test_every_seed_has_as_many_of_each_kind_life_and_blow(seed: int) -> None:
    def counted(storm: Schedule) -> tuple[Counter[object], Counter[object]]:
        lives = Counter[object]((ask.kind, *(act for _, act in ask.acts)) for ask in storm.asks)
        return lives, Counter[object](kill.blow for kill in storm.kills)

    assert counted(make(seed, FULL)) == counted(make(0, FULL))


def test_the_full_storm_has_every_life_and_every_blow() -> None:
    storm = make(1, FULL)
    lived = {(ask.kind, tuple(act for _, act in ask.acts)) for ask in storm.asks}
    assert lived == {(kind, life) for kind, lives in LIVES.items() for life in lives}
    assert {kill.blow for kill in storm.kills} == set(Blow)


def test_everything_happens_within_the_storm_and_in_order(storm: Schedule) -> None:
    for ask in storm.asks:
        times = [ask.at, *(at for at, _ in ask.acts)]
        assert times == sorted(times)
        assert 0 <= times[0] <= times[-1] <= 0.9 * storm.sizes.seconds
    for part in (storm.asks, storm.kills, storm.database_kills, storm.lags):
        times = [item.at for item in part]
        assert times == sorted(times)
        assert 0 <= times[0] <= times[-1] <= storm.sizes.seconds


def test_what_is_stopped_sleeps_for_longer_than_a_lease() -> None:
    for kill in make(3, FULL).kills:
        assert (kill.seconds > LEASE_SECONDS) == (kill.blow in STOPS)


def test_reads_lag_by_at_most_ten_seconds(storm: Schedule) -> None:
    assert all(0 <= lag.seconds <= 10 for lag in storm.lags)


def test_shares_are_exact_and_what_is_left_goes_where_most_is_due() -> None:
    assert Counter(share_out(10, {"a": 50, "b": 26, "c": 24})) == {"a": 5, "b": 3, "c": 2}
    assert share_out(0, {"a": 1}) == []
    assert [sum(KINDS.values()), sum(BLOWS.values())] == [100, 100]
    for weights in LIVES.values():
        assert sum(weights.values()) == 100
        assert len(share_out(37, weights)) == 37


def test_a_storm_of_any_size_can_be_made() -> None:
    tiny = make(1, Sizes(endpoints=1, kills=0, postgres_kills=0, seconds=5, workers=1, regions=1))
    assert (len(tiny.asks), tiny.kills, tiny.database_kills) == (1, (), ())
