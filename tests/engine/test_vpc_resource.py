"""Resource endpoints: connected only through an association, room for their blocks, and quotas."""

from collections.abc import Sequence

import pytest

from tests.engine.world import DAY, LOOK_AGAIN, REGION, World, attempt_of, cluster, codes, resource, told
from tests.sandbox_client import subnet_id

ASSOCIATIONS = "DescribeVpcEndpointAssociations"
HOUR = 3600
CONNECT_WAIT = 30 * 60


def test_an_endpoint_is_ready_once_its_association_is_accessible_and_has_its_names(world: World) -> None:
    world.box.knobs(association_seconds=60)
    row = world.ask_for(resource(2))
    world.work()
    assert told(row) == ("Provisioning", "associating")
    assert row.dns_names == []
    world.later(60)
    assert told(row) == ("Ready", "available")
    (association,) = world.box.associations(endpoint_id=row.external_id)
    assert row.dns_names == [association["dns_name"]]
    assert row.dns_names[0].startswith(f"{row.external_id}.rcfg-")


def test_a_settled_endpoint_is_asked_for_its_associations_once_an_hour(world: World) -> None:
    world.make_of(resource(2))
    world.work()
    since = world.box.last_seq()
    for _ in range(10):
        world.later(300)
    assert world.box.count(operation=ASSOCIATIONS, since=since) == 0
    world.later(HOUR - 3000 + 60)
    assert world.box.count(operation=ASSOCIATIONS, since=since) == 1


def test_where_nobody_has_a_resource_endpoint_associations_are_never_asked_for(world: World) -> None:
    world.make(2)
    world.later(2 * HOUR)
    assert world.box.count(operation=ASSOCIATIONS) == 0
    assert world.box.count(service="kafka") == 0
    assert world.box.count(service="ram") == 0


@pytest.mark.parametrize("hidden", [False, True])
def test_an_association_that_its_owner_cut_is_told_within_the_hour_and_heals(
    world: World, hidden: bool
) -> None:
    row = world.make_of(resource(2))
    names = row.dns_names
    world.box.cut(row.external_id, hidden=hidden)
    world.later(HOUR + 60)
    assert told(row) == ("Failed", "resource_unreachable")
    assert row.dns_names == []
    assert len(world.alive()) == 1, "it is not deleted before its deadline"
    world.box.restore(row.external_id)
    world.later(300)
    assert told(row) == ("Ready", "available")
    assert row.dns_names == names


def test_an_endpoint_that_is_never_connected_fails_after_half_an_hour(world: World) -> None:
    world.box.knobs(association_seconds=1e6)
    row = world.ask_for(resource(2))
    world.work()
    world.later(CONNECT_WAIT - 60)
    assert told(row) == ("Provisioning", "associating")
    world.later(61)
    world.later(LOOK_AGAIN)
    assert told(row) == ("Failed", "resource_unreachable")
    world.box.knobs(association_seconds=0)
    assert len(world.alive()) == 1


def test_an_endpoint_that_came_up_while_nobody_looked_is_not_given_up(world: World) -> None:
    world.box.knobs(association_seconds=600)
    row = world.ask_for(resource(2))
    world.work()
    assert told(row) == ("Provisioning", "associating")
    world.later(CONNECT_WAIT + 60)
    assert told(row) == ("Ready", "available")
    assert not row.events.filter(params__status="Failed").exists()


def test_an_endpoint_whose_associations_cannot_be_read_is_not_judged_by_that(world: World) -> None:
    world.box.fault("error", operation=ASSOCIATIONS, code="UnauthorizedOperation", status=403)
    row = world.ask_for(resource(2))
    world.work()
    world.later(CONNECT_WAIT + 600)
    world.work()
    assert told(row)[0] == "Provisioning"
    world.box.clear_faults()
    world.later(60)
    assert told(row) == ("Ready", "available")


@pytest.mark.parametrize(
    ("code", "reason"),
    [("UnauthorizedOperation", "operator_must_act"), ("RequestLimitExceeded", "aws_unavailable")],
)
def test_associations_that_cannot_be_read_are_told_and_not_asked_for_in_a_hurry(
    world: World, code: str, reason: str
) -> None:
    world.box.knobs(association_seconds=3600)
    row = world.ask_for(resource(2))
    world.work()
    assert told(row) == ("Provisioning", "associating")
    world.box.fault("error", operation=ASSOCIATIONS, code=code, status=400)
    world.later(60)
    assert told(row) == ("Provisioning", reason)
    assert row.raw_error.startswith(f"{code}:")
    quotas = world.box.count(operation="GetServiceQuota")
    for _ in range(3):
        world.later(15)
        world.network.region.refresh_from_db()
        assert world.network.region.observe_due_at is not None
        assert world.network.region.listed_at is not None
        wait = world.network.region.observe_due_at - world.network.region.listed_at
        assert wait.total_seconds() == 15
    assert world.box.count(operation="GetServiceQuota") == quotas
    assert [e.code for e in row.events.all()].count("aws_trouble") == 1
    world.box.clear_faults()
    world.later(15)
    assert told(row) == ("Provisioning", "associating")
    assert row.raw_error == ""


def test_a_settled_endpoint_whose_associations_cannot_be_read_stays_as_it_is(world: World) -> None:
    row = world.make_of(resource(2))
    world.box.fault("error", operation=ASSOCIATIONS, code="UnauthorizedOperation", status=403)
    world.later(HOUR)
    asked = world.box.count(operation=ASSOCIATIONS)
    world.work()
    assert told(row) == ("Ready", "available")
    assert world.box.count(operation=ASSOCIATIONS) == asked, "not in every listing"
    world.box.clear_faults()
    world.later(300)
    assert world.box.count(operation=ASSOCIATIONS) == asked + 1, "but soon"


def test_a_settled_endpoint_whose_associations_are_denied_stays_ready_and_tells_the_operators(
    world: World,
) -> None:
    row = world.make_of(resource(2))
    world.box.fault("error", operation=ASSOCIATIONS, code="UnauthorizedOperation", status=403)
    world.later(HOUR + 60)
    world.later(300)
    assert told(row) == ("Ready", "available")
    assert row.dns_names
    assert row.raw_error.startswith("UnauthorizedOperation:")
    assert codes(row).count("aws_trouble") == 1
    world.box.clear_faults()
    world.later(300)
    assert told(row) == ("Ready", "available")
    assert row.raw_error == ""


def test_a_deadline_waits_for_details_that_cannot_be_read(world: World) -> None:
    row = world.make_of(resource(2))
    world.box.cut(row.external_id)
    world.later(HOUR + 60)
    assert told(row) == ("Failed", "resource_unreachable")
    world.box.restore(row.external_id)
    world.box.fault("error", operation=ASSOCIATIONS, code="UnauthorizedOperation", status=403)
    world.later(7 * DAY)
    world.later(LOOK_AGAIN)
    assert told(row)[0] == "Failed"
    assert len(world.alive()) == 1
    world.box.clear_faults()
    world.later(300)
    assert told(row) == ("Ready", "available")


def test_a_partial_endpoint_is_ready_in_part(world: World) -> None:
    row = world.make_of(resource(2))
    world.box.make_partial(row.external_id)
    world.later(300)
    assert told(row) == ("Ready", "available_in_part")
    assert row.dns_names
    assert row.raw_error


def test_an_endpoint_that_fails_for_want_of_a_block_says_what_aws_said(world: World) -> None:
    world.box.knobs(resource_pending_seconds=30)
    row = world.ask_for(resource(2))
    world.work()
    for n in (1, 2, 3):
        _fill(world, subnet_id(REGION, n))
    world.later(60)
    assert told(row) == ("Failed", "failed_at_aws")
    assert row.reason_params["code"]
    assert row.reason_params["code"] in row.raw_error


# --- room -----------------------------------------------------------------------------------------------


def _fill(world: World, subnet: str) -> None:
    """Take one address of each free /28 of a subnet, so that many are free and no block is."""
    (found,) = (item for item in world.box.state()["subnets"] if item["id"] == subnet)
    base = found["cidr"].rpartition(".")[0]
    world.box.reserve_addresses(subnet, [f"{base}.{16 * n + 7}" for n in range(16)])


def _fill_all(world: World, but: Sequence[int] = ()) -> None:
    for n in (1, 2, 3):
        if n not in but:
            _fill(world, subnet_id(REGION, n))


def test_subnets_without_a_free_block_are_passed_over(world: World) -> None:
    _fill_all(world, but=[3])
    row = world.make_of(resource(2))
    assert attempt_of(row).request["SubnetIds"] == [subnet_id(REGION, 3)]


def test_zones_without_vpc_lattice_are_passed_over(world: World) -> None:
    row = world.make_of(resource(2))  # subnet 2 lies in euc1-az2
    assert attempt_of(row).request["SubnetIds"] == [subnet_id(REGION, 1), subnet_id(REGION, 3)]


def test_without_a_free_block_the_row_waits_says_where_and_goes_on_when_there_is_one(world: World) -> None:
    _fill_all(world)
    row = world.ask_for(resource(2))
    world.work()
    assert told(row) == ("Provisioning", "no_room")
    assert row.reason_params["blocks"] == world.network.vpc_id
    assert world.box.count(operation="CreateVpcEndpoint") == 0
    for n in (1, 2, 3):
        world.box.reserve_addresses(subnet_id(REGION, n), [])
    world.later(20 * 60)
    assert told(row) == ("Ready", "available")


def test_a_network_at_its_quota_is_passed_over_and_told(world: World) -> None:
    world.box.knobs(resource_quota_per_vpc=1)
    world.make_of(resource(1))
    row = world.ask_for(resource(2))
    world.work()
    assert told(row) == ("Provisioning", "no_room")
    assert row.reason_params["quota"] == world.network.vpc_id
    assert world.make(2).status == "Ready", "Interface endpoints have a quota of their own"
    world.box.knobs(resource_quota_per_vpc=2)
    for _ in range(5):
        world.later(HOUR)
    assert told(row) == ("Ready", "available")


def test_an_interface_endpoint_takes_only_subnets_with_a_free_address(world: World) -> None:
    _use_up(world, 1)
    row = world.make(2)
    assert attempt_of(row).request["SubnetIds"] == [subnet_id(REGION, n) for n in (2, 3)]


def test_without_a_free_address_an_interface_endpoint_waits_and_says_where(world: World) -> None:
    for n in (1, 2, 3):
        _use_up(world, n)
    row = world.ask(2)
    world.work()
    assert told(row) == ("Provisioning", "no_room")
    assert row.reason_params["addresses"] == world.network.vpc_id
    connection = world.ask_for(cluster())
    world.work()
    assert told(connection) == ("Provisioning", "no_room")


def _use_up(world: World, n: int) -> None:
    (found,) = (item for item in world.box.state()["subnets"] if item["id"] == subnet_id(REGION, n))
    base = found["cidr"].rpartition(".")[0]
    world.box.reserve_addresses(found["id"], [f"{base}.{last}" for last in range(4, 255)])
