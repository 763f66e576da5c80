"""Associations of Resource endpoints: names, pages, and what the owner or fate does (aws.md §4, §5)."""

import re
from typing import Any

from tests.sandbox.helpers import REGION, create, listed, refused, state
from tests.sandbox.sharing import SHARED, associations, reach
from tests.sandbox_client import Sandbox, configuration_id, subnet_id

SUBNETS = [subnet_id(REGION, n) for n in (1, 2)]


def test_an_association_comes_with_available_and_is_accessible_later(box: Sandbox, ec2: Any) -> None:
    box.knobs(resource_pending_seconds=100, association_seconds=20)
    key = reach(ec2)
    assert associations(ec2, key) == []
    box.advance(101)
    [early] = associations(ec2, key)
    assert early["AssociatedResourceAccessibility"] == "Inaccessible"
    assert "FailureCode" not in early
    box.advance(20)
    [ready] = associations(ec2, key)
    assert ready["AssociatedResourceAccessibility"] == "Accessible"
    assert (ready["VpcEndpointId"], ready["AssociatedResourceArn"]) == (key, SHARED)
    pattern = rf"{key}\.{configuration_id(REGION, 2)}\.[0-9a-f]{{7}}\.vpc-lattice-rsc\.{REGION}\.on\.aws"
    assert re.fullmatch(pattern, ready["DnsEntry"]["DnsName"])
    assert "PrivateDnsEntry" not in ready
    assert re.fullmatch(r"vpce-rsc-asc-[0-9a-f]{17}", ready["Id"])


def test_a_group_has_an_association_for_each_child(box: Sandbox, ec2: Any) -> None:
    group = box.create_configuration(REGION, type="GROUP")
    children = [box.create_configuration(REGION, type="CHILD", group_id=group["id"]) for _ in range(2)]
    box.create_share(group["id"], same_organization=True)
    bound = associations(ec2, reach(ec2, ResourceConfigurationArn=group["arn"]))
    assert [item["AssociatedResourceArn"] for item in bound] == [child["arn"] for child in children]
    assert {item["ResourceConfigurationGroupArn"] for item in bound} == {group["arn"]}


def test_pages_hold_a_hundred_and_filters_count(box: Sandbox, ec2: Any) -> None:
    keys = box.fabricate(SHARED, 150)
    create(ec2)
    describe = ec2.describe_vpc_endpoint_associations
    first = describe()
    assert len(first["VpcEndpointAssociations"]) == 100
    rest = describe(NextToken=first["NextToken"])
    assert len(rest["VpcEndpointAssociations"]) == 50
    assert "NextToken" not in rest
    both = first["VpcEndpointAssociations"] + rest["VpcEndpointAssociations"]
    assert [item["VpcEndpointId"] for item in both] == keys
    assert len(describe(MaxResults=7)["VpcEndpointAssociations"]) == 7
    assert refused(describe, MaxResults=101) == ("InvalidParameterValue", 400)
    assert refused(describe, NextToken="x") == ("InvalidNextToken", 400)
    box.cut(keys[3])
    for value, count in (("Accessible", 100), ("Inaccessible", 1)):
        by = [{"Name": "associated-resource-accessibility", "Values": [value]}]
        assert len(describe(Filters=by)["VpcEndpointAssociations"]) == count
    by = [{"Name": "vpc-endpoint-id", "Values": keys[:2]}]
    assert len(describe(Filters=by)["VpcEndpointAssociations"]) == 2
    unknown = {"VpcEndpointIds": [keys[0], "vpce-0000000000000dead"]}
    assert refused(describe, **unknown) == ("InvalidVpcEndpointId.NotFound", 400)


def test_a_cut_one_is_inaccessible_and_comes_back(box: Sandbox, ec2: Any) -> None:
    key = reach(ec2)
    box.cut(key)
    [bound] = associations(ec2, key)
    assert bound["AssociatedResourceAccessibility"] == "Inaccessible"
    assert bound["FailureCode"] == "ResourceEndpointAssociationDeleted"
    assert state(ec2, key) == "Available"
    box.restore(key)
    [bound] = associations(ec2, key)
    assert bound["AssociatedResourceAccessibility"] == "Accessible"
    box.cut(key, hidden=True)
    assert associations(ec2, key) == []


def test_it_fails_with_its_configuration_and_its_gateway(box: Sandbox, ec2: Any) -> None:
    key = reach(ec2)
    gateway = box.configurations(arn=SHARED)[0]["gateway_id"]
    box.change_gateway(gateway, status="CREATE_FAILED")
    assert associations(ec2, key)[0]["FailureCode"] == "ResourceGatewayUnavailable"
    box.change_gateway(gateway, status="ACTIVE")
    box.delete_configuration(SHARED)
    assert associations(ec2, key)[0]["FailureCode"] == "ResourceConfigurationUnavailable"
    assert state(ec2, key) == "Available"


def test_faults_hide_and_rewrite(box: Sandbox, ec2: Any) -> None:
    key = reach(ec2)
    box.fault("read_lag", operation="DescribeVpcEndpointAssociations", seconds=60)
    assert associations(ec2, key) == []
    box.clear_faults()
    omit = {"omit": ["DnsEntry"], "set": {"AssociatedResourceAccessibility": "Curious"}}
    box.fault("rewrite", operation="DescribeVpcEndpointAssociations", **omit)
    [bound] = associations(ec2, key)
    assert bound["AssociatedResourceAccessibility"] == "Curious"
    assert "DnsEntry" not in bound


def test_fate_fails_expires_makes_partial_and_deletes(box: Sandbox, ec2: Any) -> None:
    failing, expiring, lacking, going = (reach(ec2, SubnetIds=SUBNETS[:2]) for _ in range(4))
    box.fail(failing, "Code", "Message")
    box.expire(expiring)
    box.make_partial(lacking)
    box.delete_by_hand(going)
    assert [state(ec2, key) for key in (failing, expiring, lacking)] == ["Failed", "Expired", "Partial"]
    assert len(listed(ec2)) == 3
    assert list(box.endpoint(lacking)["prefixes"]) == SUBNETS[:1]
    assert associations(ec2, failing)[0]["AssociatedResourceAccessibility"] == "Inaccessible"
    assert associations(ec2, lacking)[0]["AssociatedResourceAccessibility"] == "Accessible"
