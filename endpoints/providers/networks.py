"""Reading a VPC of ours as it is, to tell whether endpoints can be made in it. Source: aws.md §4, §6.

By filters: one unknown id of a plain list would fail the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from endpoints.domain.specs import Family
from endpoints.domain.verification import GroupSeen, SubnetSeen, VpcSeen
from endpoints.providers.base import Operator
from endpoints.providers.errors import translated
from endpoints.providers.session import ec2_reader

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import SecurityGroupTypeDef

_FAMILIES = {
    "interface": Family.INTERFACE,
    "gatewayloadbalancer": Family.INTERFACE,  # one quota for both
    "resource": Family.RESOURCE,
}
_PAGE = 1000


def read_vpc(operator: Operator, vpc_id: str) -> VpcSeen | None:
    """Return a VPC; None when our account has no such one in the region. Raises ProviderError."""
    with translated("DescribeVpcs"):
        answer = ec2_reader(operator).describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
    for item in answer["Vpcs"]:
        return VpcSeen(vpc_id, item.get("State", ""), item.get("CidrBlock", ""))
    return None


def read_subnets(operator: Operator, ids: Sequence[str]) -> dict[str, SubnetSeen]:
    """Return those subnets that AWS knows, by id. Raises ProviderError."""
    with translated("DescribeSubnets"):
        answer = ec2_reader(operator).describe_subnets(
            Filters=[{"Name": "subnet-id", "Values": list(ids)}], MaxResults=_PAGE
        )
    seen = (
        SubnetSeen(
            item.get("SubnetId", ""),
            item.get("VpcId", ""),
            item.get("AvailabilityZoneId", ""),
            item.get("AvailableIpAddressCount", 0),
        )
        for item in answer["Subnets"]
    )
    return {subnet.id: subnet for subnet in seen}


def read_groups(operator: Operator, ids: Sequence[str]) -> dict[str, GroupSeen]:
    """Return those security groups that AWS knows, by id. Raises ProviderError."""
    with translated("DescribeSecurityGroups"):
        answer = ec2_reader(operator).describe_security_groups(
            Filters=[{"Name": "group-id", "Values": list(ids)}], MaxResults=_PAGE
        )
    seen = (_group(item) for item in answer["SecurityGroups"])
    return {group.id: group for group in seen}


def count_endpoints(operator: Operator, vpc_id: str) -> dict[Family, int]:
    """Return how many endpoints of each family a VPC has, whoever made them. Raises ProviderError."""
    found = dict.fromkeys(Family, 0)
    paginator = ec2_reader(operator).get_paginator("describe_vpc_endpoints")
    with translated("DescribeVpcEndpoints"):
        for page in paginator.paginate(
            Filters=[{"Name": "vpc-id", "Values": [vpc_id]}], PaginationConfig={"PageSize": _PAGE}
        ):
            for item in page["VpcEndpoints"]:
                family = _FAMILIES.get(item.get("VpcEndpointType", "").casefold())
                if family is not None and item.get("State", "").casefold() != "deleted":
                    found[family] += 1
    return found


def _group(item: SecurityGroupTypeDef) -> GroupSeen:
    return GroupSeen(item.get("GroupId", ""), item.get("VpcId", ""), bool(item.get("IpPermissions")))
