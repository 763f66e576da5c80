"""Describes of endpoints and services, through the lenses of the faults."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ec2.query import by_ids, keep, page
from endpoints.sandbox.services.ec2.views import (
    allowed,
    endpoint_view,
    no_such_service,
    service_view,
    spelled,
)
from endpoints.sandbox.services.lenses import rewritten, through_lag
from endpoints.sandbox.world.lifecycle import LEAVING_STATES
from endpoints.sandbox.world.objects import Service


@operation("ec2", "DescribeVpcEndpoints")
def describe_vpc_endpoints(call: Call) -> dict[str, Any]:
    """List the caller's endpoints in this Region.

    Raises AwsError InvalidVpcEndpointId.NotFound for the whole call when one id is unknown.
    """
    mine = [endpoint for endpoint in call.world.endpoints if call.mine(endpoint)]
    ghosts = [ghost for ghost in call.world.ghosts if call.mine(ghost)]
    wanted = call.params.get("VpcEndpointIds")
    seen = through_lag(call, mine, ghosts, LEAVING_STATES, by_id=bool(wanted))
    code = "InvalidVpcEndpointId.NotFound"
    named = by_ids(seen, wanted, lambda item: item.id, code, "Vpc Endpoint Id")
    found = keep(
        call, named,
        {
            "vpc-endpoint-id": lambda item: item.id, "vpc-id": lambda item: item.vpc_id,
            "vpc-endpoint-state": lambda item: (item.state, spelled(item)),
            "vpc-endpoint-type": lambda item: item.kind,
            "service-name": lambda item: item.service_name or (),
            "service-region": lambda item: item.service_region,
            "ip-address-type": lambda item: item.ip_address_type,
        },
        lambda item: item.tags,
    )  # fmt: skip
    chosen, token = page(call, found, lambda item: f"{item.number:012d}")
    views = [rewritten(call, endpoint_view(call, item), item.id) for item in chosen]
    return {"VpcEndpoints": views, "NextToken": token}


@operation("ec2", "DescribeVpcEndpointServices")
def describe_vpc_endpoint_services(call: Call) -> dict[str, Any]:
    """List the services that the caller may use from this Region.

    Raises AwsError InvalidServiceName for the whole call when one name is unknown or not allowed.
    """
    regions = call.params.get("ServiceRegions") or [call.region]
    visible = sorted(
        (item for item in call.world.services if _usable(call, item) and item.region in regions),
        key=lambda item: item.name,
    )
    names = call.params.get("ServiceNames") or []
    known = {service.name for service in visible}
    for name in names:
        if name not in known:
            raise no_such_service(name)
    found = keep(
        call, [service for service in visible if not names or service.name in names],
        {
            "service-name": lambda item: item.name, "service-type": lambda _: "Interface",
            "service-region": lambda item: item.region, "owner": lambda item: item.account,
            "supported-ip-address-types": lambda _: "ipv4",
        },
        lambda item: item.tags,
    )  # fmt: skip
    chosen, token = page(call, found, lambda item: item.name)
    return {
        "ServiceNames": [service.name for service in chosen],
        "ServiceDetails": [service_view(call, service) for service in chosen],
        "NextToken": token,
    }


def _usable(call: Call, service: Service) -> bool:
    served = call.region == service.region or call.region in service.supported_regions
    return served and allowed(service, call.identity)
