"""Which subnets will do: their zones, and their free addresses as network interfaces show them."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from endpoints.domain.capacity import SubnetRoom
from endpoints.domain.errors import Throttled
from endpoints.domain.sighting import NetworkFacts
from endpoints.domain.specs import VpcEndpointServiceSpec
from endpoints.providers import subnets, vpc_endpoint_service
from endpoints.providers.recent import Recent
from endpoints.providers.subnets import Subnet
from tests.providers.wire import NETWORK, OPERATOR, OTHER, OWNER, REGION, known_subnets, subnet_filter

SMALL = Subnet("subnet-1", "euc1-az1", "10.0.0.0/26", 9)  # two blocks of its own: 16 to 31 and 32 to 47
WANTED = {"Filters": [{"Name": "subnet-id", "Values": ["subnet-1"]}], "MaxResults": 1000}


def _free(ec2: Stubber, *pages: list[dict[str, Any]], of: Subnet = SMALL) -> bool:
    asked: dict[str, Any] = dict(WANTED)
    for number, page in enumerate(pages, start=1):
        more = {"NextToken": f"t{number}"} if number < len(pages) else {}
        items = [{"SubnetId": "subnet-1", **item} for item in page]
        answer = {"NetworkInterfaces": items, **more}
        ec2.add_response("describe_network_interfaces", answer, dict(asked))
        asked["NextToken"] = f"t{number}"
    return subnets.rooms_of(OPERATOR, [of])["subnet-1"].blocks > 0


def test_subnets_of_all_networks_are_asked_for_at_once_by_filter(ec2: Stubber) -> None:
    known = known_subnets(subnet_1="euc1-az1", subnet_4="euc1-az2")
    ec2.add_response("describe_subnets", known, subnet_filter(NETWORK, OTHER))
    assert subnets.describe(OPERATOR, [NETWORK, OTHER]) == {
        "subnet-1": Subnet("subnet-1", "euc1-az1", "10.0.1.0/24", 1),
        "subnet-4": Subnet("subnet-4", "euc1-az2", "10.0.4.0/24", 1),
    }


def test_a_subnet_without_zone_or_addresses_is_read(ec2: Stubber) -> None:
    ec2.add_response("describe_subnets", {"Subnets": [{"SubnetId": "subnet-1"}]})
    assert subnets.describe(OPERATOR, [NETWORK]) == {"subnet-1": Subnet("subnet-1", "", "", 1)}


def test_the_networks_first_fitting_subnet_of_each_zone_is_chosen() -> None:
    zones = {"subnet-1": "b", "subnet-2": "a", "subnet-3": "b", "subnet-9": "c"}
    known = {key: Subnet(key, zone, "", 9) for key, zone in zones.items()}
    assert subnets.one_per_zone(NETWORK, known, lambda s: True) == {"b": "subnet-1", "a": "subnet-2"}
    unfit = subnets.one_per_zone(NETWORK, known, lambda s: s.id != "subnet-1")
    assert unfit == {"a": "subnet-2", "b": "subnet-3"}
    assert subnets.one_per_zone(OTHER, known, lambda s: True) == {}


# --- free blocks ----------------------------------------------------------------------------------------


def test_an_empty_subnet_has_a_free_block(ec2: Stubber) -> None:
    assert _free(ec2, [])


@pytest.mark.parametrize(
    ("interfaces", "free"),
    [
        ([{"PrivateIpAddress": "10.0.0.20"}], True),
        ([{"PrivateIpAddress": "10.0.0.20"}, {"PrivateIpAddress": "10.0.0.40"}], False),
        ([{"PrivateIpAddresses": [{"PrivateIpAddress": f"10.0.0.{n}"} for n in (20, 40)]}], False),
        ([{"Ipv4Prefixes": [{"Ipv4Prefix": f"10.0.0.{n}/28"} for n in (16, 32)]}], False),
        ([{"PrivateIpAddress": "10.0.0.20", "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.32/28"}]}], False),
        ([{"PrivateIpAddress": "10.0.0.5"}, {"PrivateIpAddress": "10.0.0.60"}], True),
        ([{"Description": "no addresses at all"}], True),
    ],
)
def test_every_address_and_prefix_of_an_interface_is_taken(
    ec2: Stubber, interfaces: list[dict[str, Any]], free: bool
) -> None:
    assert _free(ec2, interfaces) is free


def test_all_pages_of_interfaces_are_read(ec2: Stubber) -> None:
    assert not _free(ec2, [{"PrivateIpAddress": "10.0.0.20"}], [], [{"PrivateIpAddress": "10.0.0.40"}])


def test_half_a_list_of_interfaces_is_an_error(ec2: Stubber) -> None:
    ec2.add_response("describe_network_interfaces", {"NetworkInterfaces": [], "NextToken": "t"})
    asked = {"Filters": ANY, "MaxResults": 1000, "NextToken": "t"}
    ec2.add_client_error("describe_network_interfaces", "RequestLimitExceeded", expected_params=asked)
    with pytest.raises(Throttled):
        subnets.rooms_of(OPERATOR, [SMALL])


def test_interfaces_are_counted_in_their_own_subnet(ec2: Stubber) -> None:
    taken = [{"SubnetId": "subnet-1", "PrivateIpAddress": f"10.0.0.{n}"} for n in (20, 40)]
    ec2.add_response("describe_network_interfaces", {"NetworkInterfaces": taken})
    other = Subnet("subnet-2", "euc1-az3", "10.0.0.64/26", 9)
    rooms = subnets.rooms_of(OPERATOR, [SMALL, other])
    assert rooms == {"subnet-1": SubnetRoom("euc1-az1", 0), "subnet-2": SubnetRoom("euc1-az3", 2)}


def test_a_subnet_without_ipv4_has_no_block(ec2: Stubber) -> None:
    assert not _free(ec2, [], of=Subnet("subnet-1", "euc1-az1", "", 9))


def test_the_room_of_all_subnets_is_read_by_two_calls(ec2: Stubber) -> None:
    known = known_subnets(subnet_1="euc1-az1", subnet_2="euc1-az2", subnet_4="euc1-az3")
    ec2.add_response("describe_subnets", known, subnet_filter(NETWORK, OTHER))
    wanted = {"Filters": [{"Name": "subnet-id", "Values": ["subnet-1", "subnet-4"]}], "MaxResults": 1000}
    taken = [{"SubnetId": "subnet-4", "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.4.32/28"}]}]
    ec2.add_response("describe_network_interfaces", {"NetworkInterfaces": taken}, wanted)
    assert subnets.read_rooms(OPERATOR, [NETWORK, OTHER]) == {
        "subnet-1": SubnetRoom("euc1-az1", 14),
        "subnet-4": SubnetRoom("euc1-az3", 13),
    }, "not that of a zone without VPC Lattice"


def test_where_no_subnet_is_known_no_interfaces_are_asked_for(ec2: Stubber) -> None:
    ec2.add_response("describe_subnets", {"Subnets": []}, subnet_filter(NETWORK))
    assert subnets.read_rooms(OPERATOR, [NETWORK]) == {}


# --- zones and room of Interface endpoints --------------------------------------------------------------


def _place_interface(ec2: Stubber, region: str, *networks: NetworkFacts, **zones: str) -> Any:
    detail = {"ServiceType": [{"ServiceType": "Interface"}], "AvailabilityZoneIds": ["use1-az1", "use1-az3"]}
    ec2.add_response("describe_vpc_endpoint_services", {"ServiceDetails": [detail]})
    ec2.add_response("describe_subnets", known_subnets(**zones), subnet_filter(*networks))
    name = f"com.amazonaws.vpce.{region}.vpce-svc-0123456789abcdef0"
    spec = VpcEndpointServiceSpec.parse({"vpcEndpointServiceName": name})
    return vpc_endpoint_service.place(OPERATOR, spec, networks, OWNER, "token-1", {}, Recent())


def test_zones_without_cross_region_are_left_out_across_regions_only(ec2: Stubber) -> None:
    zones = {"subnet_1": "use1-az3", "subnet_2": "apne2-az4", "subnet_3": "use1-az1"}
    near = _place_interface(ec2, OPERATOR.region, NETWORK, **zones)
    assert near.request["SubnetIds"] == ["subnet-1", "subnet-3"]
    far = _place_interface(ec2, "us-west-2", NETWORK, **zones)
    assert far.request["SubnetIds"] == ["subnet-3"]


def test_networks_are_taken_in_their_order_past_those_without_a_zone_or_room(ec2: Stubber) -> None:
    full = NetworkFacts("vpc-0", ("subnet-9",), ("sg-0",), 0)
    zones = {"subnet_9": "use1-az1", "subnet_1": "use1-az2", "subnet_4": "use1-az3"}
    placement = _place_interface(ec2, OPERATOR.region, full, NETWORK, OTHER, **zones)
    assert (placement.vpc_id, placement.request["SecurityGroupIds"]) == ("vpc-2", ["sg-2"])


def test_no_room_names_the_networks_by_what_each_of_them_lacks() -> None:
    networks = [replace(NETWORK, vpc_id="vpc-0", room=0), NETWORK, OTHER]
    why = subnets.no_room(OPERATOR, networks, "addresses")
    both = f"{NETWORK.vpc_id}, {OTHER.vpc_id}"
    assert why.params == {"region": REGION, "quota": "vpc-0", "addresses": both}


# --- a burst --------------------------------------------------------------------------------------------


def test_subnets_are_not_asked_again_at_once_while_they_have_room_for_many(ec2: Stubber) -> None:
    few, many = subnets.ROOM_FOR_MANY - 1, subnets.ROOM_FOR_MANY
    for free in (few, many):
        known = [{"SubnetId": "subnet-1", "AvailableIpAddressCount": free}]
        ec2.add_response("describe_subnets", {"Subnets": known}, subnet_filter(NETWORK))
    recent = Recent()
    seen = [subnets.describe_for_many(OPERATOR, [NETWORK], recent)["subnet-1"].free for _ in range(3)]
    assert seen == [few, many, many]
