"""Reading an object in AWS as the request that made it, so that a row can own it. Source: aws.md §1.

What is there is taken as what was asked for: only later changes are told as changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from endpoints.domain.dns import sort_interface_names
from endpoints.domain.errors import UserError
from endpoints.domain.sighting import Sighting
from endpoints.domain.specs import Listed
from endpoints.domain.types import EndpointType
from endpoints.providers import msk_multi_vpc, vpc_endpoints, vpc_resource
from endpoints.providers.base import Operator
from endpoints.providers.errors import translated
from endpoints.providers.session import ec2_reader, kafka_reader

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import VpcEndpointTypeDef


@dataclass(frozen=True)
class Found:
    """An object with what a row needs to own it.

    `candidates` are the parameters that it may have been asked for by, in the API's words: of a VPC resource
    one for each share that brings it now, and none when it is of no type that Postern makes. `private_names`
    answer in its VPC already.
    """

    seen: Sighting
    vpc_id: str
    request: dict[str, Any]
    type: EndpointType | None = None
    candidates: tuple[Mapping[str, str], ...] = ()
    preparation: dict[str, str] = field(default_factory=dict)
    private_names: tuple[str, ...] = ()


def read_found(operator: Operator, listed: Listed, external_id: str) -> Found | None:
    """Return an object by its id; None when AWS does not know it any more. Raises ProviderError."""
    return _READERS[listed](operator, external_id)


def _endpoint(operator: Operator, external_id: str) -> Found | None:
    with translated("DescribeVpcEndpoints"):
        answer = ec2_reader(operator).describe_vpc_endpoints(
            Filters=[{"Name": "vpc-endpoint-id", "Values": [external_id]}]
        )
    for item in answer["VpcEndpoints"]:
        seen = vpc_endpoints.sighting_of(operator, item)
        request = _request_of(item)
        if item.get("VpcEndpointType") == "Interface":
            return _interface(seen, item, request)
        if item.get("VpcEndpointType") == "Resource":
            return _resource(operator, seen, item, request)
        return Found(seen, item.get("VpcId", ""), request)
    return None


def _request_of(item: VpcEndpointTypeDef) -> dict[str, Any]:
    request = {
        "VpcEndpointType": item.get("VpcEndpointType", ""),
        "VpcId": item.get("VpcId", ""),
        "SubnetIds": item.get("SubnetIds", []),
        "SecurityGroupIds": [group.get("GroupId", "") for group in item.get("Groups", [])],
        "PrivateDnsEnabled": bool(item.get("PrivateDnsEnabled", False)),
    }
    if item.get("PolicyDocument"):
        request["PolicyDocument"] = item["PolicyDocument"]
    return request


def _interface(seen: Sighting, item: VpcEndpointTypeDef, request: dict[str, Any]) -> Found:
    name = item.get("ServiceName", "")
    request |= {"ServiceName": name}
    if item.get("ServiceRegion"):
        request |= {"ServiceRegion": item["ServiceRegion"]}
    private = sort_interface_names(seen.dns_names).private if seen.private_dns_enabled else ()
    return Found(
        seen,
        item.get("VpcId", ""),
        request,
        EndpointType.VPC_ENDPOINT_SERVICE,
        ({"vpcEndpointServiceName": name},),
        private_names=private,
    )


def _resource(operator: Operator, seen: Sighting, item: VpcEndpointTypeDef, request: dict[str, Any]) -> Found:
    arn = item.get("ResourceConfigurationArn", "")
    shares = vpc_resource.shares_of(operator, arn)
    configuration = arn.rpartition("/")[2]
    return Found(
        seen,
        item.get("VpcId", ""),
        request | {"ResourceConfigurationArn": arn},
        EndpointType.VPC_RESOURCE,
        tuple({"vpcResourceConfigurationId": configuration, "vpcResourceShareArn": one} for one in shares),
        preparation={"configuration_arn": arn},
    )


def _connection(operator: Operator, external_id: str) -> Found | None:
    seen = msk_multi_vpc.look_up(operator, [external_id]).get(external_id)
    if seen is None:
        return None
    try:
        with translated("DescribeVpcConnection"):
            item = kafka_reader(operator).describe_vpc_connection(Arn=external_id)
    except UserError as error:
        if error.raw_code != "NotFoundException":
            raise
        return None
    vpc_id = item.get("VpcId", "")
    request = {
        "TargetClusterArn": seen.target,
        "Authentication": seen.scheme,
        "VpcId": vpc_id,
        "ClientSubnets": item.get("Subnets", []),
        "SecurityGroups": item.get("SecurityGroups", []),
        "Tags": item.get("Tags", {}),
    }
    wanted = {"mskClusterArn": seen.target, "mskAuthentication": seen.scheme}
    return Found(seen, vpc_id, request, EndpointType.MSK_MULTI_VPC, (wanted,))


_READERS: dict[Listed, Callable[[Operator, str], Found | None]] = {
    Listed.ENDPOINTS: _endpoint,
    Listed.CONNECTIONS: _connection,
}
