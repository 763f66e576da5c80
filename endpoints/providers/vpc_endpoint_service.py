"""VPC_ENDPOINT_SERVICE: an Interface endpoint to an owner's endpoint service. Source: aws.md §1a, §6."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from endpoints.domain.errors import Unplaceable, UserError
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import NetworkFacts, Placement
from endpoints.domain.specs import Spec, VpcEndpointServiceSpec
from endpoints.providers import subnets, vpc_endpoints
from endpoints.providers.base import Answer, Operator, Ownership
from endpoints.providers.errors import SERVICE_UNKNOWN, translated
from endpoints.providers.recent import Recent
from endpoints.providers.session import ec2_reader, ec2_writer
from endpoints.providers.tags import tags_for

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef, ServiceDetailTypeDef


create_operation = "CreateVpcEndpoint"
delete_operation = "DeleteVpcEndpoints"

find = vpc_endpoints.find
find_together = vpc_endpoints.find_together
create = vpc_endpoints.create
delete = vpc_endpoints.delete
list_owned = vpc_endpoints.list_owned
look_up = vpc_endpoints.look_up
read_details = vpc_endpoints.no_details
details_page = 1


def place(
    operator: Operator,
    spec: Spec,
    networks: Sequence[NetworkFacts],
    owner: Ownership,
    token: str,
    preparation: Mapping[str, Any],
    recent: Recent,
) -> Placement:
    """Look at the service, choose subnets in zones that it offers, and return the exact request.

    Raises Unplaceable with the reason a person can act on, NoRoom, or ProviderError.
    """
    assert isinstance(spec, VpcEndpointServiceSpec)
    key = ("service", operator, spec.service_name, spec.service_region)
    service = recent.get(key, lambda: _describe(operator, spec))
    if not any(kind.get("ServiceType") == "Interface" for kind in service.get("ServiceType", [])):
        raise Unplaceable(Reason.SERVICE_NOT_INTERFACE, service_name=spec.service_name)
    fits = _zone_rule(operator, spec, service)
    known = subnets.describe_for_many(operator, networks, recent)
    fitting = [network for network in networks if subnets.one_per_zone(network, known, fits)]
    if not fitting:
        offered = ", ".join(sorted(service.get("AvailabilityZoneIds", [])))
        raise Unplaceable(Reason.NO_COMMON_ZONE, service_name=spec.service_name, zones=offered)
    for network in fitting:
        chosen = subnets.one_per_zone(network, known, lambda subnet: fits(subnet) and subnet.free > 0)
        if network.room > 0 and chosen:
            request = _request(operator, spec, network, list(chosen.values()), owner, token)
            spare = min(known[key].free for key in chosen.values()) - 1
            return Placement(network.vpc_id, request, _private_names(service), spare=spare)
    raise subnets.no_room(operator, fitting, "addresses")


def refusal(error: UserError) -> Reason:
    """One answer of AWS stands for an unknown name, a missing permission and a wrong region."""
    return Reason.SERVICE_NOT_FOUND if error.raw_code in SERVICE_UNKNOWN else Reason.REFUSED_BY_AWS


def verified_private_names(operator: Operator, spec: Spec) -> tuple[str, ...]:
    """Return the owner's private names if they are verified now, else nothing."""
    assert isinstance(spec, VpcEndpointServiceSpec)
    try:
        return _verified_names(_describe(operator, spec))
    except Unplaceable:
        return ()  # the service was deleted, or is closed to us by now


def verified_services(
    operator: Operator, service_region: str, names: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return the private names of those services of a Region that have verified ones, by service name.

    200 services a call, by a filter: one unknown name would fail the call.
    """
    request: dict[str, Any] = (
        {"ServiceRegions": [service_region]} if service_region != operator.region else {}
    )
    paginator = ec2_reader(operator).get_paginator("describe_vpc_endpoint_services")
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(names), vpc_endpoints.IDS):
        batch = list(names[start : start + vpc_endpoints.IDS])
        wanted: list[FilterTypeDef] = [{"Name": "service-name", "Values": batch}]
        with translated("DescribeVpcEndpointServices"):
            for page in paginator.paginate(**request, Filters=wanted, PaginationConfig={"PageSize": 1000}):
                found.update((s.get("ServiceName", ""), _verified_names(s)) for s in page["ServiceDetails"])
    return {name: private for name, private in found.items() if private}


def _verified_names(service: ServiceDetailTypeDef) -> tuple[str, ...]:
    verified = service.get("PrivateDnsNameVerificationState", "").casefold() == "verified"
    return _private_names(service) if verified else ()


def enable_private_dns(operator: Operator, external_id: str) -> Answer:
    """Switch private DNS on; AWS refuses that before the endpoint is available (aws.md §1a)."""
    with translated("ModifyVpcEndpoint"):
        answer = ec2_writer(operator).modify_vpc_endpoint(VpcEndpointId=external_id, PrivateDnsEnabled=True)
    return Answer(None, answer["ResponseMetadata"].get("RequestId", ""))


def _describe(operator: Operator, spec: VpcEndpointServiceSpec) -> ServiceDetailTypeDef:
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


def _not_found(operator: Operator, spec: VpcEndpointServiceSpec) -> Unplaceable:
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


def _zone_rule(
    operator: Operator, spec: VpcEndpointServiceSpec, service: ServiceDetailTypeDef
) -> Callable[[subnets.Subnet], bool]:
    """Return which subnets will do. Zones need not line up across Regions (aws.md §1a, "Cross-Region")."""
    if spec.service_region != operator.region:
        return lambda subnet: subnet.zone not in subnets.NO_CROSS_REGION
    offered = set(service.get("AvailabilityZoneIds", []))
    return lambda subnet: subnet.zone in offered


def _request(
    operator: Operator,
    spec: VpcEndpointServiceSpec,
    network: NetworkFacts,
    subnet_ids: list[str],
    owner: Ownership,
    token: str,
) -> dict[str, object]:
    request: dict[str, object] = {
        "VpcEndpointType": "Interface",  # AWS's default is Gateway
        "VpcId": network.vpc_id,
        "ServiceName": spec.service_name,
        "SubnetIds": subnet_ids,
        "SecurityGroupIds": list(network.security_group_ids),
        "PrivateDnsEnabled": False,
        "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": tags_for(operator, owner)}],
        "ClientToken": token,
    }
    if spec.service_region != operator.region:
        request["ServiceRegion"] = spec.service_region
    return request
