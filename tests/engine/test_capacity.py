"""How much room for Resource endpoints the engine sees, keeps and tells."""

import pytest

from endpoints import intents
from endpoints.domain.capacity import Capacity
from endpoints.domain.specs import Family
from endpoints.models import Network, read_clock, room_in_network, room_in_region
from endpoints.reconcile import due
from tests.engine.world import GRACE, REGION, World, resource, told
from tests.sandbox_client import subnet_id

HOUR = 3600
INTERFACES = "DescribeNetworkInterfaces"
EMPTY = 14  # blocks of a /24, less the first and the last


def _fits(region: str = REGION) -> Capacity:
    room = room_in_region(region)
    assert room is not None
    return room.capacity


def _blocks(world: World) -> dict[str, int]:
    world.network.refresh_from_db()
    return {key: room["blocks"] for key, room in world.network.capacity.items()}


def _look_at_the_page(world: World) -> None:
    """Let somebody open the page that tells the room when it is old, and the workers read it."""
    world.box.advance(360)
    assert intents.ask_for_room(REGION) is True
    world.observe()


def _take_blocks(world: World, n: int, blocks: int) -> None:
    """Reserve so many blocks of subnet n."""
    (found,) = (item for item in world.box.state()["subnets"] if item["id"] == subnet_id(REGION, n))
    base = found["cidr"].rpartition(".")[0]
    world.box.reserve_addresses(found["id"], [f"{base}.{16 * block + 7}" for block in range(1, blocks + 1)])


def test_where_nobody_looks_and_nothing_is_placed_nothing_is_read_or_told(world: World) -> None:
    world.make(2)
    world.later(2 * HOUR)
    assert world.box.count(operation=INTERFACES) == 0
    assert room_in_region(REGION) is None
    assert intents.ask_for_room("us-east-1") is False, "it has no network"
    assert room_in_region("us-east-1") is None


def test_placing_keeps_what_it_saw_less_what_it_takes(world: World) -> None:
    row = world.ask_for(resource(2))
    world.reconcile()
    assert row.attempts.exists()
    assert world.box.count(operation=INTERFACES) == 1
    # subnet 2 lies in euc1-az2, which has no VPC Lattice
    assert _blocks(world) == {subnet_id(REGION, 1): EMPTY - 1, subnet_id(REGION, 3): EMPTY - 1}
    assert _fits() == Capacity(EMPTY - 1, EMPTY - 1)
    world.work()
    _look_at_the_page(world)
    assert world.box.count(operation=INTERFACES) == 2
    assert _fits() == Capacity(EMPTY - 1, EMPTY - 1), "and that is what AWS says"


def test_the_room_is_read_again_when_somebody_looks_and_it_is_old_and_only_then(world: World) -> None:
    row = world.make_of(resource(2))
    read = world.box.count(operation=INTERFACES)
    _take_blocks(world, 3, 12)
    for _ in range(3):
        world.later(HOUR)
    assert world.box.count(operation=INTERFACES) == read, "nobody looks"
    assert due.due_regions(read_clock()) == []
    assert intents.ask_for_room(REGION) is True
    assert due.due_regions(read_clock()) == [REGION], "at once"
    assert intents.ask_for_room(REGION) is False, "it is asked for already"
    world.work()
    assert due.due_regions(read_clock()) == []
    assert world.box.count(operation=INTERFACES) == read + 1
    assert _fits() == Capacity(2, EMPTY - 1), "the endpoint has one of the twelve"
    world.remove(row)
    world.work()
    world.later(GRACE)
    _look_at_the_page(world)
    assert _fits() == Capacity(3, EMPTY)
    room = room_in_region(REGION)
    assert room is not None
    assert 0 <= (read_clock().now - room.as_of).total_seconds() < 60


def test_a_request_without_room_tells_at_once_that_there_is_none(world: World) -> None:
    for n in (1, 2, 3):
        _take_blocks(world, n, EMPTY)
    row = world.ask_for(resource(2))
    world.work()
    assert told(row) == ("Provisioning", "no_room")
    assert _fits() == Capacity(0, 0)


def test_the_quota_bounds_the_room_without_any_reading(world: World) -> None:
    world.box.knobs(resource_quota_per_vpc=2)
    row = world.make_of(resource(2))
    assert _fits() == Capacity(1, 1)
    read = world.box.count(operation=INTERFACES)
    world.make_of(resource(1))
    assert _fits() == Capacity(0, 0)
    assert world.box.count(operation=INTERFACES) == read + 1, "by placing"
    world.remove(row)
    world.work()
    world.later(600)
    assert _fits() == Capacity(1, 1)


def test_a_quota_that_cannot_be_read_stays_as_it_was_and_is_read_again_soon(world: World) -> None:
    def quota() -> int:
        world.network.region.refresh_from_db()
        return world.network.region.quota(Family.RESOURCE)

    world.box.knobs(resource_quota_per_vpc=400)
    _look_at_the_page(world)
    assert quota() == 400
    world.box.fault("throttle", operation="GetServiceQuota")
    world.box.advance(HOUR)
    _look_at_the_page(world)
    assert quota() == 400
    world.box.clear_faults()
    world.box.knobs(resource_quota_per_vpc=401)
    _look_at_the_page(world)
    assert quota() == 401


def test_room_that_cannot_be_read_stays_as_it_was_and_hides_nothing_else(world: World) -> None:
    row = world.make_of(resource(2))
    _take_blocks(world, 3, 12)
    world.box.fault("error", operation=INTERFACES, code="UnauthorizedOperation", status=403)
    _look_at_the_page(world)
    assert due.due_regions(read_clock()) == [], "it is not tried again until somebody asks again"
    assert _fits() == Capacity(EMPTY - 1, EMPTY - 1)
    assert told(row) == ("Ready", "available")
    world.network.region.refresh_from_db()
    assert world.network.region.failing_since is None
    world.box.clear_faults()
    _look_at_the_page(world)
    assert _fits().every_zone < EMPTY - 1


def test_networks_that_take_no_new_endpoints_do_not_count(world: World) -> None:
    world.make_of(resource(2))
    Network.objects.update(draining=True)
    assert room_in_region(REGION) is None
    network = Network.objects.select_related("region").get()
    assert room_in_network(network) is not None


@pytest.mark.parametrize("subnets", [["subnet-0123456789abcdef0"], []])
def test_a_network_that_was_never_read_makes_the_room_of_its_region_unknown(
    world: World, subnets: list[str]
) -> None:
    world.make_of(resource(2))
    Network.objects.create(region=world.network.region, vpc_id="vpc-new", subnet_ids=subnets)
    assert room_in_region(REGION) is None
    _look_at_the_page(world)
    assert _fits() == Capacity(EMPTY - 1, EMPTY - 1), "AWS knows none of its subnets"
