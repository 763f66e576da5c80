"""CreateVpcEndpoint: what it answers and what it refuses (aws.md §1a, §3, §5)."""

import re
from typing import Any

import pytest
from botocore.config import Config

from tests.sandbox.helpers import REGION, create, listed, message, refused, state, tags
from tests.sandbox_client import (
    OPERATOR,
    Sandbox,
    group_id,
    service_id,
    service_name,
    subnet_id,
    vpc_id,
)

INTERFACE = {"VpcEndpointType": "Interface", "VpcId": vpc_id(REGION)}
AUTO = {**INTERFACE, "ServiceName": service_name(REGION, 2)}


def test_a_full_create_shows_everything_it_was_given(ec2: Any) -> None:
    subnets = [subnet_id(REGION, 1), subnet_id(REGION, 3)]
    made = ec2.create_vpc_endpoint(
        **AUTO,
        SubnetIds=subnets,
        SecurityGroupIds=[group_id(REGION)],
        PrivateDnsEnabled=False,
        TagSpecifications=tags(**{"rpe-id": "r1"}),
        ClientToken="t1",
    )
    assert made["ClientToken"] == "t1"
    endpoint = made["VpcEndpoint"]
    assert re.fullmatch(r"vpce-[0-9a-f]{17}", endpoint["VpcEndpointId"])
    assert endpoint["SubnetIds"] == subnets
    assert [group["GroupId"] for group in endpoint["Groups"]] == [group_id(REGION)]
    assert endpoint["Tags"] == [{"Key": "rpe-id", "Value": "r1"}]
    assert (endpoint["VpcEndpointType"], endpoint["OwnerId"]) == ("Interface", OPERATOR)
    assert endpoint["PrivateDnsEnabled"] is False
    assert len(endpoint["NetworkInterfaceIds"]) == 2
    assert listed(ec2)[0] == endpoint


def test_names_are_regional_first_then_one_per_zone(ec2: Any) -> None:
    subnets = [subnet_id(REGION, 1), subnet_id(REGION, 2)]
    key = create(ec2, SubnetIds=subnets)
    names = [entry["DnsName"] for entry in listed(ec2)[0]["DnsEntries"]]
    tail = re.escape(f".{service_id(REGION, 2)}.{REGION}.vpce.amazonaws.com")
    assert re.fullmatch(rf"{key}-[a-z0-9]{{8}}{tail}", names[0])
    assert [re.sub(r".*-(us-east-1[a-z])\..*", r"\1", name) for name in names[1:]] == [
        "us-east-1a",
        "us-east-1b",
    ]
    assert all(re.fullmatch(rf"{key}-[a-z0-9]{{8}}-us-east-1[ab]{tail}", name) for name in names[1:])


def test_without_a_group_the_vpcs_default_group_is_used(ec2: Any) -> None:
    create(ec2)
    assert [group["GroupId"] for group in listed(ec2)[0]["Groups"]] == [group_id(REGION)]


def test_the_default_type_is_gateway_which_an_interface_service_is_not(ec2: Any) -> None:
    params = {"VpcId": vpc_id(REGION), "ServiceName": service_name(REGION, 2)}
    assert refused(ec2.create_vpc_endpoint, **params) == ("InvalidParameter", 400)
    assert "Gateway" in message(ec2.create_vpc_endpoint, **params)
    assert listed(ec2) == []


def test_unknown_not_allowed_and_elsewhere_read_the_same(ec2: Any) -> None:
    names = [
        service_name(REGION, 9),
        service_name(REGION, 3),
        service_name("eu-west-1", 2),
    ]
    for name in names:
        params = {**INTERFACE, "ServiceName": name}
        assert refused(ec2.create_vpc_endpoint, **params) == ("InvalidServiceName", 400)
        assert (
            message(ec2.create_vpc_endpoint, **params) == f"The Vpc Endpoint Service '{name}' does not exist"
        )
        describe = {"ServiceNames": [name]}
        assert refused(ec2.describe_vpc_endpoint_services, **describe) == ("InvalidServiceName", 400)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"VpcId": "vpc-0000000000000dead"}, "InvalidVpcID.NotFound"),
        ({"VpcId": vpc_id("eu-west-1")}, "InvalidVpcID.NotFound"),
        ({"SubnetIds": ["subnet-0000000000000dead"]}, "InvalidSubnetID.NotFound"),
        ({"SubnetIds": [subnet_id("eu-west-1", 1)]}, "InvalidSubnetID.NotFound"),
        ({"SecurityGroupIds": ["sg-0000000000000dead"]}, "InvalidGroup.NotFound"),
        ({"SubnetIds": [subnet_id(REGION, 1)] * 2}, "DuplicateSubnetsInSameZone"),
        ({"VpcEndpointType": "Interfaces"}, "InvalidParameterValue"),
        ({"IpAddressType": "ipv5"}, "InvalidParameterValue"),
        ({"IpAddressType": "dualstack"}, "InvalidParameter"),
        ({"RouteTableIds": ["rtb-1"]}, "InvalidParameter"),
        ({"ClientToken": "x" * 65}, "InvalidParameterValue"),
        ({"ClientToken": "é"}, "InvalidParameterValue"),
        ({"PrivateDnsEnabled": True}, "InvalidParameter"),
        ({"ServiceName": service_name(REGION, 5), "PrivateDnsEnabled": True}, "InvalidParameter"),
    ],
)
def test_bad_parameters_are_refused_and_leave_nothing(
    box: Sandbox, ec2: Any, params: dict[str, Any], code: str
) -> None:
    assert refused(ec2.create_vpc_endpoint, **{**AUTO, **params}) == (code, 400)
    assert box.endpoints() == []
    assert box.count(effect=True) == 0


def test_a_create_without_its_service_name_or_vpc_misses_a_parameter(box: Sandbox, ec2: Any) -> None:
    assert refused(ec2.create_vpc_endpoint, **INTERFACE) == ("MissingParameter", 400)
    unchecked = box.boto3("ec2", config=Config(parameter_validation=False))
    assert refused(unchecked.create_vpc_endpoint, VpcEndpointType="Interface") == ("MissingParameter", 400)


def test_a_subnets_zone_must_be_offered_by_the_service(ec2: Any) -> None:
    one_zone = {**INTERFACE, "ServiceName": service_name(REGION, 6)}
    wrong = {**one_zone, "SubnetIds": [subnet_id(REGION, 2)]}
    assert refused(ec2.create_vpc_endpoint, **wrong) == ("InvalidParameter", 400)
    assert "availability zone" in message(ec2.create_vpc_endpoint, **wrong)
    right = {**one_zone, "SubnetIds": [subnet_id(REGION, 1)]}
    assert ec2.create_vpc_endpoint(**right)["VpcEndpoint"]["SubnetIds"] == [subnet_id(REGION, 1)]


def test_a_service_may_require_acceptance(ec2: Any, owner: Any) -> None:
    key = create(ec2, 1)
    assert state(ec2, key) == "pendingAcceptance"
    owner.accept_vpc_endpoint_connections(ServiceId=service_id(REGION, 1), VpcEndpointIds=[key])
    assert state(ec2, key) == "available"


def test_addresses_are_really_taken_and_given_back(box: Sandbox, ec2: Any) -> None:
    subnet = subnet_id(REGION, 1)

    def free() -> int:
        found = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
        return int(found["AvailableIpAddressCount"])

    assert free() == 251
    key = create(ec2, SubnetIds=[subnet])
    assert free() == 250
    nics = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet]}])
    nic = nics["NetworkInterfaces"][0]
    assert listed(ec2)[0]["NetworkInterfaceIds"] == [nic["NetworkInterfaceId"]]
    assert nic["PrivateIpAddress"] == "10.1.1.4"
    box.reserve_addresses(subnet, [f"10.1.1.{n}" for n in range(5, 255)])
    assert free() == 0
    full = {**AUTO, "SubnetIds": [subnet]}
    assert refused(ec2.create_vpc_endpoint, **full) == ("InsufficientFreeAddressesInSubnet", 400)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
    assert free() == 1
    create(ec2, SubnetIds=[subnet])


def test_the_quota_counts_per_vpc_and_ends_with_a_delete(box: Sandbox, ec2: Any) -> None:
    box.knobs(interface_quota_per_vpc=2)
    first, _ = create(ec2), create(ec2, 1)
    assert refused(ec2.create_vpc_endpoint, **AUTO) == ("VpcEndpointLimitExceeded", 400)
    create(box.boto3("ec2", "eu-west-1"), region="eu-west-1")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    create(ec2)


def test_dry_run_says_yes_and_does_nothing(box: Sandbox, ec2: Any) -> None:
    assert refused(ec2.create_vpc_endpoint, **AUTO, DryRun=True) == ("DryRunOperation", 412)
    assert box.endpoints() == []
    key = create(ec2)
    assert refused(ec2.delete_vpc_endpoints, VpcEndpointIds=[key], DryRun=True) == ("DryRunOperation", 412)
    assert state(ec2, key) == "available"


def test_an_endpoint_is_of_its_account_and_region_alone(box: Sandbox, ec2: Any, owner: Any) -> None:
    key = create(ec2)
    code = ("InvalidVpcEndpointId.NotFound", 400)
    elsewhere = box.boto3("ec2", "us-east-2")
    for other in (owner, elsewhere):
        assert listed(other) == []
        assert refused(other.describe_vpc_endpoints, VpcEndpointIds=[key]) == code
        gone = other.delete_vpc_endpoints(VpcEndpointIds=[key])["Unsuccessful"]
        assert [item["Error"]["Code"] for item in gone] == ["InvalidVpcEndpoint.NotFound"]
    assert state(ec2, key) == "available"


def test_types_of_later_are_refused_loudly(box: Sandbox, ec2: Any) -> None:
    params = {**INTERFACE, "VpcEndpointType": "ServiceNetwork", "ServiceNetworkArn": "arn:x"}
    assert refused(ec2.create_vpc_endpoint, **params) == ("NotImplemented", 501)
    assert box.count(error_code="NotImplemented") == 1


class TestAcrossRegions:
    """The seed's us-west-2 service 2 supports us-east-2 (aws.md §1a, Cross-Region)."""

    name = service_name("us-west-2", 2)

    def test_the_service_region_opens_it(self, box: Sandbox) -> None:
        ec2 = box.boto3("ec2", "us-east-2")
        seen = ec2.describe_vpc_endpoint_services(ServiceNames=[self.name], ServiceRegions=["us-west-2"])
        assert seen["ServiceDetails"][0]["ServiceRegion"] == "us-west-2"
        subnets = [subnet_id("us-east-2", n) for n in (1, 2)]
        more: dict[str, Any] = {"ServiceName": self.name, "ServiceRegion": "us-west-2", "SubnetIds": subnets}
        create(ec2, region="us-east-2", **more)
        endpoint = listed(ec2)[0]
        assert endpoint["ServiceRegion"] == "us-west-2"
        assert [entry["DnsName"].split(".", 1)[1] for entry in endpoint["DnsEntries"]] == [
            f"{service_id('us-west-2', 2)}.us-west-2.vpce.amazonaws.com"
        ]

    def test_without_the_service_region_it_does_not_exist(self, box: Sandbox) -> None:
        ec2 = box.boto3("ec2", "us-east-2")
        params = {"VpcEndpointType": "Interface", "VpcId": vpc_id("us-east-2"), "ServiceName": self.name}
        assert refused(ec2.create_vpc_endpoint, **params) == ("InvalidServiceName", 400)
        describe = {"ServiceNames": [self.name]}
        assert refused(ec2.describe_vpc_endpoint_services, **describe) == ("InvalidServiceName", 400)

    def test_a_region_that_the_owner_does_not_support_is_refused(self, ec2: Any) -> None:
        params = {**INTERFACE, "ServiceName": self.name, "ServiceRegion": "us-west-2"}
        assert refused(ec2.create_vpc_endpoint, **params) == ("InvalidParameter", 400)
        assert "does not support the Region" in message(ec2.create_vpc_endpoint, **params)

    def test_some_zones_are_not_reached(self, box: Sandbox) -> None:
        box.change_service(service_id("us-west-2", 2), supported_regions=["us-west-2", "ap-northeast-2"])
        ec2 = box.boto3("ec2", "ap-northeast-2")
        params = {
            "VpcEndpointType": "Interface", "VpcId": vpc_id("ap-northeast-2"), "ServiceName": self.name,
            "ServiceRegion": "us-west-2", "SubnetIds": [subnet_id("ap-northeast-2", 2)],
        }  # fmt: skip
        assert refused(ec2.create_vpc_endpoint, **params) == ("InvalidParameter", 400)
        ec2.create_vpc_endpoint(**{**params, "SubnetIds": [subnet_id("ap-northeast-2", 1)]})


class TestTokens:
    """ClientToken: replay, mismatch, scope, end (aws.md §1e)."""

    def test_a_replay_answers_with_the_original_in_its_current_state(self, box: Sandbox, ec2: Any) -> None:
        params = {**INTERFACE, "ServiceName": service_name(REGION, 1), "ClientToken": "t"}
        first = ec2.create_vpc_endpoint(**params)["VpcEndpoint"]
        assert first["State"] == "pendingAcceptance"
        box.accept(first["VpcEndpointId"])
        again = ec2.create_vpc_endpoint(**params)["VpcEndpoint"]
        assert (again["VpcEndpointId"], again["State"]) == (first["VpcEndpointId"], "available")
        assert len(box.endpoints()) == 1
        assert box.count(operation="CreateVpcEndpoint", effect=True) == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"SubnetIds": [subnet_id(REGION, 2)]},
            {"PrivateDnsEnabled": False},
            {"TagSpecifications": tags(a="2")},
            {"ServiceName": service_name(REGION, 1)},
        ],
    )
    def test_other_parameters_are_a_mismatch(self, box: Sandbox, ec2: Any, other: dict[str, Any]) -> None:
        params: dict[str, Any] = {**AUTO, "SubnetIds": [subnet_id(REGION, 1)], "ClientToken": "t"}
        params["TagSpecifications"] = tags(a="1")
        ec2.create_vpc_endpoint(**params)
        assert refused(ec2.create_vpc_endpoint, **{**params, **other}) == ("IdempotentParameterMismatch", 400)
        assert len(box.endpoints()) == 1

    def test_a_token_is_of_one_region(self, box: Sandbox, ec2: Any) -> None:
        elsewhere = box.boto3("ec2", "us-east-2")
        keys = {create(ec2, ClientToken="t"), create(elsewhere, region="us-east-2", ClientToken="t")}
        assert len(keys) == 2

    def test_a_refused_create_does_not_use_the_token_up(self, ec2: Any) -> None:
        bad = {**INTERFACE, "ServiceName": service_name(REGION, 3), "ClientToken": "t"}
        assert refused(ec2.create_vpc_endpoint, **bad) == ("InvalidServiceName", 400)
        create(ec2, ClientToken="t")

    def test_a_deleted_endpoint_frees_its_token_and_a_deleting_one_does_not(
        self, box: Sandbox, ec2: Any
    ) -> None:
        box.knobs(deleting_seconds=60, deleted_visible_seconds=60)
        key = create(ec2, ClientToken="t")
        ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
        assert create(ec2, ClientToken="t") == key
        box.advance(61)
        assert state(ec2, key) == "deleted"
        assert create(ec2, ClientToken="t") != key
