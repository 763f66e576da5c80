"""Rows that were seen gone are forgotten many at a time, and nobody can tell from the rows."""

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from endpoints.models import Claim, Event, ReversePrivateEndpoint, read_clock
from endpoints.reconcile import act, forgetting
from endpoints.reconcile.leases import claim_due
from endpoints.reconcile.work import Run
from tests.engine.world import World, attempt_of, codes, removed, resource, told


def seen_gone(world: World, *rows: ReversePrivateEndpoint) -> None:
    """Remove rows, up to the listing that shows their objects deleted."""
    world.box.knobs(deleted_visible_seconds=3600)
    for row in rows:
        world.remove(row)
    world.reconcile()
    world.box.advance(600)
    world.observe()
    assert {attempt_of(row).state for row in rows} == {"deleted"}
    assert not any(removed(row) for row in rows)


def make(world: World, number: int) -> list[ReversePrivateEndpoint]:
    """Return so many Ready endpoints of one service name."""
    rows = [world.ask(2) for _ in range(number)]
    world.box.advance(60)
    world.work()
    assert {told(row)[0] for row in rows} == {"Ready"}
    return rows


def story(row: ReversePrivateEndpoint) -> list[tuple[Any, ...]]:
    """Return a timeline with nothing in it that is a row's own."""
    lines = Event.objects.filter(endpoint=row).order_by("id")
    return [
        (line.code, sorted(line.params), line.actor, line.operation, line.attempt_id is None, line.raw)
        for line in lines
    ]


def state(row: ReversePrivateEndpoint) -> dict[str, Any]:
    """Return the columns that do not differ from row to row."""
    row.refresh_from_db()
    own = ("_state", "id", "external_id", "dns_names", "former_names", "_prefetched_objects_cache")
    moments = {name: value for name, value in vars(row).items() if hasattr(value, "isoformat")}
    kept = {name: value for name, value in vars(row).items() if name not in (*own, *moments)}
    return {**kept, "moments": sorted(moments)}


def test_together_and_one_by_one_leave_the_same_rows_and_timelines(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, first, second = make(world, 3)
    seen_gone(world, alone, first, second)
    with monkeypatch.context() as patched:
        patched.setattr(act, "forget_due", lambda stop_at: 0)
        ReversePrivateEndpoint.objects.filter(pk=alone.pk).update(
            due_at=read_clock().now - timedelta(hours=1)
        )
        lease = claim_due(read_clock())
        assert lease is not None
        act.advance(lease, Run())
    assert [removed(row) for row in (alone, first, second)] == [True, False, False]
    assert forgetting.forget_due(0.0) == 2
    assert removed(first)
    assert removed(second)
    assert story(first) == story(second) == story(alone)
    assert state(first) == state(second) == state(alone)
    assert codes(first)[-2:] == ["gone_at_aws", "removed"]
    for row in (alone, first, second):
        attempt = attempt_of(row)
        assert attempt.gone_at == row.removed_at
        assert not attempt.in_doubt


def test_more_than_fit_at_once_are_forgotten_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make(world, 3)
    seen_gone(world, *rows)
    monkeypatch.setattr(forgetting, "_MOST", 2)
    monkeypatch.setattr(act, "claim_due", lambda moment: None)
    act.reconcile_due()
    assert all(removed(row) for row in rows)


def test_a_claim_goes_with_its_last_holder_and_a_used_share_stays(world: World) -> None:
    kept, *going = make(world, 2)
    going.append(world.make_of(resource(1)))
    (name,) = Claim.objects.filter(kind="service_name")
    (share,) = Claim.objects.filter(kind="resource_share")
    seen_gone(world, *going)
    assert forgetting.forget_due(0.0) == 2
    assert list(name.endpoints.all()) == [kept]
    assert not share.endpoints.exists()
    assert Claim.objects.filter(pk=share.pk, used_up_at__isnull=False).exists()
    seen_gone(world, kept)
    assert forgetting.forget_due(0.0) == 1
    assert not Claim.objects.filter(pk=name.pk).exists()


def test_what_is_not_proven_gone_or_held_by_a_worker_is_left(world: World) -> None:
    absent, held, gone = make(world, 3)
    seen_gone(world, absent, held, gone)
    now = read_clock()
    # Missed by two listings, both within the time that a listing may lag behind its create.
    absent.attempts.update(state="deleting", absent_listings=2, started_at=now.now)
    token = uuid.uuid4()
    until = now.real + timedelta(hours=1)
    ReversePrivateEndpoint.objects.filter(pk=held.pk).update(lease_token=token, lease_until=until)
    assert forgetting.forget_due(0.0) == 1
    assert [removed(row) for row in (absent, held, gone)] == [False, False, True]
    assert held.lease_token == token
    assert codes(absent)[-1] == "delete_sent"


def test_one_that_fails_takes_everything_back_and_stops_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = make(world, 2)
    seen_gone(world, *rows)

    def fail(rows: Collection[Any], columns: Collection[str]) -> None:
        raise RuntimeError("poisonous")

    with monkeypatch.context() as patched:
        patched.setattr(forgetting, "update_together", fail)
        assert forgetting.forget_due(0.0) == 0
        assert all(row.claims.exists() and codes(row)[-1] == "delete_sent" for row in rows)
        act.reconcile_due()
    assert all(removed(row) for row in rows)
    assert all(codes(row).count("removed") == 1 for row in rows)
