"""Another AWS account, and writes that are held up."""

from typing import Any

import pytest

from endpoints.models import Installation, Region
from tests.engine.conftest import forget_clients
from tests.engine.world import GRACE, REGION, World, attempt_of, removed, told
from tests.sandbox_client import OPERATOR_KEY, OWNER, OWNER_KEY

CREATE, DELETE, LIST = "CreateVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints"
BACKOFF = 16  # seconds: longer than the first wait after a failure


def test_in_another_account_nothing_is_counted_absent_and_nothing_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = world.make(2)
    waiting = world.ask(2)
    world.box.advance(GRACE)
    since = world.box.last_seq()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OWNER_KEY)
    forget_clients()
    for _ in range(3):
        assert world.observe() is False
        world.reconcile()
    world.later(3600)
    assert attempt_of(row).absent_listings == 0
    assert told(row) == ("Ready", "available")
    assert told(waiting) == ("Provisioning", "operator_must_act")
    assert not waiting.attempts.exists()
    assert world.writes(since=since) == 0
    region = Region.objects.get(pk=REGION)
    assert region.account_mismatch
    assert region.account_seen == OWNER
    assert "WrongAccount" in region.raw_error
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OPERATOR_KEY)
    forget_clients()
    world.later(3600)
    assert told(row) == ("Ready", "available"), (row.external_id, world.ours(), world.box.calls(since=since))
    assert told(waiting) == ("Ready", "available")
    assert not Region.objects.get(pk=REGION).account_mismatch


def test_credentials_that_change_under_a_running_worker_never_turn_into_absence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from endpoints.providers import session

    row = world.make(2)
    world.box.advance(GRACE)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OWNER_KEY)
    for kept in (session.ec2_reader, session.ec2_writer, session._session):
        kept.cache_clear()
    for _ in range(3):
        assert world.observe() is False
    assert attempt_of(row).absent_listings == 0
    forget_clients()


def _move(world: World) -> None:
    Installation.objects.update(pg_system_identifier="1")


def _pause(world: World) -> None:
    Installation.objects.update(writes_paused=True)


def _pause_network(world: World) -> None:
    world.network.writes_paused = True
    world.network.save()


def _plan(world: World) -> None:
    Installation.objects.update(plan_only=True)


@pytest.mark.parametrize(
    ("hold_up", "why"),
    [(_move, "moved"), (_pause, "paused"), (_pause_network, "paused"), (_plan, "plan_only")],
)
def test_while_writes_are_held_up_reads_go_on_and_nothing_is_written(
    world: World, hold_up: Any, why: str
) -> None:
    identity = Installation.objects.values("pg_system_identifier").get()
    waiting_for_owner = world.make(1, status="PendingAcceptance")
    leaving = world.make(2)
    hold_up(world)
    since = world.box.last_seq()
    new = world.ask(2)
    world.remove(leaving)
    world.box.accept(waiting_for_owner.external_id)
    world.later(60)
    assert world.writes(since=since) == 0
    assert told(waiting_for_owner) == ("Ready", "available")
    assert told(new) == ("Provisioning", "writes_paused")
    assert new.reason_params == {"why": why}
    assert new.planned == "create"
    assert told(leaving)[0] == "Deleting"
    assert leaving.planned == "delete"
    Installation.objects.update(writes_paused=False, plan_only=False, **identity)
    world.network.writes_paused = False
    world.network.save()
    world.later(60)
    world.later(GRACE)
    assert told(new) == ("Ready", "available")
    assert new.planned == ""
    assert removed(leaving)


@pytest.mark.parametrize("name", ["AWS_WRITES_PAUSED", "PLAN_ONLY"])
def test_a_setting_holds_up_writes_as_well(world: World, settings: Any, name: str) -> None:
    setattr(settings, name, True)
    row = world.ask(2)
    world.work()
    assert told(row) == ("Provisioning", "writes_paused")
    assert world.writes() == 0
