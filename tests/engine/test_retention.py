"""Retention and the engine: a used share is used for ever, and a late effect of long ago is told."""

import time

import pytest

from endpoints import retention
from endpoints.intents import IntentRefused
from endpoints.models import ReversePrivateEndpoint
from tests.engine.orphans import AGAIN, daily, standing, stranger, tags
from tests.engine.world import DAY, GRACE, World, removed, resource


def test_a_used_share_stays_used_after_its_tombstone_is_gone(world: World) -> None:
    row = world.make_of(resource(2))
    world.remove(row)
    for _ in range(3):
        world.later(GRACE)
    assert removed(row)
    world.box.advance(401 * DAY)
    assert retention.prune(time.monotonic() + 60)["tombstones"] == 1
    assert not ReversePrivateEndpoint.objects.exists()
    with pytest.raises(IntentRefused) as refused:
        world.ask_for(resource(2))
    assert refused.value.code == "share_taken"


def test_an_object_of_a_forgotten_endpoint_is_an_orphan_for_a_person(world: World) -> None:
    row = world.make(2)
    world.remove(row)
    for _ in range(3):
        world.later(GRACE)
    world.box.advance(401 * DAY)
    retention.prune(time.monotonic() + 60)
    late = stranger(world, tags(row.pk))
    for _ in range(3):
        world.later(GRACE)
    daily(world)
    daily(world, after=AGAIN)
    assert standing() == [late]
    assert [thing["id"] for thing in world.alive()] == [late]
