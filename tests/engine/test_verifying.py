"""Looking at a network in AWS because a person asked: what is right and wrong is found, nothing written."""

from typing import Any

import pytest
from django_q.models import OrmQ

from endpoints import intents, tasks
from endpoints.models import Network, Region, User, read_clock
from endpoints.reconcile import verifying
from endpoints.texts.verification import DO, WHAT
from tests.engine.world import REGION, World
from tests.people import make_user
from tests.sandbox_client import service_name, vpc_id

CHECKS = ["account", "vpc", "subnets", "groups", "blocks", "quotas", "quotas"]


@pytest.fixture
def staff(world: World) -> User:
    return make_user("staff@example.com", is_staff=True)


def verify(world: World, staff: User, **changes: Any) -> dict[str, dict[str, Any]]:
    """Change the network, have it looked at, and return the findings by code."""
    Network.objects.update(**changes)
    assert intents.request_verification(network=world.network, by=staff)
    assert verifying.waiting() == [world.network.pk]
    assert tasks.verify_network(world.network.pk)
    assert verifying.waiting() == []
    network = Network.objects.get(pk=world.network.pk)
    assert network.verified_at is not None
    assert not network.is_being_verified
    assert {one["code"] for one in network.verification} <= WHAT.keys()
    return {one["code"]: one for one in network.verification}


def bad(found: dict[str, dict[str, Any]]) -> set[str]:
    wrong = {code for code, one in found.items() if one["result"] == "bad"}
    assert wrong <= DO.keys(), "nobody learns what to do"
    return wrong


def test_of_a_good_network_all_is_said_to_be_good(world: World, staff: User) -> None:
    row = world.make(2)
    since = world.box.last_seq()
    found = verify(world, staff)
    assert [one["check"] for one in found.values()] == CHECKS
    assert {one["result"] for one in found.values()} == {"good"}
    assert found["account_right"]["params"] == {"account": "111111111111"}
    assert found["quota_interface"]["params"] == {"used": "1", "quota": "50"}
    assert "/24" not in found["subnets_found"]["params"]["subnets"]
    assert world.writes(since=since) == 0
    row.refresh_from_db()
    assert row.status == "Ready"
    world.network.refresh_from_db()
    assert world.network.capacity_at is not None, "what was read of the room is kept"


def test_credentials_of_another_account_are_told_and_nothing_else_is_looked_at(
    world: World, staff: User
) -> None:
    Region.objects.update(account_id="999999999999")
    since = world.box.last_seq()
    found = verify(world, staff)
    assert found["account_wrong"]["params"] == {"account": "111111111111", "wanted": "999999999999"}
    assert bad(found) == {"account_wrong"}
    assert "skipped" in found
    assert world.box.count(since=since) == 1


def test_a_vpc_subnets_and_groups_that_do_not_exist_are_named(world: World, staff: User) -> None:
    found = verify(
        world, staff, vpc_id="vpc-0ffff", subnet_ids=[*world.network.subnet_ids, "subnet-0ffff"],
        security_group_ids=["sg-0ffff"],
    )  # fmt: skip
    assert bad(found) == {
        "vpc_missing", "subnets_missing", "subnets_elsewhere", "groups_missing",
    }  # fmt: skip
    assert found["subnets_missing"]["params"]["ids"] == "subnet-0ffff"
    assert found["groups_missing"]["params"]["ids"] == "sg-0ffff"


def test_a_subnet_and_a_group_of_another_vpc_are_told(world: World, staff: User) -> None:
    ec2 = world.box.boto3("ec2", REGION)
    other = world.box.create_group(vpc_id(REGION))
    found = verify(world, staff, security_group_ids=[other])
    assert bad(found) == {"groups_closed"}, "a group without inbound rules"
    assert ec2.describe_security_groups(GroupIds=[other])["SecurityGroups"][0]["IpPermissions"] == []
    elsewhere = verify(world, staff, vpc_id="vpc-0ffff")
    assert {"subnets_elsewhere", "groups_elsewhere"} <= bad(elsewhere)


def test_a_subnet_without_a_block_and_a_network_without_any_are_told(world: World, staff: User) -> None:
    first, *others = world.network.subnet_ids
    _fill(world, first)
    found = verify(world, staff)
    assert bad(found) == set()
    assert found["blocks_missing"]["params"]["ids"] == first
    for subnet in others:
        _fill(world, subnet)
    assert bad(verify(world, staff)) == {"blocks_none"}
    world.box.reserve_addresses(first, [f"10.4.1.{n}" for n in range(4, 255)])
    assert verify(world, staff)["subnets_full"]["result"] == "warning"
    one = verify(world, staff, subnet_ids=[first])
    assert bad(one) == {"blocks_none", "subnets_full"}
    assert one["subnets_one_zone"]["result"] == "warning"


def _fill(world: World, subnet: str) -> None:
    """Take one address of every block of a subnet."""
    (known,) = [one for one in world.box.state()["subnets"] if one["id"] == subnet]
    net = known["cidr"].rpartition(".")[0]
    world.box.reserve_addresses(subnet, [f"{net}.{n}" for n in range(8, 255, 16)])


def test_what_other_people_made_counts_against_the_quota(world: World, staff: User) -> None:
    world.box.knobs(interface_quota_per_vpc=2)
    ec2 = world.box.boto3("ec2", REGION)
    for _ in range(2):
        ec2.create_vpc_endpoint(
            VpcEndpointType="Interface", VpcId=world.network.vpc_id, ServiceName=service_name(REGION, 2),
            SubnetIds=world.network.subnet_ids[:1], PrivateDnsEnabled=False,
        )  # fmt: skip
    found = verify(world, staff)
    assert bad(found) == {"quota_interface_full"}
    assert found["quota_interface_full"]["params"] == {"used": "2", "quota": "2"}


@pytest.mark.parametrize("operation", ["DescribeVpcs", "DescribeSubnets", "DescribeSecurityGroups"])
def test_a_call_that_aws_refuses_is_named_with_its_words_and_the_others_go_on(
    world: World, staff: User, operation: str
) -> None:
    world.box.fault("denied", operation=operation)
    found = verify(world, staff)
    assert bad(found) == {"denied"}
    assert found["denied"]["params"] == {"operation": operation}
    assert "UnauthorizedOperation" in found["denied"]["raw"]
    assert "quota_resource" in found


def test_a_call_without_an_answer_is_not_taken_for_a_wrong_network(world: World, staff: User) -> None:
    world.box.fault("denied", operation="GetCallerIdentity")
    assert bad(verify(world, staff)) == {"denied"}
    world.box.clear_faults()
    world.box.fault("throttle", operation="DescribeVpcs")
    found = verify(world, staff)
    assert bad(found) == set()
    assert found["unread"]["result"] == "unread"


def test_a_look_waits_for_aws_rates_and_for_nothing_when_none_was_asked_for(
    world: World, staff: User, settings: Any
) -> None:
    assert not tasks.verify_network(world.network.pk)
    assert not tasks.verify_network(999)
    settings.AWS_RATE_FACTOR = 0.01
    intents.request_verification(network=world.network, by=staff)
    since = world.box.last_seq()
    assert not tasks.verify_network(world.network.pk)
    assert (world.box.count(since=since), verifying.waiting()) == (0, [world.network.pk])


def test_a_result_of_an_older_request_does_not_end_a_newer_one(
    world: World, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    intents.request_verification(network=world.network, by=staff)

    def asked_again(*_args: object) -> list[object]:
        Network.objects.update(verify_requested_at=read_clock().now)
        return []

    monkeypatch.setattr(verifying, "_findings", asked_again)
    assert not tasks.verify_network(world.network.pk)
    assert verifying.waiting() == [world.network.pk]


def test_sweep_takes_up_a_look_whose_task_was_lost(world: World, staff: User) -> None:
    intents.request_verification(network=world.network, by=staff)
    tasks.sweep()
    assert "endpoints.tasks.verify_network" in [queued.func() for queued in OrmQ.objects.all()]
