"""A new endpoint takes an old one's place: no gap where both may exist, and nothing is lost on the way."""

import pytest

from endpoints import intents
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import (
    Region,
    ReversePrivateEndpoint,
    read_clock,
)
from endpoints.reconcile.replacing import advance_replacements
from tests.engine.kinds import KINDS
from tests.engine.replacing import (
    ACCEPTED_BY_OWNER,
    TOGETHER,
    address_of,
    admin_of,
    another_of,
    carried_by,
    ends,
    is_going,
    new_of,
    now_of,
    pipe_on,
    ready_pair,
    replace,
)
from tests.engine.world import (
    GRACE,
    REGION,
    World,
    cluster,
    removed,
    wanted,
)
from tests.people import make_pipe
from tests.sandbox_client import service_name


@pytest.mark.parametrize("kind", list(EndpointType))
def test_the_old_one_goes_once_the_new_one_is_ready_and_has_the_clickpipes(
    world: World, kind: EndpointType
) -> None:
    old = world.make_of(KINDS[kind].asked)
    by_id, by_host = pipe_on(old, name="by id"), pipe_on(old, by_host=True, name="by host")
    before = address_of(old)
    replacement = replace(world, old, another_of(world, kind))
    assert replacement.mode == TOGETHER
    assert not is_going(old)
    world.later(6)
    new = new_of(replacement)
    assert new.status == Status.READY
    assert ends(replacement) == (True, True, "")
    by_id.refresh_from_db()
    by_host.refresh_from_db()
    assert (carried_by(by_id), carried_by(by_host)) == ([new.pk], [])
    assert by_id.address == by_host.address == address_of(new) != before
    assert {name for host in by_id.hosts for name in (host,)} <= new.answered_names
    assert {(move["name"], move["from"], move["to"]) for move in now_of(replacement).moves} == {
        ("by id", before, by_id.address),
        ("by host", before, by_host.address),
    }
    assert is_going(old)
    world.later(GRACE)
    assert removed(old)
    assert [thing["id"] for thing in world.alive()] == [new.external_id]


def test_the_old_one_stays_until_the_new_one_is_ready(world: World) -> None:
    old = world.make(2)
    pipe = pipe_on(old, address="db.example.com:5432")  # nothing but the status keeps it from moving
    replacement = replace(world, old, ACCEPTED_BY_OWNER)
    for _ in range(3):
        world.later(600)
        assert new_of(replacement).status == Status.PENDING_ACCEPTANCE
        assert not intents.advance_replacement(replacement.pk)
        assert not is_going(old)
        assert carried_by(pipe) == [old.pk]
        assert ends(replacement) == (False, False, "")
    world.box.accept(new_of(replacement).external_id)
    world.later(6)
    assert ends(replacement) == (True, True, "")
    assert is_going(old)
    assert carried_by(pipe) == [new_of(replacement).pk]


def test_a_retried_or_stale_new_one_takes_nothing_away(world: World) -> None:
    old, new, replacement = ready_pair(world)
    pipe = pipe_on(old)
    ReversePrivateEndpoint.objects.filter(pk=new.pk).update(generation=2)
    assert advance_replacements() == 0, "it is Ready of a generation that nobody wants any more"
    ReversePrivateEndpoint.objects.filter(pk=new.pk).update(generation=1)
    world.box.advance(3700)
    Region.objects.update(failing_since=read_clock().now)
    assert advance_replacements() == 0, "nothing was read of it for an hour"
    assert carried_by(pipe) == [old.pk]
    Region.objects.update(failing_since=None)
    assert advance_replacements() == 1
    assert ends(replacement) == (True, True, "")


def test_clickpipes_that_come_meanwhile_are_moved_too_and_those_that_went_are_not(world: World) -> None:
    old = world.make(2)
    gone = pipe_on(old, name="gone")
    replacement = replace(world, old, ACCEPTED_BY_OWNER)
    world.later(6)
    late = pipe_on(old, name="late")
    intents.remove_pipe(pipe=gone, by=world.user)
    world.box.accept(new_of(replacement).external_id)
    world.later(6)
    assert [move["name"] for move in now_of(replacement).moves] == ["late"]
    assert carried_by(late) == [new_of(replacement).pk]
    gone.refresh_from_db()
    assert gone.address.startswith(old.dns_names[0])


def test_another_services_clickpipe_of_the_same_host_is_left_alone(world: World) -> None:
    old = world.make(2)
    theirs = make_pipe(world.other_service, address=address_of(old))
    replacement = replace(world, old, wanted(service_name(REGION, 2), "new"))
    world.later(6)
    assert ends(replacement) == (True, True, "")
    before = theirs.address
    theirs.refresh_from_db()
    assert theirs.address == before


def test_hosts_of_other_endpoints_in_an_address_stay(world: World) -> None:
    old, beside = world.make_of(cluster()), world.make_of(cluster("spare"))
    both = f"{old.connection_string},{beside.connection_string}"
    pipe = make_pipe(world.service, old, beside, source="Kafka", address=both)
    replacement = replace(world, old, {**cluster(scheme="SASL_SCRAM"), "description": "new"})
    world.later(6)
    new = new_of(replacement)
    pipe.refresh_from_db()
    assert pipe.address == f"{new.connection_string},{beside.connection_string}"
    assert set(carried_by(pipe)) == {new.pk, beside.pk}


def test_an_endpoint_that_failed_and_lost_its_names_is_replaced_with_its_addresses(world: World) -> None:
    old = world.make(2)
    by_id, by_host = pipe_on(old, name="by id"), pipe_on(old, by_host=True, name="by host")
    world.box.delete_by_hand(old.external_id)
    world.later(GRACE)
    old.refresh_from_db()
    assert (old.status, old.dns_names) == (Status.FAILED, [])
    replacement = replace(world, old, wanted(service_name(REGION, 2), "new"))
    world.later(6)
    assert ends(replacement) == (True, True, "")
    for pipe in (by_id, by_host):
        pipe.refresh_from_db()
        assert pipe.address == address_of(new_of(replacement))


def test_a_former_name_that_another_endpoint_answers_now_stays_there(world: World) -> None:
    old, beside = world.make(2), world.make(2)
    ReversePrivateEndpoint.objects.filter(pk=old.pk).update(former_names=["db.example.com"])
    ReversePrivateEndpoint.objects.filter(pk=beside.pk).update(private_dns_names=["*.example.com"])
    pipe = make_pipe(world.service, address="db.example.com:5432")
    replacement = replace(world, old, wanted(service_name(REGION, 2), "new"))
    advance_replacements()
    pipe.refresh_from_db()
    assert pipe.address == "db.example.com:5432"
    world.later(6)
    assert now_of(replacement).moves == []


def test_a_removed_endpoint_that_clickpipes_still_name_is_replaced(world: World) -> None:
    old = world.make(2)
    pipe = pipe_on(old)
    intents.request_removal(endpoint=old, by=admin_of(world))
    world.work()
    world.later(GRACE)
    assert removed(old)
    replacement = replace(world, old, wanted(service_name(REGION, 2), "new"))
    world.later(6)
    assert ends(replacement) == (True, True, "")
    pipe.refresh_from_db()
    assert (carried_by(pipe), pipe.address) == (
        [new_of(replacement).pk],
        address_of(new_of(replacement)),
    )
