"""Waiting for a status: how each wait ends, and how many there may be."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from endpoints.api import waiting
from endpoints.domain.reasons import Reason
from endpoints.models import ApiKey, ReversePrivateEndpoint, Service
from tests.api.conftest import Caller, CallerFor, row

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]


@pytest.fixture
def made(caller: Caller) -> str:
    return str(row(caller.create()).pk)


class Rests:
    """Counts the pauses between looks, and passes their time at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rested: list[float] = []
        self.then: dict[int, Callable[[], object]] = {}
        self.now = 1_000.0
        monkeypatch.setattr(waiting, "_rest", self.rest)
        monkeypatch.setattr(waiting, "_now", lambda: self.now)

    def rest(self, seconds: float) -> None:
        self.rested.append(seconds)
        self.now += seconds
        self.then.get(len(self.rested), lambda: None)()


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> Rests:
    return Rests(monkeypatch)


def set_to(**columns: Any) -> Callable[[], object]:
    return lambda: ReversePrivateEndpoint.objects.update(**columns)


def test_a_wait_ends_with_the_endpoint_once_it_is_ready(caller: Caller, made: str, rests: Rests) -> None:
    rests.then[3] = set_to(status="Ready", reason=Reason.AVAILABLE, dns_names=["a.example"])
    answer = caller.call("GET", f"/{made}/wait?status=Ready&timeout=300")
    assert answer.status_code == 200
    assert answer.json()["result"] == caller.call("GET", f"/{made}").json()["result"]
    assert rests.rested == [2, 2, 2]
    answer = caller.call("GET", f"/{made}/wait/")
    assert (answer.status_code, len(rests.rested)) == (200, 3), "it is there already"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("Failed", Reason.SERVICE_NOT_FOUND),
        ("Rejected", Reason.REJECTED_BY_OWNER),
        ("Expired", Reason.NOT_ACCEPTED_IN_TIME),
    ],
)
def test_a_wait_ends_with_the_reason_as_soon_as_it_is_in_vain(
    caller: Caller, made: str, rests: Rests, status: str, reason: Reason
) -> None:
    rests.then[2] = set_to(status=status, reason=reason)
    text = caller.error("GET", f"/{made}/wait?timeout=300", status=409)
    assert text.startswith(f"CONFLICT: The endpoint is {status} and will not be Ready: ")
    assert len(text) > 70
    assert len(rests.rested) == 2
    assert caller.call("GET", f"/{made}/wait?status={status}").status_code == 200


def test_a_wait_ends_when_the_endpoint_is_removed(caller: Caller, made: str, rests: Rests) -> None:
    rests.then[1] = lambda: caller.call("DELETE", f"/{made}")
    assert "is Deleting" in caller.error("GET", f"/{made}/wait", status=409)
    assert caller.call("GET", f"/{made}/wait?status=Deleting").status_code == 200
    ReversePrivateEndpoint.objects.update(removal_requested_at=None)
    rests.then[2] = set_to(removal_requested_at=timezone.now(), removed_at=timezone.now())
    assert "is removed" in caller.error("GET", f"/{made}/wait", status=409)


def test_a_wait_ends_when_its_time_is_up(caller: Caller, made: str, rests: Rests) -> None:
    text = caller.error("GET", f"/{made}/wait?timeout=5", status=408)
    assert text.startswith("REQUEST_TIMEOUT: The endpoint is still Provisioning: ")
    assert rests.rested == [2, 2, 1]
    caller.error("GET", f"/{made}/wait?timeout=0", status=408)
    assert len(rests.rested) == 3


@pytest.mark.parametrize(
    "query", ["timeout=301", "timeout=-1", "timeout=x", "timeout=1.5", "status=ready", "status=", "timeout="]
)
def test_other_choices_are_bad_requests(caller: Caller, made: str, query: str) -> None:
    assert caller.error("GET", f"/{made}/wait?{query}", status=400).startswith("BAD_REQUEST: ")


def refused_places(answer: Any) -> str:
    assert (answer.status_code, answer["X-RateLimit-Reset"]) == (429, "5")
    code, _, text = answer.json()["error"].partition(": ")
    assert code == "TOO_MANY_REQUESTS"
    return str(text)


@pytest.mark.parametrize(("places", "own"), [(1, 1), (3, 1), (4, 2), (5, 2)])
def test_one_key_holds_half_of_the_places_and_all_keys_together_all_of_them(
    service: Service,
    caller_for: CallerFor,
    made: str,
    rests: Rests,
    settings: Any,
    places: int,
    own: int,
) -> None:
    """Each wait asks for the next one while it rests, until nobody is left who could ask."""
    settings.API_WAITS = places
    path, answers = f"/{made}/wait?timeout=300", []
    callers = [each for _ in range(places + 1) for each in [caller_for(service)] * (own + 1)]

    def next_one() -> None:
        if callers:
            answers.append(callers.pop(0).call("GET", path))
        else:
            set_to(status="Ready")()

    rests.then = dict.fromkeys(range(1, 100), next_one)
    next_one()
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == places
    texts = [refused_places(answer) for answer in answers if answer.status_code != 200]
    assert any(f"This key waits in {own} calls here already" in text for text in texts)
    if places > 1:
        assert any(f"{places} others are waiting here already" in text for text in texts)
    assert waiting._waiting == {}


def test_a_place_is_free_again_after_a_wait_in_vain(
    caller: Caller, made: str, rests: Rests, settings: Any
) -> None:
    settings.API_WAITS = 1
    for _ in range(2):
        caller.error("GET", f"/{made}/wait?timeout=2", status=408)


def test_without_places_each_call_only_looks_and_says_so(
    caller: Caller, made: str, rests: Rests, settings: Any
) -> None:
    settings.API_WAITS = 0
    assert "No call waits in this installation" in refused_places(caller.call("GET", f"/{made}/wait"))
    assert rests.rested == []
    set_to(status="Ready")()
    assert caller.call("GET", f"/{made}/wait").status_code == 200


def test_a_key_that_ends_meanwhile_waits_no_longer(caller: Caller, made: str, rests: Rests) -> None:
    rests.then[1] = lambda: ApiKey.objects.update(disabled_at=timezone.now())
    caller.error("GET", f"/{made}/wait", status=401)


@pytest.mark.django_db(transaction=True, available_apps=None)
def test_no_connection_is_held_between_two_looks(
    caller: Caller, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []
    monkeypatch.setattr(waiting, "_sleep", lambda _: held.append(connection.connection))
    monkeypatch.setattr(waiting, "EVERY", 0.01)
    caller.error("GET", f"/{made}/wait?timeout=1", status=408)
    assert set(held) == {None}
