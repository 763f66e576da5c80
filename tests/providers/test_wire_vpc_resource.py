"""What goes over the wire for a VPC_RESOURCE endpoint, and how its associations are read."""

from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from endpoints.domain.capacity import SubnetRoom
from endpoints.domain.errors import NoRoom, Throttled, Unanswered, UserError
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import NetworkFacts, Setup, Sighting
from endpoints.domain.specs import VpcResourceSpec
from endpoints.providers import vpc_resource
from endpoints.providers.recent import Recent
from tests.providers.wire import (
    META,
    NETWORK,
    OPERATOR,
    OTHER,
    OWNER,
    REGION,
    TAGS,
    known_subnets,
    subnet_filter,
)

CONFIGURATION = f"arn:aws:vpc-lattice:{REGION}:222222222222:resourceconfiguration/rcfg-0123456789abcdef0"
SPEC = VpcResourceSpec.parse(
    {
        "vpcResourceConfigurationId": "rcfg-0123456789abcdef0",
        "vpcResourceShareArn": f"arn:aws:ram:{REGION}:222222222222:resource-share/7c6f5f0e-0000-4000-8000-01",
    }
)


def _place(*networks: NetworkFacts) -> Any:
    prepared = {"configuration_arn": CONFIGURATION}
    return vpc_resource.place(OPERATOR, SPEC, networks or (NETWORK,), OWNER, "token-1", prepared, Recent())


def _interfaces(ec2: Stubber, *items: dict[str, Any], of: list[str]) -> None:
    wanted = {"Filters": [{"Name": "subnet-id", "Values": of}], "MaxResults": 1000}
    ec2.add_response("describe_network_interfaces", {"NetworkInterfaces": list(items)}, wanted)


def _subnets(ec2: Stubber, *networks: NetworkFacts, **zones: str) -> None:
    ec2.add_response("describe_subnets", known_subnets(**zones), subnet_filter(*networks or (NETWORK,)))


def test_the_request_is_complete_and_exact(ec2: Stubber) -> None:
    _subnets(ec2, subnet_1="euc1-az1", subnet_2="euc1-az3", subnet_3="euc1-az3")
    _interfaces(ec2, of=["subnet-1", "subnet-2", "subnet-3"])
    placement = _place()
    assert (placement.vpc_id, placement.private_names) == ("vpc-1", ())
    assert placement.request == {
        "VpcEndpointType": "Resource",
        "VpcId": "vpc-1",
        "ResourceConfigurationArn": CONFIGURATION,
        "SubnetIds": ["subnet-1", "subnet-2"],
        "SecurityGroupIds": ["sg-1"],
        "PrivateDnsEnabled": False,
        "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": TAGS}],
        "ClientToken": "token-1",
    }
    made = {"VpcEndpoint": {"VpcEndpointId": "vpce-1", "State": "Pending", "Tags": TAGS}, **META}
    ec2.add_response("create_vpc_endpoint", made, placement.request)
    answer = vpc_resource.create(OPERATOR, placement.request)
    assert answer.sighting == Sighting("vpce-1", "Pending", str(OWNER.endpoint_id), 3, setup=Setup())
    assert answer.request_id == "r-1"


def test_zones_without_lattice_and_subnets_without_a_free_block_are_left_out(ec2: Stubber) -> None:
    _subnets(ec2, subnet_1="euc1-az1", subnet_2="euc1-az2", subnet_3="euc1-az3")
    taken = [
        {"SubnetId": "subnet-1", "PrivateIpAddresses": [{"PrivateIpAddress": f"10.0.1.{n}"}]}
        for n in range(16, 240, 16)
    ]
    _interfaces(ec2, *taken, of=["subnet-1", "subnet-3"])
    placement = _place()
    assert placement.request["SubnetIds"] == ["subnet-3"]
    rooms = {"subnet-1": SubnetRoom("euc1-az1", 0), "subnet-3": SubnetRoom("euc1-az3", 13)}
    assert placement.rooms == rooms, "the block that the request takes is counted as taken"


def test_the_first_network_with_room_and_blocks_is_taken(ec2: Stubber) -> None:
    full = NetworkFacts("vpc-0", ("subnet-0",), ("sg-0",), 0)
    _subnets(ec2, full, OTHER, NETWORK, subnet_0="euc1-az1", subnet_4="euc1-az2", subnet_1="euc1-az1")
    _interfaces(ec2, of=["subnet-1"])
    placement = _place(full, OTHER, NETWORK)
    assert placement.vpc_id == "vpc-1"
    assert placement.request["SecurityGroupIds"] == ["sg-1"]


def test_no_room_says_which_networks_lack_quota_and_which_lack_blocks(ec2: Stubber) -> None:
    full = NetworkFacts("vpc-0", ("subnet-0",), ("sg-0",), 0)
    known = known_subnets(subnet_0="euc1-az1", subnet_1="euc1-az1")
    known["Subnets"][1]["CidrBlock"] = "10.0.1.0/27"  # type: ignore[index]
    ec2.add_response("describe_subnets", known)
    _interfaces(ec2, of=["subnet-1"])
    with pytest.raises(NoRoom) as why:
        _place(full, NETWORK)
    assert why.value.params == {"region": REGION, "quota": "vpc-0", "blocks": "vpc-1"}
    assert why.value.rooms == {"subnet-1": SubnetRoom("euc1-az1", 0)}


def test_where_every_quota_is_used_up_no_addresses_are_asked_for(ec2: Stubber) -> None:
    full = NetworkFacts("vpc-0", ("subnet-0",), ("sg-0",), -1)
    _subnets(ec2, full, subnet_0="euc1-az1")
    with pytest.raises(NoRoom) as why:
        _place(full)
    assert why.value.params == {"region": REGION, "quota": "vpc-0"}


def test_where_no_zone_has_lattice_that_is_told_and_not_the_blocks(ec2: Stubber) -> None:
    _subnets(ec2, subnet_1="euc1-az2")
    with pytest.raises(NoRoom) as why:
        _place()
    assert why.value.params == {"region": REGION, "zones": "vpc-1"}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("InvalidResourceConfigurationArn.NotFound", Reason.CONFIGURATION_NOT_SHARED),
        ("InvalidResourceConfiguration", Reason.CONFIGURATION_NOT_SHARED),
        ("InvalidParameter", Reason.REFUSED_BY_AWS),
    ],
)
def test_a_refused_create_has_its_reason(code: str, reason: Reason) -> None:
    assert vpc_resource.refusal(UserError("CreateVpcEndpoint", code, "words")) is reason


# --- associations ---------------------------------------------------------------------------------------


def _wanted(*ids: str) -> list[Sighting]:
    return [Sighting(key, "available", str(OWNER.endpoint_id), 3) for key in ids]


def _asked(*ids: str, **more: str) -> dict[str, Any]:
    return {"Filters": [{"Name": "vpc-endpoint-id", "Values": list(ids)}], "MaxResults": 100, **more}


def test_associations_are_read_by_pages_of_100_and_belong_to_their_endpoint(ec2: Stubber) -> None:
    def item(key: str, name: str) -> dict[str, Any]:
        entry = {"DnsName": name, "HostedZoneId": "Z1"}
        told = {"VpcEndpointId": key, "DnsEntry": entry, "AssociatedResourceAccessibility": "Accessible"}
        return {**told, "PrivateDnsEntry": {"DnsName": "owners.example.com"}}

    first = {"VpcEndpointAssociations": [item("vpce-1", "a"), item("vpce-2", "b")], "NextToken": "t"}
    ec2.add_response("describe_vpc_endpoint_associations", first, _asked("vpce-1", "vpce-2", "vpce-3"))
    ec2.add_response(
        "describe_vpc_endpoint_associations",
        {"VpcEndpointAssociations": [item("vpce-1", "c")]},
        _asked("vpce-1", "vpce-2", "vpce-3", NextToken="t"),
    )
    found = vpc_resource.read_details(OPERATOR, _wanted("vpce-2", "vpce-1", "vpce-3"))
    names = {key: [a["name"] for a in details["associations"]] for key, details in found.items()}
    assert names == {"vpce-1": ["a", "c"], "vpce-2": ["b"], "vpce-3": []}


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({}, {"id": "", "private": "", "name": "", "accessible": False, "code": "", "text": ""}),
        (
            {
                "AssociatedResourceAccessibility": "accessible",
                "AssociatedResourceArn": "arn:aws:vpc-lattice:r:1:resourceconfiguration/rcfg-1",
                "DnsEntry": {"DnsName": "a"},
                "PrivateDnsEntry": {"DnsName": "b"},
            },
            {"id": "rcfg-1", "private": "b", "name": "a", "accessible": True, "code": "", "text": ""},
        ),
        (
            {
                "AssociatedResourceAccessibility": "Inaccessible",
                "FailureCode": "C",
                "FailureReason": "why",
                "DnsEntry": {},
            },
            {"id": "", "private": "", "name": "", "accessible": False, "code": "C", "text": "why"},
        ),
    ],
)
def test_an_association_is_read_whatever_it_lacks(
    ec2: Stubber, told: dict[str, Any], read: dict[str, Any]
) -> None:
    answer = {"VpcEndpointAssociations": [{"VpcEndpointId": "vpce-1", **told}]}
    ec2.add_response("describe_vpc_endpoint_associations", answer, _asked("vpce-1"))
    assert vpc_resource.read_details(OPERATOR, _wanted("vpce-1")) == {"vpce-1": {"associations": [read]}}


@pytest.mark.parametrize(
    ("code", "kind"), [("RequestLimitExceeded", Throttled), ("InternalError", Unanswered)]
)
def test_associations_that_break_off_are_an_error(ec2: Stubber, code: str, kind: type[Exception]) -> None:
    half = {"VpcEndpointAssociations": [], "NextToken": "t"}
    ec2.add_response("describe_vpc_endpoint_associations", half)
    params = {"Filters": ANY, "MaxResults": 100, "NextToken": "t"}
    ec2.add_client_error("describe_vpc_endpoint_associations", code, expected_params=params)
    with pytest.raises(kind):
        vpc_resource.read_details(OPERATOR, _wanted("vpce-1"))
