"""Where two endpoints cannot exist at once, the old one goes first, and its place is kept."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from endpoints.intents import IntentRefused
from endpoints.models import (
    Replacement,
)
from endpoints.reconcile.replacing import advance_replacements
from tests.engine.replacing import (
    ONE_AFTER_OTHER,
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
    GRACE,
    World,
    cluster,
    removed,
    resource,
)


def unused_share() -> Mapping[str, str]:
    return {**resource(3), "description": "new"}


def test_an_msk_connection_is_removed_first_and_its_place_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.make_of(cluster())
    pipe = pipe_on(old)
    before = pipe.address
    world.box.knobs(msk_deleting_seconds=120)
    replacement = replace(world, old, cluster(), by=admin_of(world), typed="orders")
    assert replacement.mode == ONE_AFTER_OTHER
    assert is_going(old)
    world.later(60)
    assert now_of(replacement).new is None
    with monkeypatch.context() as patched:
        patched.setattr("endpoints.reconcile.act.advance_replacements", lambda: 0)
        world.later(GRACE)
    assert removed(old)
    new = new_of(replacement)
    assert new.claims.count() == 1, "asked for where the slot was given back: nobody could come between"
    world.later(60)
    assert ends(replacement) == (True, True, "")
    pipe.refresh_from_db()
    assert (carried_by(pipe), pipe.address) == ([new.pk], before)
    assert len(world.alive()) == 1


def test_a_share_that_nobody_used_yet_passes_on(world: World) -> None:
    old = world.ask_for(resource(3))
    world.work()
    assert old.attempts.count() == 0
    replacement = replace(world, old, unused_share())
    assert replacement.mode == ONE_AFTER_OTHER
    world.later(6)
    assert removed(old)
    assert new_of(replacement).parameters == old.parameters


def test_a_share_that_is_used_up_must_be_another_one(world: World) -> None:
    old = world.make_of(resource(2))
    with pytest.raises(IntentRefused) as caught:
        replace(world, old, {**resource(2), "description": "new"})
    assert (caught.value.code, caught.value.field) == ("share_taken", "vpcResourceShareArn")
    assert Replacement.objects.count() == 0
    assert not is_going(old)


def test_the_removal_needs_an_admin_and_the_typed_description(world: World) -> None:
    old = world.make_of(cluster())
    pipe_on(old)
    with pytest.raises(PermissionDenied):
        replace(world, old, cluster(), typed="orders")
    admin = admin_of(world)
    for typed in ("", "Orders", "order"):
        with pytest.raises(IntentRefused, match="type_the_description"):
            replace(world, old, cluster(), by=admin, typed=typed)
    assert (Replacement.objects.count(), is_going(old)) == (0, False)
    assert replace(world, old, cluster(), by=admin, typed=" orders ").finished_at is None


def test_an_operator_may_where_nothing_depends_on_it(world: World) -> None:
    old = world.make_of(cluster())
    assert replace(world, old, cluster(), typed="").mode == ONE_AFTER_OTHER


@pytest.mark.parametrize("lose", [lose_the_role, close_the_account])
def test_nothing_is_created_for_somebody_who_may_not_any_more(world: World, lose: Any) -> None:
    old = world.make_of(cluster())
    replacement = replace(world, old, cluster(), typed="")
    lose(world.user)
    world.later(60)
    world.later(GRACE)
    assert removed(old)
    assert ends(replacement) == (True, False, "nobody_to_create")


def test_a_slot_that_another_endpoint_took_meanwhile_ends_it_with_the_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.make_of(cluster())
    pipe = pipe_on(old)
    replacement = replace(world, old, cluster(), by=admin_of(world), typed="orders")
    monkeypatch.setattr("endpoints.reconcile.settle.follow_removal", lambda row: None)
    monkeypatch.setattr("endpoints.reconcile.act.advance_replacements", lambda: 0)
    world.work()
    world.later(GRACE)
    assert removed(old)
    world.ask_for(cluster())
    advance_replacements()
    assert ends(replacement) == (True, False, "msk_slot_taken")
    assert carried_by(pipe) == [old.pk], "it is still known where it belonged"


def test_a_lost_wake_up_between_gone_and_create_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.make_of(cluster())
    replacement = replace(world, old, cluster(), typed="")
    monkeypatch.setattr("endpoints.reconcile.settle.follow_removal", lambda row: None)
    monkeypatch.setattr("endpoints.reconcile.act.advance_replacements", lambda: 0)
    world.work()
    world.later(GRACE)
    assert (removed(old), now_of(replacement).new) == (True, None)
    assert advance_replacements() == 1
    assert new_of(replacement).description == "orders"
