"""Describes of endpoints and services, through the lenses of the faults."""

import copy
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ec2.query import by_ids, keep, page
from endpoints.sandbox.services.ec2.views import allowed, endpoint_view, no_such_service, service_view
from endpoints.sandbox.world.lifecycle import LEAVING_STATES
from endpoints.sandbox.world.objects import Endpoint, Service


@operation("ec2", "DescribeVpcEndpoints")
def describe_vpc_endpoints(call: Call) -> dict[str, Any]:
    """List the caller's endpoints in this Region.

    Raises AwsError InvalidVpcEndpointId.NotFound for the whole call when one id is unknown.
    """
    mine = [endpoint for endpoint in call.world.endpoints if call.mine(endpoint)]
    seen = _through_lag(call, mine)
    wanted = call.params.get("VpcEndpointIds")
    code = "InvalidVpcEndpointId.NotFound"
    named = by_ids(seen, wanted, lambda item: item.id, code, "Vpc Endpoint Id")
    found = keep(
        call, named,
        {
            "vpc-endpoint-id": lambda item: item.id, "vpc-id": lambda item: item.vpc_id,
            "vpc-endpoint-state": lambda item: item.state, "vpc-endpoint-type": lambda item: item.kind,
            "service-name": lambda item: item.service_name,
            "service-region": lambda item: item.service_region,
            "ip-address-type": lambda item: item.ip_address_type,
        },
        lambda item: item.tags,
    )  # fmt: skip
    chosen, token = page(call, found, lambda item: f"{item.number:012d}")
    views = [_rewritten(call, endpoint_view(call, item)) for item in chosen]
    return {"VpcEndpoints": views, "NextToken": token}


def _through_lag(call: Call, mine: list[Endpoint]) -> list[Endpoint]:
    """Apply read lag: what is younger than k seconds is missing, what was deleted since is still there."""
    lags = [fault for fault in call.lenses if fault.kind == "read_lag"]
    if not lags:
        return mine
    seconds = max(fault.seconds for fault in lags)
    lists_all = all(fault.hide == "by_id" for fault in lags) and not call.params.get("VpcEndpointIds")
    ghosts = [ghost for ghost in call.world.ghosts if call.mine(ghost)]
    everything = sorted([*mine, *ghosts], key=lambda item: item.number)
    seen = []
    for endpoint in everything:
        if call.now - endpoint.created_at < seconds and not lists_all:
            continue
        removed = endpoint.removed_at
        if removed is None or (endpoint.state in LEAVING_STATES and call.now - removed >= seconds):
            if endpoint.state != "absent":
                seen.append(endpoint)
            continue
        late = copy.copy(endpoint)
        late.state = endpoint.state_before_delete
        seen.append(late)
    return seen


def _rewritten(call: Call, view: dict[str, Any]) -> dict[str, Any]:
    """Apply the fault `rewrite`: members set to what it says, or left out."""
    for fault in call.lenses:
        if fault.kind == "rewrite" and fault.resource in ("", view["VpcEndpointId"]):
            view = {**view, **fault.set}
            view = {name: value for name, value in view.items() if name not in fault.omit}
    return view


@operation("ec2", "DescribeVpcEndpointAssociations")
def describe_vpc_endpoint_associations(call: Call) -> dict[str, Any]:
    """List associations: none, since Interface endpoints have none and no other type is built."""
    return {"VpcEndpointAssociations": []}


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
