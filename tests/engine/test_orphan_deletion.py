"""Deleting orphans: only what a person asked for, tried until it is gone, and never what an endpoint owns."""

import pytest

from endpoints.models import Installation, Orphan, OrphanEnding
from tests.engine.conftest import forget_clients
from tests.engine.orphans import AGAIN, DAILY, ask_for_deletion, daily, delete, standing, stranger, tags
from tests.engine.test_msk import WHOLE_ARN
from tests.engine.world import GRACE, REGION, World, removed, told
from tests.sandbox_client import OWNER_KEY

DELETE, LIST = "DeleteVpcEndpoints", "DescribeVpcEndpoints"
STEP = 61  # seconds between two steps of one deletion
SLOWEST = 15 * 60 + 1  # seconds: longer than any wait after a failure


@pytest.fixture
def made(world: World) -> str:
    """An orphan that is certain."""
    found = stranger(world)
    daily(world)
    daily(world, after=AGAIN)
    assert standing() == [found]
    return found


def deletes(world: World) -> int:
    return world.box.count(operation=DELETE)


def test_nothing_deletes_an_orphan_but_a_person(world: World, made: str) -> None:
    for _ in range(4):
        daily(world, after=DAILY)
        delete(world)
        world.work()
    assert [thing["id"] for thing in world.alive()] == [made]
    assert deletes(world) == 0


def test_what_a_person_asked_for_is_deleted_and_followed_until_it_is_gone(world: World, made: str) -> None:
    orphan = ask_for_deletion(made)
    assert delete(world) == 1
    orphan.refresh_from_db()
    assert orphan.delete_asked_at is not None
    assert orphan.aws_request_id
    assert orphan.ended_at is None, "the answer says nothing"
    for _ in range(3):
        delete(world, after=STEP)
    orphan.refresh_from_db()
    assert (orphan.ending, orphan.delete_due_at) == (OrphanEnding.GONE, None)
    assert orphan.delete_requested_by.startswith("staff-")
    assert world.alive() == []
    assert deletes(world) == 1
    assert delete(world, after=STEP) == 0


def test_a_connection_is_deleted_the_same_way(world: World) -> None:
    world.box.boto3("kafka", REGION).create_vpc_connection(
        TargetClusterArn=WHOLE_ARN, Authentication="SASL_IAM", VpcId=world.network.vpc_id,
        ClientSubnets=world.network.subnet_ids, SecurityGroups=world.network.security_group_ids,
        Tags=tags(),
    )  # fmt: skip
    daily(world)
    daily(world, after=AGAIN)
    ask_for_deletion(standing()[0])
    for _ in range(4):
        delete(world, after=STEP)
    assert Orphan.objects.get().ending == OrphanEnding.GONE
    assert world.ours() == []


def test_a_deletion_that_fails_is_repeated_for_ever_and_seen(world: World, made: str) -> None:
    orphan = ask_for_deletion(made)
    world.box.fault("error", operation=DELETE, status=400, code="InvalidParameter", message="Not now.")
    for tries in range(1, 8):
        delete(world, after=SLOWEST)
        orphan.refresh_from_db()
        assert (orphan.failures, orphan.raw_error) == (tries, "InvalidParameter: Not now.")
    world.box.clear_faults()
    for _ in range(4):
        delete(world, after=SLOWEST)
    orphan.refresh_from_db()
    assert (orphan.ending, orphan.failures, orphan.raw_error) == (OrphanEnding.GONE, 0, "")


def test_a_delete_without_effect_is_asked_again(world: World, made: str) -> None:
    ask_for_deletion(made)
    world.box.fault("partial_delete", resource=made, code="IncorrectState", message="Busy.")
    delete(world)
    world.box.clear_faults()
    delete(world, after=SLOWEST)
    delete(world, after=STEP)
    assert world.alive() == []


def test_what_an_endpoint_owns_by_then_is_kept(world: World) -> None:
    row = world.make(2)
    world.remove(row)
    for _ in range(3):
        world.later(GRACE)
    assert removed(row)
    late = stranger(world, tags(row.pk))
    daily(world)
    daily(world, after=AGAIN)
    # The observer took it back before anybody asked; here its row is the endpoint again.
    row.attempts.update(gone_at=None, external_id=late)
    orphan = ask_for_deletion(late)
    delete(world)
    orphan.refresh_from_db()
    assert (orphan.kept, orphan.ending, orphan.delete_due_at) == (True, OrphanEnding.OWNED, None)
    assert deletes(world) == 1, "the row's own first object"


def test_what_an_unanswered_create_will_adopt_is_kept(world: World) -> None:
    row = world.make(2)
    late = stranger(world, tags(row.pk))
    daily(world)
    daily(world, after=AGAIN)
    row.attempts.update(external_id="", in_doubt=True)
    ask_for_deletion(late)
    delete(world)
    assert Orphan.objects.get(external_id=late).kept
    assert deletes(world) == 0


def test_what_does_not_carry_our_tag_any_more_is_kept(world: World, made: str) -> None:
    ask_for_deletion(made)
    world.box.retag(made, {"Name": "somebody else's"})
    delete(world)
    assert Orphan.objects.get().kept
    assert deletes(world) == 0


def test_what_a_person_wants_deleted_is_not_taken_back_meanwhile(world: World) -> None:
    row = world.make(2)
    world.box.advance(GRACE)
    lag = world.box.fault("read_lag", operation=LIST, seconds=1e6)
    world.work()
    assert told(row) == ("Failed", "removed_outside")
    world.box.clear_fault(lag)
    daily(world, after=GRACE)
    daily(world, after=AGAIN)
    ask_for_deletion(row.external_id)
    world.work()
    assert told(row) == ("Failed", "removed_outside")
    for _ in range(3):
        delete(world, after=STEP)
    assert world.alive() == []


@pytest.mark.parametrize("paused", ["installation", "network", "moved", "setting"])
def test_pause_holds_a_deletion_up(world: World, made: str, paused: str, settings: object) -> None:
    if paused == "network":
        type(world.network).objects.update(writes_paused=True)
    elif paused == "setting":
        settings.AWS_WRITES_PAUSED = True  # type: ignore[attr-defined]
    else:
        change: dict[str, object] = {"writes_paused": True}
        if paused == "moved":
            change = {"pg_system_identifier": "1"}
        Installation.objects.update(**change)
    ask_for_deletion(made)
    assert delete(world) == 1
    assert delete(world, after=16) == 1
    assert deletes(world) == 0
    assert standing() == [made]


def test_in_another_account_nothing_is_deleted_and_nothing_counts_as_gone(
    world: World, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.observe()  # pins the account
    ask_for_deletion(made)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OWNER_KEY)
    forget_clients()
    for _ in range(3):
        delete(world, after=SLOWEST)
        daily(world, after=DAILY)
    orphan = Orphan.objects.get()
    assert (orphan.ended_at, orphan.absent_looks) == (None, 0)
    assert "WrongAccount" in orphan.raw_error
    monkeypatch.undo()
    forget_clients()
