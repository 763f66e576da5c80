"""What is deleted when it is old enough by the moved clock, and what never is."""

import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Task

from endpoints import claims, clock, retention, tasks
from endpoints.domain.reasons import EventCode
from endpoints.domain.status import Status
from endpoints.models import (
    Attempt,
    Claim,
    ClickPipe,
    Event,
    HandOff,
    Orphan,
    OrphanEnding,
    Replacement,
    ReversePrivateEndpoint,
    read_clock,
)
from tests.people import (
    Cast,
    make_endpoint,
    make_event,
    make_hand_off,
    make_orphan,
    make_pipe,
    make_replacement,
    make_tombstone,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar(tmp_path: Path, settings: Any) -> Any:
    """A clock control of the test's own; the function moves it."""
    settings.CLOCK_FILE = tmp_path / "clock.json"

    def pass_days(days: float) -> None:
        control = clock.read(settings.CLOCK_FILE)
        clock.write(settings.CLOCK_FILE, control.advanced(timedelta(days=days), read_clock().real))

    return pass_days


KINDS = (
    "task_records", "events", "tombstones", "orphans", "audit_entries", "allowances", "sessions", "left",
)  # fmt: skip
NOTHING = dict.fromkeys(KINDS, 0)


def prune() -> dict[str, int]:
    return retention.prune(time.monotonic() + 60)


def make_attempt(cast: Cast, endpoint: ReversePrivateEndpoint, **fields: Any) -> Attempt:
    now = read_clock().now
    defaults: dict[str, Any] = {"generation": 1, "token": uuid.uuid4().hex, "created_at": now, "gone_at": now}
    return Attempt.objects.create(endpoint=endpoint, network=cast.network, request={}, **defaults | fields)


def make_old(cast: Cast, **fields: Any) -> ReversePrivateEndpoint:
    """Return a tombstone with everything that can hang on one."""
    row = make_tombstone(cast.service, **fields)
    attempt = make_attempt(cast, row)
    make_event(row, EventCode.CREATE_SENT, attempt=attempt)
    make_hand_off(row)
    make_pipe(cast.service, row)
    make_replacement(row, make_endpoint(cast.service), finished_at=read_clock().now)
    return row


def exists(row: Any) -> bool:
    return bool(type(row).objects.filter(pk=row.pk).exists())


def test_everything_that_points_at_an_endpoint_is_thought_of() -> None:
    known = {"Attempt.endpoint", "Event.endpoint", "HandOff.endpoint", "Replacement.old", "Replacement.new"}
    known |= {"ClickPipe.endpoints", "Turn.endpoint", "CustomName.endpoint"}  # the last two go with their row
    related = ReversePrivateEndpoint._meta.related_objects
    assert {f"{one.related_model.__name__}.{one.field.name}" for one in related} == known
    assert {one.related_model for one in Attempt._meta.related_objects} == {Event}


def test_a_tombstone_goes_on_its_day_with_all_that_hangs_on_it(cast: Cast, calendar: Any) -> None:
    row = make_old(cast)
    pipe = ClickPipe.objects.get()
    other = Replacement.objects.get().new
    assert other is not None
    calendar(399.99)
    assert prune()["tombstones"] == 0
    assert exists(row)
    calendar(0.02)
    assert prune() == NOTHING | {"events": 1, "tombstones": 1}
    assert not exists(row)
    for model in (Attempt, Event, HandOff, Replacement):
        assert not model.objects.exists(), model
    assert exists(other)
    assert list(pipe.endpoints.all()) == []


def test_two_years_leave_living_endpoints_with_their_newest_events(cast: Cast, calendar: Any) -> None:
    living = make_endpoint(cast.service)
    for _ in range(24):
        make_event(living, EventCode.STATUS_CHANGED)
        make_old(cast)
        calendar(30)
        prune()
    assert exists(living)
    ages = [read_clock().now - event.at for event in living.events.all()]
    assert max(ages) < timedelta(days=400)
    assert len(ages) == 13
    tombstones = ReversePrivateEndpoint.objects.tombstones()
    assert tombstones.count() == 13
    assert {event.endpoint_id for event in Event.objects.all()} == {
        living.pk,
        *tombstones.values_list("pk", flat=True),
    }


def test_the_days_are_settings(cast: Cast, calendar: Any, settings: Any) -> None:
    settings.EVENT_DAYS, settings.TOMBSTONE_DAYS = 5, 10
    row, living = make_old(cast), make_endpoint(cast.service)
    make_event(living, EventCode.REQUESTED)
    calendar(6)
    prune()
    assert (exists(row), Event.objects.count()) == (True, 0)
    calendar(5)
    prune()
    assert (exists(row), exists(living)) == (False, True)


def keep_by_attempt(cast: Cast, row: ReversePrivateEndpoint) -> None:
    make_attempt(cast, row, generation=2, gone_at=None, in_doubt=True)


def keep_by_orphan(cast: Cast, row: ReversePrivateEndpoint) -> None:
    make_orphan(cast.region, endpoint_id=str(row.pk))


def keep_by_replacement(cast: Cast, row: ReversePrivateEndpoint) -> None:
    make_replacement(row)


@pytest.mark.parametrize("keep", [keep_by_attempt, keep_by_orphan, keep_by_replacement])
def test_what_is_not_over_keeps_its_tombstone(cast: Cast, calendar: Any, keep: Any) -> None:
    row, other = make_tombstone(cast.service), make_tombstone(cast.service)
    keep(cast, row)
    calendar(4000)
    prune()
    assert (exists(row), exists(other)) == (True, False)


def test_what_was_used_up_stays_so_and_what_was_not_is_free(cast: Cast, calendar: Any) -> None:
    row = make_endpoint(cast.service, type="VPC_RESOURCE", parameters={
        "vpcResourceConfigurationId": "rcfg-0123456789abcdef0",
        "vpcResourceShareArn": "arn:aws:ram:eu-central-1:444455556666:resource-share/"
        "7c6f5f0e-0000-4000-8000-000000000001",
    })  # fmt: skip
    claims.claim_target(row)
    claims.use_up(row, read_clock().now)
    now = read_clock().now
    ReversePrivateEndpoint.objects.filter(pk=row.pk).update(
        removal_requested_at=now, removed_at=now, status=Status.DELETING
    )
    calendar(401)
    prune()
    assert not exists(row)
    (claim,) = Claim.objects.all()
    assert claim.used_up_at is not None
    again = make_endpoint(cast.service, type=row.type, parameters=row.parameters)
    with pytest.raises(claims.Taken):
        claims.claim_target(again)


def test_ended_orphans_go_and_standing_ones_stay(cast: Cast, calendar: Any) -> None:
    make_orphan(cast.region, ended_at=read_clock().now, ending=OrphanEnding.GONE)
    standing = make_orphan(cast.region)
    calendar(401)
    assert prune()["orphans"] == 1
    assert list(Orphan.objects.all()) == [standing]


def test_it_works_in_short_transactions_and_goes_on_later(
    cast: Cast, calendar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "TOMBSTONES", 2)
    monkeypatch.setattr(retention, "LINES", 3)
    for _ in range(5):
        make_old(cast)
    calendar(401)
    locked: list[int] = []
    lock = retention._lock_old

    def counted(before: datetime) -> list[uuid.UUID]:
        found = lock(before)
        locked.append(len(found))
        return found

    monkeypatch.setattr(retention, "_lock_old", counted)
    assert retention.prune(time.monotonic() - 1)["left"] == 1
    assert (Event.objects.count(), locked) == (5, [])
    assert prune() == NOTHING | {"events": 5, "tombstones": 5}
    assert locked == [2, 2, 1, 0]


def test_the_daily_task_prunes_all_and_comes_again_for_what_is_left(
    cast: Cast, calendar: Any, settings: Any
) -> None:
    old = timezone.now() - timedelta(days=15)
    Task.objects.create(id="a" * 32, name="old", func="f", started=old, stopped=old)
    Task.objects.create(id="b" * 32, name="new", func="f", started=timezone.now(), stopped=timezone.now())
    make_old(cast)
    calendar(401)
    assert tasks.prune() == NOTHING | {"task_records": 1, "events": 1, "tombstones": 1}
    assert list(Task.objects.values_list("name", flat=True)) == ["new"]
    assert not OrmQ.objects.exists()
    settings.TASK_TIMEOUT_SECONDS = 0
    assert tasks.prune()["left"] == 1
    assert [queued.func() for queued in OrmQ.objects.all()] == ["endpoints.tasks.prune"]


def test_sessions_that_are_over_go_and_open_ones_stay(cast: Cast) -> None:
    clients = {name: Client() for name in ("open", "over", "away")}
    for client in clients.values():
        client.force_login(cast.viewer)
    keys = {name: str(client.session.session_key) for name, client in clients.items()}
    rows = Session.objects.filter(pk=keys["over"])
    rows.update(expire_date=timezone.now() - timedelta(seconds=1))
    Session.objects.filter(pk=keys["away"]).delete()
    nobodys = SessionStore()  # as somebody who is not signed in leaves one
    nobodys.set_expiry(-60)
    nobodys.create()
    assert tasks.prune() == NOTHING | {"sessions": 2}
    assert list(Session.objects.values_list("pk", flat=True)) == [keys["open"]]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [keys["open"]]
    assert clients["open"].get("/").status_code == 200
