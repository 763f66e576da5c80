"""VPC_ENDPOINT_SERVICE: an Interface endpoint to an owner's endpoint service. Source: aws.md §1a, §6."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from endpoints.domain.errors import Unplaceable, UserError
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import NetworkFacts, Placement, Sighting
from endpoints.domain.types import Spec
from endpoints.providers import vpc_endpoints
from endpoints.providers.base import Answer, Operator, Ownership
from endpoints.providers.errors import SERVICE_UNKNOWN, translated
from endpoints.providers.session import ec2_reader, ec2_writer
from endpoints.providers.tags import tags_for

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import ServiceDetailTypeDef


create_operation = "CreateVpcEndpoint"
delete_operation = "DeleteVpcEndpoints"

find = vpc_endpoints.find
create = vpc_endpoints.create
delete = vpc_endpoints.delete


def place(
    operator: Operator, spec: Spec, networks: Sequence[NetworkFacts], owner: Ownership, token: str
) -> Placement:
    """Look at the service, choose subnets in zones that it offers, and return the exact request.

    Raises Unplaceable with the reason a person can act on, or ProviderError.
    """
    service = _describe(operator, spec)
    if not any(kind.get("ServiceType") == "Interface" for kind in service.get("ServiceType", [])):
        raise Unplaceable(Reason.SERVICE_NOT_INTERFACE, service_name=spec.service_name)
    cross_region = spec.service_region != operator.region
    # Zones need not line up across regions (aws.md §1a, cross-Region).
    offered = None if cross_region else set(service.get("AvailabilityZoneIds", []))
    zones = _zones_of_subnets(operator, networks)
    for network in networks:
        subnets = _one_per_zone(network, zones, offered)
        if subnets:
            return Placement(
                vpc_id=network.vpc_id,
                request=_request(operator, spec, network, subnets, owner, token),
                private_names=_private_names(service),
            )
    raise Unplaceable(
        Reason.NO_COMMON_ZONE, service_name=spec.service_name, zones=", ".join(sorted(offered or ()))
    )


def verified_private_names(operator: Operator, spec: Spec) -> tuple[str, ...]:
    """Return the owner's private names if they are verified now, else nothing."""
    service = _describe(operator, spec)
    verified = service.get("PrivateDnsNameVerificationState", "").casefold() == "verified"
    return _private_names(service) if verified else ()


def enable_private_dns(operator: Operator, external_id: str) -> Answer:
    """Switch private DNS on; AWS refuses that before the endpoint is available (aws.md §1a)."""
    with translated("ModifyVpcEndpoint"):
        answer = ec2_writer(operator).modify_vpc_endpoint(VpcEndpointId=external_id, PrivateDnsEnabled=True)
    return Answer(None, answer["ResponseMetadata"].get("RequestId", ""))


def list_owned(operator: Operator) -> Iterator[Sighting]:
    """Yield all EC2 endpoints of this installation in the region."""
    return vpc_endpoints.list_owned(operator)


def _describe(operator: Operator, spec: Spec) -> ServiceDetailTypeDef:
    """Return the one service asked for. One name a call: a single bad name fails the whole batch."""
    request: dict[str, Any] = {"ServiceNames": [spec.service_name]}
    cross_region = spec.service_region != operator.region
    if cross_region:
        request["ServiceRegions"] = [spec.service_region]
    try:
        with translated("DescribeVpcEndpointServices"):
            answer = ec2_reader(operator).describe_vpc_endpoint_services(**request)
    except UserError as error:
        # A service that does not serve our region may answer either way (to be confirmed on a real account).
        unsupported = cross_region and error.raw_code.startswith("InvalidParameter")
        if error.raw_code not in SERVICE_UNKNOWN and not unsupported:
            raise
        raise _not_found(operator, spec) from error
    if not answer["ServiceDetails"]:
        raise _not_found(operator, spec)
    return answer["ServiceDetails"][0]


def _not_found(operator: Operator, spec: Spec) -> Unplaceable:
    reason = (
        Reason.SERVICE_NOT_FOUND if spec.service_region == operator.region else Reason.REGION_NOT_SUPPORTED
    )
    return Unplaceable(
        reason, service_name=spec.service_name, region=operator.region, service_region=spec.service_region
    )


def _private_names(service: ServiceDetailTypeDef) -> tuple[str, ...]:
    names = [item.get("PrivateDnsName", "") for item in service.get("PrivateDnsNames", [])]
    names.append(service.get("PrivateDnsName", ""))
    return tuple(dict.fromkeys(name for name in names if name))


def _zones_of_subnets(operator: Operator, networks: Sequence[NetworkFacts]) -> dict[str, str]:
    """Return the zone id of every subnet that AWS knows. By filter: one unknown id would fail the call."""
    wanted = [subnet for network in networks for subnet in network.subnet_ids]
    with translated("DescribeSubnets"):
        answer = ec2_reader(operator).describe_subnets(Filters=[{"Name": "subnet-id", "Values": wanted}])
    return {item["SubnetId"]: item.get("AvailabilityZoneId", "") for item in answer["Subnets"]}


def _one_per_zone(network: NetworkFacts, zones: dict[str, str], offered: set[str] | None) -> list[str]:
    """Return the network's first subnet of each zone that the service offers (None: of every zone)."""
    chosen: dict[str, str] = {}
    for subnet in network.subnet_ids:
        zone = zones.get(subnet)
        if zone and (offered is None or zone in offered):
            chosen.setdefault(zone, subnet)
    return list(chosen.values())


def _request(
    operator: Operator,
    spec: Spec,
    network: NetworkFacts,
    subnets: list[str],
    owner: Ownership,
    token: str,
) -> dict[str, object]:
    request: dict[str, object] = {
        "VpcEndpointType": "Interface",  # AWS's default is Gateway
        "VpcId": network.vpc_id,
        "ServiceName": spec.service_name,
        "SubnetIds": subnets,
        "SecurityGroupIds": list(network.security_group_ids),
        "PrivateDnsEnabled": False,
        "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": tags_for(operator, owner)}],
        "ClientToken": token,
    }
    if spec.service_region != operator.region:
        request["ServiceRegion"] = spec.service_region
    return request
