"""Describes: filters, pages, whole-call failures, the other reads (aws.md §4, §6)."""

import random
from typing import Any

import pytest
from botocore.config import Config

from tests.sandbox.helpers import REGION, create, listed, refused, tags
from tests.sandbox_client import OWNER, Sandbox, service_id, service_name, subnet_id, vpc_id


def test_every_documented_filter_finds_its_own_and_nothing_else(box: Sandbox, ec2: Any) -> None:
    box.knobs(pending_seconds=100)
    wanted = create(ec2, 1, TagSpecifications=tags(a="1"))
    other = create(ec2, 2, TagSpecifications=tags(b="2"))
    for name, value in {
        "vpc_endpoint_id": wanted,
        "vpc_endpoint_state": "pendingAcceptance",
        "service_name": service_name(REGION, 1),
        "tag_a": "1",
        "tag_key": "a",
    }.items():
        spelled = {"tag-key": value} if name == "tag_key" else {name: value}
        found = (
            ec2.describe_vpc_endpoints(Filters=[{"Name": "tag-key", "Values": ["a"]}])["VpcEndpoints"]
            if name == "tag_key"
            else listed(ec2, **spelled)
        )
        assert [item["VpcEndpointId"] for item in found] == [wanted], name
    for name, value in {
        "vpc_id": vpc_id(REGION),
        "vpc_endpoint_type": "Interface",
        "service_region": REGION,
        "ip_address_type": "ipv4",
    }.items():
        assert [item["VpcEndpointId"] for item in listed(ec2, **{name: value})] == [wanted, other], name
        assert listed(ec2, **{name: "else"}) == [], name


def test_values_are_alternatives_filters_add_up_and_wildcards_work(ec2: Any) -> None:
    keys = [create(ec2, TagSpecifications=tags(a=value, b="x")) for value in ("one", "two", "o*e")]

    def found(*values: str, **more: str) -> list[str]:
        filters = [{"Name": "tag:a", "Values": list(values)}]
        filters += [{"Name": f"tag:{key}", "Values": [value]} for key, value in more.items()]
        page = ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
        return [item["VpcEndpointId"] for item in page]

    assert found("one", "two") == keys[:2]
    assert found("one", b="y") == []
    assert found("o*") == [keys[0], keys[2]]
    assert found("t?o") == [keys[1]]
    assert found(r"o\*e") == [keys[2]]
    assert found("o.e") == []


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ([{"Name": "colour", "Values": ["red"]}], "InvalidParameterValue"),
        ([{"Name": "vpc-id"}], "InvalidParameterValue"),
        ([{"Name": "vpc-id", "Values": [str(n) for n in range(201)]}], "FilterLimitExceeded"),
        ([{"Name": "vpc-id", "Values": [str(n) for n in range(101)]}] * 2, "FilterLimitExceeded"),
    ],
)
def test_bad_filters_are_refused(ec2: Any, filters: list[dict[str, Any]], code: str) -> None:
    assert refused(ec2.describe_vpc_endpoints, Filters=filters) == (code, 400)


def test_two_hundred_filter_values_pass(ec2: Any) -> None:
    values = [str(n) for n in range(200)]
    assert ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": values}])["VpcEndpoints"] == []


def test_filters_by_id_and_by_service_name_leave_out_what_is_unknown(ec2: Any) -> None:
    keys = [create(ec2) for _ in range(3)]
    asked = [*keys[:2], *(f"vpce-{n:017x}" for n in range(198))]
    by_id = [{"Name": "vpc-endpoint-id", "Values": asked}]
    found = ec2.describe_vpc_endpoints(Filters=by_id)["VpcEndpoints"]
    assert [item["VpcEndpointId"] for item in found] == keys[:2]
    by_id[0]["Values"] = [*asked, keys[2]]
    assert refused(ec2.describe_vpc_endpoints, Filters=by_id) == ("FilterLimitExceeded", 400)
    # The third allows nobody, and the last does not exist: neither is an error in a filter.
    names = [service_name(REGION, k) for k in (1, 2, 3)]
    by_name = [{"Name": "service-name", "Values": [*names, f"com.amazonaws.vpce.{REGION}.vpce-svc-0dead"]}]
    details = ec2.describe_vpc_endpoint_services(Filters=by_name)["ServiceDetails"]
    assert [(item["ServiceName"], item["AcceptanceRequired"]) for item in details] == [
        (names[0], True), (names[1], False),
    ]  # fmt: skip


def test_one_unknown_id_fails_the_whole_call(ec2: Any) -> None:
    keys = [create(ec2), "vpce-0000000000000dead"]
    assert refused(ec2.describe_vpc_endpoints, VpcEndpointIds=keys) == ("InvalidVpcEndpointId.NotFound", 400)
    names = [service_name(REGION, 2), "com.amazonaws.vpce.us-east-1.vpce-svc-0dead"]
    assert refused(ec2.describe_vpc_endpoint_services, ServiceNames=names) == ("InvalidServiceName", 400)


def test_2501_endpoints_are_read_in_three_calls(box: Sandbox, ec2: Any) -> None:
    made = box.fabricate(service_id(REGION, 2), 2501, tags={"managed-by": "x", "n": "{n}"})
    box.forget_calls()
    pages = ec2.get_paginator("describe_vpc_endpoints").paginate(
        Filters=[{"Name": "tag:managed-by", "Values": ["x"]}]
    )
    sizes, found = [], []
    for page in pages:
        sizes.append(len(page["VpcEndpoints"]))
        found += [item["VpcEndpointId"] for item in page["VpcEndpoints"]]
    assert sizes == [1000, 1000, 501]
    assert found == made
    assert box.count(operation="DescribeVpcEndpoints") == 3
    assert box.count(tag_key="managed-by") == 3
    asked = ec2.describe_vpc_endpoints(MaxResults=2000)
    assert len(asked["VpcEndpoints"]) == 1000


@pytest.mark.parametrize("seed", range(4))
def test_pages_hold_everything_once_whatever_comes_and_goes_between(
    box: Sandbox, ec2: Any, seed: int
) -> None:
    box.knobs(interface_quota_per_vpc=1000)
    chance = random.Random(seed)
    made = box.fabricate(service_id(REGION, 2), chance.randrange(1, 60))
    doomed = set(chance.sample(made, k=len(made) // 4))
    read: list[str] = []
    asked: dict[str, Any] = {"MaxResults": chance.randrange(1, 12)}
    while True:
        page = ec2.describe_vpc_endpoints(**asked)
        assert len(page["VpcEndpoints"]) <= asked["MaxResults"]
        read += [item["VpcEndpointId"] for item in page["VpcEndpoints"]]
        if "NextToken" not in page:
            break
        asked["NextToken"] = page["NextToken"]
        asked["MaxResults"] = chance.randrange(1, 12)
        if doomed:
            box.delete_by_hand(doomed.pop())
            create(ec2)
    assert len(read) == len(set(read))
    survivors = {item["id"] for item in box.endpoints()}
    assert set(made) & survivors <= set(read)


def test_tokens_are_opaque_and_bound_to_their_question(box: Sandbox, ec2: Any) -> None:
    box.fabricate(service_id(REGION, 2), 5)
    box.fabricate(service_id("us-east-2", 2), 5)
    token = ec2.describe_vpc_endpoints(MaxResults=2)["NextToken"]
    assert "vpce" not in token
    elsewhere = box.boto3("ec2", "us-east-2")
    code = ("InvalidNextToken", 400)
    assert refused(ec2.describe_vpc_endpoints, NextToken="2") == code
    assert refused(elsewhere.describe_vpc_endpoints, NextToken=token) == code
    filters = [{"Name": "vpc-id", "Values": [vpc_id(REGION)]}]
    assert refused(ec2.describe_vpc_endpoints, NextToken=token, Filters=filters) == code
    assert refused(ec2.describe_vpc_endpoint_services, NextToken=token) == code
    assert len(ec2.describe_vpc_endpoints(NextToken=token)["VpcEndpoints"]) == 3


def test_page_sizes_below_the_least_are_refused(box: Sandbox) -> None:
    ec2 = box.boto3("ec2", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
    bad = ("InvalidParameterValue", 400)
    assert refused(ec2.describe_vpc_endpoints, MaxResults=0) == bad
    assert refused(ec2.describe_subnets, MaxResults=4) == bad
    assert refused(ec2.describe_vpc_endpoint_associations, MaxResults=101) == bad
    assert ec2.describe_vpc_endpoint_associations(MaxResults=100)["VpcEndpointAssociations"] == []


def test_networks_are_described(box: Sandbox, ec2: Any) -> None:
    assert [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]] == [vpc_id(REGION)]
    for name, key in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")):
        asked = {"VpcId": vpc_id(REGION), "Attribute": name}
        assert ec2.describe_vpc_attribute(**asked)[key] == {"Value": True}
    box.change_vpc(vpc_id(REGION), dns_hostnames=False)
    asked = {"VpcId": vpc_id(REGION), "Attribute": "enableDnsHostnames"}
    assert ec2.describe_vpc_attribute(**asked)["EnableDnsHostnames"] == {"Value": False}
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc_id(REGION)]}])["Subnets"]
    assert [(item["SubnetId"], item["AvailabilityZoneId"]) for item in subnets] == [
        (subnet_id(REGION, 1), "use1-az1"),
        (subnet_id(REGION, 2), "use1-az2"),
        (subnet_id(REGION, 3), "use1-az4"),
    ]
    groups = ec2.describe_security_groups()["SecurityGroups"]
    assert [group["VpcId"] for group in groups] == [vpc_id(REGION)]
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert {zone["ZoneId"]: zone["ZoneName"] for zone in zones}["use1-az4"] == "us-east-1c"


@pytest.mark.parametrize(
    ("name", "params", "code"),
    [
        ("describe_vpcs", {"VpcIds": ["vpc-1"]}, "InvalidVpcID.NotFound"),
        (
            "describe_vpc_attribute",
            {"VpcId": "vpc-1", "Attribute": "enableDnsSupport"},
            "InvalidVpcID.NotFound",
        ),
        ("describe_subnets", {"SubnetIds": ["subnet-1"]}, "InvalidSubnetID.NotFound"),
        ("describe_security_groups", {"GroupIds": ["sg-1"]}, "InvalidGroup.NotFound"),
        (
            "describe_network_interfaces",
            {"NetworkInterfaceIds": ["eni-1"]},
            "InvalidNetworkInterfaceID.NotFound",
        ),
        ("describe_availability_zones", {"ZoneIds": ["use1-az9"]}, "InvalidParameterValue"),
    ],
)
def test_reads_of_unknown_ids_are_refused(ec2: Any, name: str, params: dict[str, Any], code: str) -> None:
    assert refused(getattr(ec2, name), **params) == (code, 400)


def test_preflight_tells_what_one_must_know_of_a_service(box: Sandbox, ec2: Any) -> None:
    def one(k: int) -> dict[str, Any]:
        name = service_name(REGION, k)
        return dict(ec2.describe_vpc_endpoint_services(ServiceNames=[name])["ServiceDetails"][0])

    first = one(1)
    assert (first["AcceptanceRequired"], first["Owner"]) == (True, OWNER)
    assert first["ServiceType"] == [{"ServiceType": "Interface"}]
    assert first["AvailabilityZoneIds"] == ["use1-az1", "use1-az2", "use1-az4"]
    assert "PrivateDnsName" not in first
    assert one(4)["PrivateDnsNameVerificationState"] == "verified"
    assert one(5)["PrivateDnsNameVerificationState"] == "pendingVerification"
    assert one(6)["AvailabilityZoneIds"] == ["use1-az1"]
    visible = ec2.describe_vpc_endpoint_services()["ServiceNames"]
    assert visible == [service_name(REGION, k) for k in (1, 2, 4, 5, 6)]
    box.change_service(service_id(REGION, 2), allowed_principals=[])
    asked = {"ServiceNames": [service_name(REGION, 2)]}
    assert refused(ec2.describe_vpc_endpoint_services, **asked) == ("InvalidServiceName", 400)
