"""Replacements that do not go well: nothing is taken from the old endpoint, and it is said why."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from endpoints import intents
from endpoints.domain.status import Status
from endpoints.intents import IntentRefused
from endpoints.models import (
    Replacement,
    ReversePrivateEndpoint,
    Role,
)
from tests.engine.replacing import (
    ACCEPTED_BY_OWNER,
    address_of,
    admin_of,
    carried_by,
    close_the_account,
    ends,
    is_going,
    lose_the_role,
    new_of,
    now_of,
    pipe_on,
    replace,
)
from tests.engine.world import (
    DAY,
    GRACE,
    REGION,
    World,
    cluster,
    codes,
    removed,
    wanted,
)
from tests.people import give_role, make_user
from tests.sandbox_client import service_name


def test_a_new_one_that_fails_takes_nothing_away_and_may_be_retried(world: World) -> None:
    old = world.make(2)
    pipe = pipe_on(old)
    replacement = replace(world, old, wanted(service_name(REGION, 3), "new"))
    world.later(60)
    assert new_of(replacement).status == Status.FAILED
    assert ends(replacement) == (False, False, "")
    assert (is_going(old), carried_by(pipe)) == (False, [old.pk])
    world.box.change_service(
        service_name(REGION, 3).rpartition(".")[2], allowed_principals=["*"], acceptance_required=False
    )
    world.retry(new_of(replacement))
    world.later(60)
    assert ends(replacement) == (True, True, "")
    assert carried_by(pipe) == [new_of(replacement).pk]


@pytest.mark.parametrize("by", ["a person", "cleanup"])
def test_a_new_one_that_is_removed_ends_it_and_the_old_one_stays(world: World, by: str) -> None:
    old = world.make(2)
    pipe = pipe_on(old)
    replacement = replace(world, old, ACCEPTED_BY_OWNER)
    world.later(6)
    if by == "a person":
        world.remove(new_of(replacement))
    else:
        world.box.advance(DAY)
        world.later(6)
    world.later(6)
    assert ends(replacement) == (True, False, "new_one_removed")
    assert (is_going(old), carried_by(pipe)) == (False, [old.pk])
    assert replace(world, old, ACCEPTED_BY_OWNER).finished_at is None, "it may be asked for once more"


def test_an_old_one_that_somebody_removes_meanwhile_leaves_its_clickpipes_to_the_new_one(
    world: World,
) -> None:
    old = world.make(2)
    pipe = pipe_on(old)
    replacement = replace(world, old, ACCEPTED_BY_OWNER)
    intents.request_removal(endpoint=old, by=admin_of(world))
    world.work()
    world.later(GRACE)
    assert removed(old)
    assert ends(replacement) == (False, False, "")
    world.box.accept(new_of(replacement).external_id)
    world.later(6)
    assert ends(replacement) == (True, True, "")
    pipe.refresh_from_db()
    assert (carried_by(pipe), pipe.address) == ([new_of(replacement).pk], address_of(new_of(replacement)))


@pytest.mark.parametrize("lose", [lose_the_role, close_the_account])
def test_nothing_is_moved_for_somebody_who_may_not_any_more(world: World, lose: Any) -> None:
    old = world.make(2)
    pipe = pipe_on(old)
    replacement = replace(world, old, ACCEPTED_BY_OWNER)
    world.later(6)
    lose(world.user)
    world.box.accept(new_of(replacement).external_id)
    world.later(6)
    assert ends(replacement) == (True, False, "nobody_to_move")
    assert (is_going(old), carried_by(pipe)) == (False, [old.pk])


def test_it_waits_until_the_addresses_of_the_new_one_are_known(world: World) -> None:
    allowed = ["kafka:CreateVpcConnection", "kafka:DescribeCluster", "kafka:DescribeClusterV2"]
    old = world.make(4)
    pipe = pipe_on(old, source="Kafka")
    before = pipe.address
    world.box.change_cluster("orders", REGION, policy_actions=allowed)
    replacement = replace(world, old, {**cluster(), "description": "new"})
    world.later(60)
    assert new_of(replacement).status == Status.READY
    assert ends(replacement) == (False, False, "")
    pipe.refresh_from_db()
    assert (is_going(old), carried_by(pipe), pipe.address) == (False, [old.pk], before)
    world.box.change_cluster("orders", REGION, policy_actions=[*allowed, "kafka:GetBootstrapBrokers"])
    world.later(3700)
    assert ends(replacement) == (True, True, "")
    pipe.refresh_from_db()
    assert pipe.address == new_of(replacement).connection_string


def test_it_waits_for_a_clickpipe_whose_source_the_new_type_cannot_reach(world: World) -> None:
    old = world.make(2)
    pipe_on(old, source="Kafka")
    replacement = replace(world, old, {**cluster(), "description": "new"})
    late = pipe_on(old, name="late", source="Postgres")
    world.later(60)
    assert new_of(replacement).status == Status.READY
    assert (is_going(old), carried_by(late)) == (False, [old.pk])
    intents.remove_pipe(pipe=late, by=world.user)
    world.work()
    assert ends(replacement) == (True, True, "")


def test_only_one_at_a_time_and_none_of_what_takes_a_place(world: World) -> None:
    old = world.make(2)
    replacement = replace(world, old, ACCEPTED_BY_OWNER)
    for row, code in ((old, "being_replaced"), (new_of(replacement), "taking_a_place")):
        with pytest.raises(IntentRefused, match=code):
            replace(world, row, ACCEPTED_BY_OWNER)
    assert (Replacement.objects.count(), ReversePrivateEndpoint.objects.count()) == (1, 2)


def test_one_form_asks_once(world: World) -> None:
    old = world.make(2)
    key = uuid.uuid4()
    first = replace(world, old, ACCEPTED_BY_OWNER, form_key=key)
    assert replace(world, old, ACCEPTED_BY_OWNER, form_key=key) == first
    assert ReversePrivateEndpoint.objects.count() == 2


def test_a_type_that_cannot_reach_the_source_is_refused(world: World) -> None:
    old = world.make(2)
    pipe_on(old, name="customers", source="Postgres")
    with pytest.raises(IntentRefused, match="type_unfit") as caught:
        replace(world, old, {**cluster(), "description": "new"})
    assert caught.value.params == {"pipes": "customers"}


def test_a_refused_new_one_leaves_nothing_behind(world: World) -> None:
    old = world.make(2)
    world.ask_for(cluster())
    with pytest.raises(IntentRefused, match="msk_slot_taken"):
        replace(world, old, {**cluster(), "description": "new"})
    assert Replacement.objects.count() == 0


def test_viewers_and_strangers_may_neither_ask_nor_stop(world: World) -> None:
    old = world.make(2)
    viewer = make_user("viewer@example.com")
    give_role(viewer, Role.VIEWER, world.service)
    replacement = replace(world, old, ACCEPTED_BY_OWNER)
    for nobody in (viewer, world.other_user):
        with pytest.raises(PermissionDenied):
            replace(world, old, ACCEPTED_BY_OWNER, by=nobody)
        with pytest.raises(PermissionDenied):
            intents.stop_replacement(replacement=replacement, by=nobody)
    assert ends(replacement) == (False, False, "")


def test_stopping_keeps_both_endpoints_and_where_the_clickpipes_are(world: World) -> None:
    old = world.make(2)
    pipe = pipe_on(old)
    replacement = replace(world, old, ACCEPTED_BY_OWNER)
    world.later(6)
    intents.stop_replacement(replacement=replacement, by=world.user)
    intents.stop_replacement(replacement=replacement, by=world.user)
    world.box.accept(new_of(replacement).external_id)
    world.later(60)
    assert now_of(replacement).stopped_by_name == "operator@example.com"
    assert ends(replacement) == (True, False, "")
    assert (is_going(old), is_going(new_of(replacement)), carried_by(pipe)) == (False, False, [old.pk])
    assert codes(old).count("replacement_stopped") == 1


def test_what_is_being_removed_to_make_room_cannot_be_stopped(world: World) -> None:
    replacement = replace(world, world.make_of(cluster()), cluster(), typed="")
    with pytest.raises(IntentRefused, match="cannot_stop"):
        intents.stop_replacement(replacement=replacement, by=world.user)
