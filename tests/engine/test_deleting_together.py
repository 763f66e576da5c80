"""Deletes go together in one call; each row keeps its own answer, and none spoils the others for ever."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoints.domain.rates import RATES, Api
from endpoints.models import ReversePrivateEndpoint, read_clock
from endpoints.reconcile import act, deleting
from tests.engine.world import World, attempt_of, cluster, codes, removed, told

DELETE = "DeleteVpcEndpoints"


def asked_ids(world: World) -> list[list[str]]:
    """Return the ids of each delete call."""
    return [sorted(call["params"]["VpcEndpointIds"]) for call in world.box.calls(operation=DELETE)]


def make(world: World, number: int) -> list[ReversePrivateEndpoint]:
    """Return so many Ready endpoints."""
    rows = [world.ask(2) for _ in range(number)]
    world.box.advance(60)
    world.work()
    assert {told(row)[0] for row in rows} == {"Ready"}
    return rows


def remove(world: World, rows: list[ReversePrivateEndpoint]) -> None:
    for row in rows:
        world.remove(row)


def test_endpoints_removed_together_are_deleted_with_one_call(world: World) -> None:
    rows = make(world, 4)
    remove(world, rows)
    act.reconcile_due()
    assert asked_ids(world) == [sorted(row.external_id for row in rows)]
    for row in rows:
        assert codes(row).count("delete_sent") == 1
        assert told(row) == ("Deleting", "deleting_at_aws")
        row.refresh_from_db()
        assert row.lease_token is None
    world.later(600)
    world.later(600)
    assert all(removed(row) for row in rows)


def test_one_that_aws_refuses_is_told_and_tried_alone_while_the_others_go(world: World) -> None:
    rows = make(world, 3)
    refused = rows[1]
    world.box.fault(
        "partial_delete", operation=DELETE, resource=refused.external_id, code="OperationNotPermitted"
    )
    remove(world, rows)
    act.reconcile_due()
    (ids,) = asked_ids(world)
    assert len(ids) == 3
    assert "delete_refused" in codes(refused)
    refused.refresh_from_db()
    assert (refused.failures, refused.status) == (1, "Deleting")
    assert "OperationNotPermitted" in refused.raw_error
    assert all("delete_refused" not in codes(row) for row in (rows[0], rows[2]))
    world.box.clear_faults()
    world.observe()
    world.later(60)
    assert asked_ids(world)[1:] == [[refused.external_id]]
    world.later(600)
    world.later(600)
    assert all(removed(row) for row in rows)


def test_a_call_that_is_refused_as_a_whole_is_repeated_one_by_one(world: World) -> None:
    rows = make(world, 3)
    world.box.fault("error", operation=DELETE, code="InvalidVpcEndpointId.Malformed", status=400, count=1)
    remove(world, rows)
    act.reconcile_due()
    assert len(asked_ids(world)) == 1
    for row in rows:
        row.refresh_from_db()
        assert row.failures == 1
    world.later(60)
    assert sorted(len(ids) for ids in asked_ids(world)) == [1, 1, 1, 3]
    world.later(600)
    world.later(600)
    assert all(removed(row) for row in rows)


def test_an_unanswered_call_is_repeated_and_holds_nobody(world: World) -> None:
    rows = make(world, 3)
    world.box.fault("drop", operation=DELETE, count=1)
    remove(world, rows)
    act.reconcile_due()
    for row in rows:
        row.refresh_from_db()
        assert row.lease_token is None
        assert row.due_at is not None
    world.later(60)
    world.later(600)
    world.later(600)
    assert all(removed(row) for row in rows)


def test_held_kept_and_other_rows_stay_out_of_it(world: World) -> None:
    held, kept, gone, msk = *make(world, 3), world.make_of(cluster())
    lease_until = read_clock().real + timedelta(hours=1)
    remove(world, [held, gone, msk])
    token = "00000000-0000-0000-0000-000000000001"
    ReversePrivateEndpoint.objects.filter(pk=held.pk).update(lease_token=token, lease_until=lease_until)
    act.reconcile_due()
    assert asked_ids(world) == [[gone.external_id]]
    assert told(kept)[0] == "Ready"
    held.refresh_from_db()
    assert str(held.lease_token) == token
    assert attempt_of(held).delete_asked_at is None


def test_one_that_was_taken_over_during_the_call_is_not_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = make(world, 3)
    remove(world, rows)
    token, lost = uuid.uuid4(), []
    ask = deleting._ask

    def slow(work: Any, others: list[Any], due: Any) -> Any:
        answer = ask(work, others, due)
        lost.append(others[0].row.pk)
        until = read_clock().real + timedelta(hours=1)
        ReversePrivateEndpoint.objects.filter(pk=lost[0]).update(lease_token=token, lease_until=until)
        return answer

    monkeypatch.setattr(deleting, "_ask", slow)
    act.reconcile_due()
    for row in rows:
        row.refresh_from_db()
        is_lost = row.pk in lost
        assert row.lease_token == (token if is_lost else None)
        assert (attempt_of(row).delete_asked_at is None) == is_lost
        assert codes(row).count("delete_sent") == (0 if is_lost else 1)


def test_no_more_than_aws_takes_go_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make(world, 4)
    remove(world, rows)
    monkeypatch.setitem(RATES, Api.DELETE, replace(RATES[Api.DELETE], per_call=3))
    act.reconcile_due()
    assert sorted(len(ids) for ids in asked_ids(world)) == [1, 3]
