"""Kept answers: for how long, and which are not kept."""

import pytest

from endpoints.domain.errors import Unplaceable
from endpoints.domain.reasons import Reason
from endpoints.providers.recent import KEPT_SECONDS, Recent


class Asked:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        """Return the number of this asking."""
        self.times += 1
        return self.times


def test_an_answer_is_kept_for_a_moment_by_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    kept, asked = Recent(), Asked()
    assert [kept.get("a", asked), kept.get("a", asked), kept.get("b", asked)] == [1, 1, 2]
    now += KEPT_SECONDS
    assert kept.get("a", asked) == 3


def test_what_is_not_to_be_kept_or_was_forgotten_is_asked_again() -> None:
    kept, asked = Recent(), Asked()
    assert [kept.get("a", asked, lambda answer: answer > 1) for _ in range(3)] == [1, 2, 2]
    kept.forget()
    assert kept.get("a", asked) == 3


def test_an_error_is_not_kept() -> None:
    kept, asked = Recent(), Asked()

    def refused() -> int:
        raise Unplaceable(Reason.SERVICE_NOT_FOUND)

    with pytest.raises(Unplaceable):
        kept.get("a", refused)
    assert kept.get("a", asked) == 1
