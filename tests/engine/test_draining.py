"""A network that takes no new endpoints goes on serving, watching and removing those it has."""

from typing import Any, cast

import pytest

from endpoints.models import Installation, Network, ReversePrivateEndpoint, read_clock
from endpoints.reconcile.work import Work
from tests.engine.world import GRACE, Asked, World, attempt_of, cluster, removed, resource, told, wanted
from tests.people import make_network
from tests.sandbox_client import service_name

KINDS = [wanted(service_name("eu-central-1", 2)), resource(2), cluster()]


def drain(world: World, draining: bool = True) -> None:
    world.network.draining = draining
    world.network.save()


@pytest.mark.parametrize("asked", KINDS, ids=lambda asked: asked["type"])
def test_what_lives_there_is_watched_and_removed(world: World, asked: Asked) -> None:
    row = world.make_of(asked)
    drain(world)
    since = row.status_since
    world.later(3600)
    assert told(row) == ("Ready", "available")
    assert row.observed_at is not None
    assert row.observed_at > since
    world.remove(row)
    world.later(60)
    world.later(GRACE)
    assert removed(row)
    assert world.alive() == []


def test_a_request_that_was_placed_before_is_still_made_there(world: World) -> None:
    world.box.fault("error", operation="CreateVpcEndpoint", code="ServiceUnavailable", status=503, count=2)
    row = world.ask(2)
    world.work()
    assert attempt_of(row).network == world.network
    assert world.alive() == []
    drain(world)
    for _ in range(3):
        world.later(60)
    assert told(row) == ("Ready", "available")


def test_a_change_by_the_owner_and_a_deadline_are_followed_there(world: World) -> None:
    row = world.make(1, status="PendingAcceptance")
    drain(world)
    world.box.reject(row.external_id)
    world.later(5)
    assert told(row) == ("Rejected", "rejected_by_owner")
    world.later(24 * 3600 + 60)
    world.later(GRACE)
    world.later(GRACE)
    assert removed(row)


def test_a_next_attempt_is_not_placed_there(world: World) -> None:
    row = world.make(2)
    world.box.fail(row.external_id)
    world.later(5)
    drain(world)
    world.retry(row)
    world.later(60)
    world.later(GRACE)
    assert told(row) == ("Failed", "no_network")
    assert world.alive() == []
    drain(world, False)
    world.retry(row)
    world.later(5)
    assert told(row) == ("Ready", "available")


def test_a_network_that_is_paused_is_chosen_last(world: World) -> None:
    row = ReversePrivateEndpoint(region=world.network.region)
    other = make_network(world.network.region)

    def networks() -> list[Network]:
        work = Work(cast("Any", None), row, None, read_clock(), Installation.get())
        return work.networks

    assert networks() == [world.network, other]
    world.network.writes_paused = True
    world.network.save()
    assert networks() == [other, world.network]
    drain(world)
    assert networks() == [other]
