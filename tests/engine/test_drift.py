"""What somebody does to our objects in AWS, and not Postern: told in the next pass, and never a leak."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from endpoints.models import Attempt, Event, ReversePrivateEndpoint
from tests.engine.kinds import KINDS, Kind
from tests.engine.world import (
    GRACE,
    LOOK_AGAIN,
    REGION,
    World,
    attempt_of,
    codes,
    removed,
    resource,
    told,
    wanted,
)
from tests.sandbox_client import service_id, service_name, subnet_id

LIST = "DescribeVpcEndpoints"
INTERFACE, RESOURCE, MSK = KINDS.values()
EC2 = pytest.mark.parametrize("kind", [INTERFACE, RESOURCE], ids=lambda kind: kind.type)
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.type)


def changes(row: ReversePrivateEndpoint) -> list[tuple[str, str]]:
    """Return the lines about changes, oldest first: code, and what was changed."""
    lines = Event.objects.filter(endpoint=row, code__in=("changed_outside", "changed_back")).order_by("id")
    return [(line.code, line.params["changed"]) for line in lines]


def known(row: ReversePrivateEndpoint) -> list[str]:
    """Return what is known to differ."""
    row.refresh_from_db()
    return list(row.changed_outside)


def look(world: World) -> None:
    """Let one pass see what is there now."""
    world.observe()
    world.reconcile()


# --- deleted ---------------------------------------------------------------------------------------------


def _waits(world: World, kind: Kind) -> ReversePrivateEndpoint:
    return world.make_of(wanted(service_name(REGION, 1)), status="PendingAcceptance")


def _rejected(world: World, kind: Kind) -> ReversePrivateEndpoint:
    row = world.make_of(kind.asked)
    if kind is MSK:
        world.box.reject_connection(row.external_id)
    else:
        world.box.reject(row.external_id)
    look(world)
    assert told(row)[0] == "Rejected"
    return row


def _failed(world: World, kind: Kind) -> ReversePrivateEndpoint:
    row = world.make_of(kind.asked)
    kind.fail(world, row)
    look(world)
    assert told(row)[0] == "Failed"
    return row


def _coming(world: World, kind: Kind) -> ReversePrivateEndpoint:
    world.box.knobs(pending_seconds=9000, resource_pending_seconds=9000, msk_creating_seconds=9000)
    row = world.make_of(kind.asked, status="Provisioning")
    assert row.external_id
    return row


def _ready(world: World, kind: Kind) -> ReversePrivateEndpoint:
    return world.make_of(kind.asked)


@pytest.mark.parametrize(
    ("kind", "brought"),
    [
        *((kind, state) for kind in KINDS.values() for state in (_coming, _ready, _failed)),
        (INTERFACE, _waits), (INTERFACE, _rejected), (MSK, _rejected),
    ],
)  # fmt: skip
def test_an_object_deleted_by_hand_is_told_in_every_status_and_never_made_again(
    world: World, kind: Kind, brought: Callable[[World, Kind], ReversePrivateEndpoint]
) -> None:
    row = brought(world, kind)
    world.box.advance(GRACE)
    kind.delete_by_hand(world, row)
    look(world)
    look(world)
    assert told(row) == ("Failed", "removed_outside")
    assert codes(row).count("removed_outside") == 1
    assert (row.dns_names, row.private_dns_names, row.connection_string) == ([], [], "")
    world.later(3600)
    assert world.alive() == []
    assert world.box.count(operation=kind.create) == 1
    assert world.box.count(operation=kind.delete) == 0


@EVERY
def test_a_deletion_that_nobody_asked_postern_for_is_told_as_somebody_elses(world: World, kind: Kind) -> None:
    row = world.make_of(kind.asked)
    world.box.knobs(deleting_seconds=180, deleted_visible_seconds=600, msk_deleting_seconds=180)
    kind.delete_by_hand(world, row)
    look(world)
    assert told(row) == ("Deleting", "deleting_outside")
    assert row.removal_requested_at is None
    assert (row.dns_names, row.private_dns_names, row.connection_string) == ([], [], "")
    world.later(GRACE)
    look(world)
    assert told(row) == ("Failed", "removed_outside")


@EVERY
def test_a_deletion_that_was_asked_for_is_told_as_ours(world: World, kind: Kind) -> None:
    row = world.make_of(kind.asked)
    world.box.knobs(deleting_seconds=180, deleted_visible_seconds=600, msk_deleting_seconds=180)
    world.remove(row)
    world.work()
    assert told(row) == ("Deleting", "deleting_at_aws")


# --- rejected, and back ----------------------------------------------------------------------------------


def test_a_rejection_after_ready_takes_the_names_away_and_an_acceptance_brings_them_back(
    world: World,
) -> None:
    row = world.make(2)
    names = row.dns_names
    world.box.reject(row.external_id)
    look(world)
    assert told(row) == ("Rejected", "rejected_by_owner")
    assert row.dns_names == []
    assert row.former_names == sorted(names)
    fault = world.box.fault("rewrite", operation=LIST, set={"State": "available"})
    look(world)
    assert told(row) == ("Ready", "available")
    assert row.dns_names == names
    assert row.former_names == []
    changes = [code for code in codes(row) if code != "deadline_near"]  # a rejected one goes in a day
    assert changes[-2:] == ["status_changed", "status_changed"]
    world.box.clear_fault(fault)


# --- changed ---------------------------------------------------------------------------------------------


def _modify(world: World, row: ReversePrivateEndpoint, **members: Any) -> None:
    """Somebody changes the endpoint in the operator's account."""
    world.box.boto3("ec2", REGION).modify_vpc_endpoint(VpcEndpointId=row.external_id, **members)


@EC2
def test_another_security_group_is_told_once_and_once_more_when_it_is_undone(
    world: World, kind: Kind
) -> None:
    row = world.make_of(kind.asked)
    writes = world.writes()
    other = [{"GroupId": "sg-0123456789abcdef0", "GroupName": "other"}]
    fault = world.box.fault("rewrite", operation=LIST, set={"Groups": other})
    look(world)
    assert known(row) == ["security_groups"]
    assert told(row) == ("Ready", "available")
    for _ in range(3):
        world.later(600)
    assert changes(row) == [("changed_outside", "security_groups")]
    world.box.clear_fault(fault)
    look(world)
    assert known(row) == []
    assert changes(row) == [("changed_outside", "security_groups"), ("changed_back", "")]
    assert world.writes() == writes, "Postern changes nothing back"


def test_each_further_difference_is_told_with_all_that_differ(world: World) -> None:
    row = world.make(2)
    _modify(world, row, RemoveSubnetIds=[subnet_id(REGION, 1)])
    look(world)
    policy = '{"Statement": [{"Effect": "Deny", "Action": "*", "Principal": "*", "Resource": "*"}]}'
    world.box.fault("rewrite", operation=LIST, set={"PolicyDocument": policy})
    look(world)
    world.box.fault("rewrite", operation=LIST, set={"IpAddressType": "dualstack"})
    look(world)
    assert known(row) == ["address_type", "policy", "subnets"]
    assert changes(row) == [
        ("changed_outside", "subnets"),
        ("changed_outside", "policy, subnets"),
        ("changed_outside", "address_type, policy, subnets"),
    ]
    world.box.clear_faults()
    look(world)
    assert changes(row)[-1] == ("changed_outside", "subnets")


def test_private_dns_that_postern_switched_on_is_no_difference_and_off_again_it_is(world: World) -> None:
    row = world.make(4)
    world.later(60)
    assert row.private_dns_names
    assert changes(row) == []
    _modify(world, row, PrivateDnsEnabled=False)
    look(world)
    assert known(row) == ["private_dns"]
    assert told(row) == ("Ready", "available")
    assert row.private_dns_names == []


def test_private_dns_of_an_unanswered_call_is_no_difference(world: World) -> None:
    world.box.fault("lost_answer", operation="ModifyVpcEndpoint", count=1)
    row = world.make(4)
    for seconds in (60, 3600, 60):
        world.later(seconds)
    assert told(row) == ("Ready", "available")
    assert row.private_dns_names
    assert changes(row) == []


def test_a_change_is_forgotten_with_its_object(world: World) -> None:
    row = world.make(2)
    _modify(world, row, RemoveSubnetIds=[subnet_id(REGION, 1)])
    look(world)
    assert known(row) == ["subnets"]
    world.box.advance(GRACE)
    world.box.delete_by_hand(row.external_id)
    look(world)
    look(world)
    assert told(row) == ("Failed", "removed_outside")
    assert known(row) == []
    world.retry(row)
    world.later(LOOK_AGAIN)
    assert told(row) == ("Ready", "available")
    assert known(row) == []


# --- tags ------------------------------------------------------------------------------------------------


def _tags(world: World, row: ReversePrivateEndpoint) -> dict[str, str]:
    return dict(world.box.endpoint(row.external_id)["tags"])


@EC2
def test_an_object_whose_tags_were_taken_away_lives_on_is_told_and_is_deleted_with_its_row(
    world: World, kind: Kind
) -> None:
    row = world.make_of(kind.asked)
    world.box.retag(row.external_id, {})
    world.box.advance(GRACE)
    for _ in range(3):
        look(world)
    assert told(row)[0] == "Ready"
    assert known(row) == ["tags"]
    assert changes(row) == [("changed_outside", "tags")]
    assert attempt_of(row).absent_listings == 0
    world.remove(row)
    world.work()
    world.later(GRACE)
    assert removed(row)
    assert world.box.endpoints(id=row.external_id) == []
    assert world.box.count(operation=kind.delete) == 1


@pytest.mark.parametrize("tag", ["endpoint-id", "generation", "installation"])
def test_one_changed_tag_is_told_and_put_back_is_told_too(world: World, tag: str) -> None:
    row = world.make(2)
    tags = _tags(world, row)
    world.box.retag(row.external_id, {**tags, f"postern:{tag}": "else"})
    world.box.advance(GRACE)
    look(world)
    look(world)
    assert known(row) == ["tags"]
    assert told(row) == ("Ready", "available")
    world.box.retag(row.external_id, tags)
    look(world)
    assert changes(row) == [("changed_outside", "tags"), ("changed_back", "")]


def test_an_object_that_carries_the_tags_of_another_is_taken_for_neither_instead(world: World) -> None:
    first, second = world.make(2), world.make_of(resource(2))
    ids = {first.external_id, second.external_id}
    world.box.retag(first.external_id, _tags(world, second))
    world.box.advance(GRACE)
    for _ in range(3):
        look(world)
    assert (known(first), known(second)) == (["tags"], [])
    assert {first.external_id, second.external_id} == ids
    world.box.delete_by_hand(second.external_id)
    look(world)
    look(world)
    assert told(second) == ("Failed", "removed_outside")
    assert told(first) == ("Ready", "available")


def test_what_cannot_be_looked_for_by_id_is_not_absent(world: World) -> None:
    row = world.make(2)
    world.box.retag(row.external_id, {})
    world.box.advance(GRACE)
    world.box.fault("error", operation=LIST, nth=2, count=100)
    for _ in range(3):
        assert world.observe() is False
    assert attempt_of(row).absent_listings == 0
    world.box.clear_faults()
    look(world)
    assert told(row) == ("Ready", "available")


def test_nothing_is_looked_for_by_id_while_every_object_is_listed(world: World) -> None:
    world.make(2)
    world.make_of(resource(2))
    since = world.box.last_seq()
    look(world)
    assert world.box.count(operation=LIST, since=since) == 1


def test_missing_objects_are_looked_for_two_hundred_at_a_time(world: World) -> None:
    row = world.make(2)
    first = attempt_of(row)
    for external_id in world.box.fabricate(service_id(REGION, 2), 201):
        other = ReversePrivateEndpoint.objects.get(pk=row.pk)
        other.pk = uuid.uuid4()
        other._state.adding = True
        other.save(force_insert=True)
        Attempt.objects.create(
            endpoint=other, generation=1, network=first.network, request={}, token=other.pk.hex,
            created_at=first.created_at, started_at=first.started_at, external_id=external_id,
        )  # fmt: skip
    world.box.advance(GRACE)
    since = world.box.last_seq()
    look(world)
    assert world.box.count(operation=LIST, since=since) == 1 + 2
    assert ReversePrivateEndpoint.objects.filter(changed_outside=["tags"]).count() == 201
