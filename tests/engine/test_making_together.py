"""Placing and creating together: one look for all, one create for each, and each keeps its own answer."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from endpoints.models import Installation, Network, Region, ReversePrivateEndpoint, read_clock
from endpoints.reconcile import act, calls, creating, making
from endpoints.reconcile.leases import Lease, claim_due
from tests.engine.world import REGION, World, attempt_of, codes, removed, told
from tests.sandbox_client import service_id, subnet_id

FIND, CREATE = "DescribeVpcEndpoints", "CreateVpcEndpoint"


class Killed(BaseException):
    """The end of a worker's process."""


@pytest.fixture(autouse=True)
def _known_quotas(world: World) -> None:
    """Else the first step reads them."""
    Region.objects.filter(pk=REGION).update(quotas={"interface": 50}, quotas_at=read_clock().now)


def ask(world: World, number: int) -> list[ReversePrivateEndpoint]:
    return [world.ask(2) for _ in range(number)]


def sought_and_made(world: World) -> list[tuple[str, str]]:
    """Return the finds and creates in AWS's order, with the endpoint's id each."""
    told: list[tuple[str, str]] = []
    for call in world.box.calls():
        if call["operation"] == CREATE:
            (tags,) = (each["Tags"] for each in call["params"]["TagSpecifications"])
            told.append((CREATE, next(tag["Value"] for tag in tags if tag["Key"] == "postern:endpoint-id")))
        elif call["operation"] == FIND and "Filters" in call["params"]:
            names = {each["Name"]: each["Values"] for each in call["params"]["Filters"]}
            told += [(FIND, value) for value in names.get("tag:postern:endpoint-id", [])]
    return told


def let_leases_end() -> None:
    over = read_clock().real - timedelta(seconds=1)
    ReversePrivateEndpoint.objects.filter(lease_until__isnull=False).update(lease_until=over)


def test_all_are_looked_for_by_one_call_before_the_first_create_and_all_are_given_back(world: World) -> None:
    rows = ask(world, 4)
    act.reconcile_due()
    asked, keys = sought_and_made(world), {str(row.pk) for row in rows}
    assert {key for each, key in asked[:4] if each == FIND} == keys
    assert [each for each, _ in asked[4:]] == [CREATE] * 4
    assert {key for _, key in asked[4:]} == keys
    assert world.box.count(operation=FIND, tag_key="postern:endpoint-id") == 1
    for row in rows:
        assert told(row) == ("Ready", "available")
        assert codes(row) == ["requested", "placed", "create_sent", "create_answered", "status_changed"]
        assert (row.lease_token, row.failures, row.write_ended_at is None) == (None, 0, False)
        assert (attempt_of(row).tries, attempt_of(row).in_doubt) == (1, False)


def test_what_is_there_already_is_taken_over_and_only_the_others_are_made(world: World) -> None:
    """As in a database that was restored from before the create."""
    rows = ask(world, 3)
    tags = {
        "postern:endpoint-id": str(rows[1].pk),
        "postern:generation": "1",
        "postern:installation": str(Installation.get().pk),
    }
    (there,) = world.box.fabricate(service_id(REGION, 2), 1, tags=tags)
    act.reconcile_due()
    assert ["adopted" in codes(row) for row in rows] == [False, True, False]
    assert {told(row) for row in rows} == {("Ready", "available")}
    assert attempt_of(rows[1]).external_id == there
    assert world.box.count(operation=CREATE) == 2


def test_a_look_that_fails_makes_nothing_and_leaves_nothing_in_doubt(world: World) -> None:
    rows = ask(world, 3)
    world.box.fault("error", operation=FIND)
    act.reconcile_due()
    assert world.box.count(operation=CREATE) == 0
    assert [attempt_of(row).in_doubt for row in rows] == [False] * 3


def test_after_the_end_of_a_worker_each_object_is_found_and_none_is_made_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.AWS_RATE_FACTOR = 0  # none of them waits for its turn, and is seen by a listing first
    rows = ask(world, 3)

    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(creating, "_save", killed)
        patched.setattr(Lease, "release", killed)
        with pytest.raises(Killed):
            act.reconcile_due()
    assert [attempt_of(row).in_doubt for row in rows] == [True] * 3
    let_leases_end()
    world.work()
    assert world.box.count(operation=CREATE) == 3
    for row in rows:
        assert told(row) == ("Ready", "available")
        assert "adopted" in codes(row)


def test_one_that_was_taken_over_meanwhile_is_not_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ask(world, 3)
    token, save = uuid.uuid4(), creating._save

    def late(work: Any, made: Any, again: Any) -> None:
        until = read_clock().real + timedelta(hours=1)
        rows_of = ReversePrivateEndpoint.objects.filter(pk=rows[1].pk)
        rows_of.update(lease_token=token, lease_until=until)
        save(work, made, again)

    monkeypatch.setattr(creating, "_save", late)
    act.reconcile_due()
    assert [told(row)[0] for row in rows] == ["Ready", "Provisioning", "Ready"]
    assert rows[1].lease_token == token
    assert attempt_of(rows[1]).in_doubt


def test_one_whose_removal_was_asked_for_meanwhile_is_not_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ask(world, 3)
    grant = making._grant

    def slow(work: Any, wanted: int) -> int:
        world.remove(rows[1])
        return grant(work, wanted)

    with monkeypatch.context() as patched:
        patched.setattr(making, "_grant", slow)
        act.reconcile_due()
    assert world.box.count(operation=CREATE) == 2
    assert removed(rows[1])
    assert [told(rows[0])[0], told(rows[2])[0]] == ["Ready", "Ready"]


def test_one_that_aws_refuses_fails_alone(world: World) -> None:
    rows = ask(world, 3)
    world.box.fault("error", operation=CREATE, resource=str(rows[1].pk), code="InvalidParameter", status=400)
    act.reconcile_due()
    assert [told(row)[0] for row in rows] == ["Ready", "Failed", "Ready"]


def test_after_trouble_at_aws_the_others_come_again_and_are_not_in_doubt(world: World) -> None:
    rows = ask(world, 3)
    world.box.fault("error", operation=CREATE, code="InternalError", status=500, count=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(act, "claim_due", _once(claim_due))
        act.reconcile_due()
    assert [attempt_of(row).in_doubt for row in rows] == [True, False, False]
    assert [row.failures for row in _read(rows)] == [1, 0, 0]
    world.later(60)
    assert [told(row)[0] for row in rows] == ["Ready"] * 3
    assert len({attempt_of(row).external_id for row in rows}) == len(world.alive()) == 3


def test_no_room_is_given_twice(world: World) -> None:
    only = subnet_id(REGION, 1)
    Network.objects.update(subnet_ids=[only])
    base = "10.0.1"
    world.box.reserve_addresses(only, [f"{base}.{number}" for number in range(6, 255)])
    rows = ask(world, 4)
    act.reconcile_due()
    assert world.box.count(operation=CREATE, error_code="InsufficientFreeAddressesInSubnet") == 0
    assert sorted(told(row)[1] for row in rows) == ["available", "available", "no_room", "no_room"]


def test_no_more_than_the_quota_are_sent(world: World) -> None:
    world.box.knobs(interface_quota_per_vpc=2)
    Region.objects.filter(pk=REGION).update(quotas={"interface": 2}, quotas_at=read_clock().now)
    rows = ask(world, 4)
    act.reconcile_due()
    assert world.box.count(operation=CREATE) == 2
    assert sorted(told(row)[1] for row in rows) == ["available", "available", "no_room", "no_room"]


def test_one_that_cannot_be_saved_does_not_stop_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ask(world, 3)

    def spoilt(work: Any, row: Any, attempt: Any, made: Any) -> Any:
        if row.pk == rows[1].pk:
            raise ValueError
        return calls.note_made(work, row, attempt, made)

    with monkeypatch.context() as patched:
        patched.setattr(creating, "note_made", spoilt)
        act.reconcile_due()
    assert [told(row)[0] for row in rows] == ["Ready", "Provisioning", "Ready"]
    assert attempt_of(rows[1]).in_doubt
    world.later(60)
    assert told(rows[1])[0] == "Ready"
    assert world.box.count(operation=CREATE) == 3


def _read(rows: list[ReversePrivateEndpoint]) -> list[ReversePrivateEndpoint]:
    for row in rows:
        row.refresh_from_db()
    return rows


def _once(claim: Any) -> Any:
    """Return a claim that finds something due the first time only."""
    left = [True]
    return lambda moment: claim(moment) if left and left.pop() else None
