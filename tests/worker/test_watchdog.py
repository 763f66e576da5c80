"""When a worker's group counts as stuck."""

import os

import pytest

from endpoints.worker.watchdog import MOST_DOUBLINGS, Watchdog

PATIENCE = 60.0  # seconds


class Bench:
    """A watchdog with a clock, a queue and beats in the test's hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.due = True
        beats_in, self.beats_out = os.pipe()
        os.set_blocking(beats_in, False)
        monkeypatch.setattr("endpoints.worker.watchdog.time.monotonic", lambda: self.now)
        self.dog = Watchdog(PATIENCE, beats_in)

    def after(self, seconds: float) -> bool:
        """Let time pass and look once."""
        self.now += seconds
        return self.dog.is_stuck(is_work_due=self.due)

    def beat(self) -> None:
        """Finish a task."""
        os.write(self.beats_out, b".")


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Work is due and nothing was finished yet."""
    return Bench(monkeypatch)


def test_work_that_waited_for_the_patience_without_a_beat_means_stuck(bench: Bench) -> None:
    assert not bench.after(0)
    assert not bench.after(PATIENCE - 1)
    assert bench.after(1)


def test_a_beat_begins_the_count_anew(bench: Bench) -> None:
    bench.after(0)
    bench.after(PATIENCE - 1)
    bench.beat()
    assert not bench.after(1)
    assert not bench.after(PATIENCE - 1)


def test_an_idle_group_is_never_stuck(bench: Bench) -> None:
    bench.due = False
    assert not bench.after(0)
    assert not bench.after(100 * PATIENCE)


def test_restarts_that_bring_no_beat_come_ever_more_seldom(bench: Bench) -> None:
    for fruitless in range(MOST_DOUBLINGS + 3):
        patience = PATIENCE * 2 ** min(fruitless, MOST_DOUBLINGS)
        bench.dog.restart()
        assert not bench.after(0)
        assert not bench.after(patience - 1)
        assert bench.after(1)
    bench.beat()
    bench.after(0)
    assert not bench.after(0)
    assert bench.after(PATIENCE), "a beat gives the first patience back"
