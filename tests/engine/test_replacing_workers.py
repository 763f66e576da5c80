"""Replacements with workers that die, race, or meet people at work: each step happens once."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from endpoints import intents
from endpoints.domain.status import Status
from endpoints.domain.types import Source
from endpoints.intents import IntentRefused
from endpoints.intents import replacing as steps
from endpoints.models import (
    ClickPipe,
    Replacement,
    ReversePrivateEndpoint,
)
from endpoints.reconcile.replacing import advance_replacements
from tests.engine.replacing import (
    ACCEPTED_BY_OWNER,
    address_of,
    carried_by,
    ends,
    is_going,
    new_of,
    now_of,
    pipe_on,
    ready_pair,
    replace,
)
from tests.engine.test_claims import in_parallel
from tests.engine.world import (
    GRACE,
    REGION,
    World,
    checked,
    cluster,
    codes,
    removed,
    wanted,
)
from tests.sandbox_client import service_name


class Killed(Exception):
    """Stands for kill -9 in the middle of a transaction."""


@pytest.mark.parametrize("at", ["carry_out", "remove_replaced", "_end"])
def test_a_worker_killed_in_the_move_leaves_all_as_it_was_and_the_next_does_it(
    world: World, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    old, new, replacement = ready_pair(world)
    pipes = [pipe_on(old, name=f"p{n}") for n in range(3)]
    done = getattr(steps, at)
    calls: list[object] = []

    def killed(*args: Any, **named: Any) -> Any:
        calls.append(args)
        done(*args, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(steps, at, killed)
        with pytest.raises(Killed):
            intents.advance_replacement(replacement.pk)
    assert len(calls) == 1
    assert ends(replacement) == (False, False, "")
    assert not is_going(old)
    for pipe in pipes:
        before = pipe.address
        pipe.refresh_from_db()
        assert (carried_by(pipe), pipe.address) == ([old.pk], before)
    assert advance_replacements() == 1
    assert ends(replacement) == (True, True, "")
    assert [carried_by(pipe) for pipe in pipes] == [[new.pk]] * 3
    assert advance_replacements() == 0


def test_a_worker_killed_in_the_create_makes_one_endpoint_in_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.make_of(cluster())
    replacement = replace(world, old, cluster(), typed="")

    def killed(*args: Any, **named: Any) -> None:
        request(*args, **named)
        raise Killed

    request = intents.request_endpoint
    with monkeypatch.context() as patched:
        patched.setattr(steps, "request_endpoint", killed)
        world.work()
        world.later(GRACE)
        assert removed(old), "whatever becomes of the new one, the old one is seen gone"
        assert now_of(replacement).new is None
        assert ReversePrivateEndpoint.objects.count() == 1
    world.later(60)
    assert new_of(replacement).status == Status.READY
    assert ReversePrivateEndpoint.objects.count() == 2


def test_one_poisonous_replacement_does_not_stop_the_others(world: World, monkeypatch: Any) -> None:
    rows = [world.make(2) for _ in range(2)]
    poisoned, other = (replace(world, row, wanted(service_name(REGION, 2), "new")) for row in rows)
    advance = intents.advance_replacement

    def choke(key: uuid.UUID) -> bool:
        if key == poisoned.pk:
            raise RuntimeError("poison")
        return advance(key)

    monkeypatch.setattr(intents, "advance_replacement", choke)
    world.later(6)
    assert (ends(poisoned), ends(other)) == ((False, False, ""), (True, True, ""))


def test_many_workers_at_once_move_once(committed_world: World) -> None:
    world = committed_world
    old, new, replacement = ready_pair(world)
    pipes = [pipe_on(old, name=f"p{n}") for n in range(5)]
    results = in_parallel([lambda: intents.advance_replacement(replacement.pk)] * 8)
    assert sorted(map(str, results)) == ["False"] * 7 + ["True"]
    assert [carried_by(pipe) for pipe in pipes] == [[new.pk]] * 5
    assert (codes(old).count("replaced"), codes(new).count("pipes_moved")) == (1, 1)
    assert codes(old).count("removal_requested") == 1


def test_many_workers_at_once_create_one_new_endpoint(committed_world: World, monkeypatch: Any) -> None:
    world = committed_world
    old = world.make_of(cluster())
    replacement = replace(world, old, cluster(), typed="")
    with monkeypatch.context() as patched:
        patched.setattr("endpoints.reconcile.settle.follow_removal", lambda row: None)
        patched.setattr("endpoints.reconcile.act.advance_replacements", lambda: 0)
        world.work()
        world.later(GRACE)
    assert removed(old)
    results = in_parallel([lambda: intents.advance_replacement(replacement.pk)] * 8)
    assert not [item for item in results if isinstance(item, Exception)], results
    assert ReversePrivateEndpoint.objects.count() == 2


def test_of_many_that_ask_at_once_one_replaces(committed_world: World) -> None:
    world = committed_world
    old = world.make(2)
    asked = checked(world.service, ACCEPTED_BY_OWNER)
    results = in_parallel([lambda: intents.request_replacement(old=old, wanted=asked, by=world.user)] * 8)
    refused = [item.code for item in results if isinstance(item, IntentRefused)]
    assert refused == ["being_replaced"] * 7, results
    assert ReversePrivateEndpoint.objects.count() == 2


def test_a_move_and_what_people_do_meanwhile_neither_lock_up_nor_lose_a_clickpipe(
    committed_world: World,
) -> None:
    world = committed_world
    for turn in range(6):
        old, _, replacement = ready_pair(world)
        pipes = [pipe_on(old, name=f"p{turn}{n}") for n in range(3)]
        typed = {"name": f"late{turn}", "address": address_of(old)}
        recorded, errors = intents.check_pipe(Source.POSTGRES, typed, (old.pk,))
        assert recorded is not None, errors

        def record(recorded: Any = recorded) -> object:
            return intents.record_pipe(service=world.service, wanted=recorded, by=world.user)

        def advance(replacement: Replacement = replacement) -> object:
            return intents.advance_replacement(replacement.pk)

        def drop(pipe: ClickPipe = pipes[0]) -> object:
            return intents.remove_pipe(pipe=pipe, by=world.user)

        results = in_parallel([record, advance, drop, advance, world.observe])
        wrong = [item for item in results if isinstance(item, Exception)]
        assert all(isinstance(item, IntentRefused) for item in wrong), results
        assert is_going(old)
        left = ClickPipe.objects.live().filter(endpoints=old).count()
        assert left == 0, "a ClickPipe stayed with what is being removed"


def test_looking_for_what_is_due_costs_one_query_while_nothing_is(world: World) -> None:
    for _ in range(3):
        replace(world, world.make(2), ACCEPTED_BY_OWNER)
    world.later(6)
    with CaptureQueriesContext(connection) as seen:
        assert advance_replacements() == 0
    assert len(seen) == 1
