"""The owner's side of a service: settings, permissions, connections (aws.md §10)."""

from collections.abc import Callable
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ec2.query import by_ids, keep, page, tag_list
from endpoints.sandbox.services.ec2.views import dns_entries, zones_of
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import lifecycle
from endpoints.sandbox.world.objects import Endpoint, Service

_NO_SERVICE = "InvalidVpcEndpointServiceId.NotFound"


def _own_service(call: Call) -> Service:
    key = call.params["ServiceId"]
    service = call.world.services.get(key)
    if service is None or not call.mine(service):
        raise AwsError(_NO_SERVICE, f"The VpcEndpointService Id '{key}' does not exist")
    return service


@operation("ec2", "DescribeVpcEndpointServiceConfigurations")
def describe_service_configurations(call: Call) -> dict[str, Any]:
    """List the caller's services. Raises AwsError InvalidVpcEndpointServiceId.NotFound."""
    mine = sorted((item for item in call.world.services if call.mine(item)), key=lambda item: item.id)
    wanted = call.params.get("ServiceIds")
    named = by_ids(mine, wanted, lambda item: item.id, _NO_SERVICE, "VpcEndpointService Id")
    found = keep(
        call, named,
        {
            "service-name": lambda item: item.name, "service-id": lambda item: item.id,
            "service-state": lambda _: "Available", "supported-ip-address-types": lambda _: "ipv4",
        },
        lambda item: item.tags,
    )  # fmt: skip
    chosen, token = page(call, found, lambda item: item.id)
    return {"ServiceConfigurations": [_configuration(item) for item in chosen], "NextToken": token}


def _configuration(service: Service) -> dict[str, Any]:
    zones = zones_of(service, service.region)
    regions = [{"Region": region, "ServiceState": "Available"} for region in service.supported_regions]
    view: dict[str, Any] = {
        "ServiceId": service.id, "ServiceName": service.name, "ServiceState": "Available",
        "ServiceType": [{"ServiceType": "Interface"}],
        "AvailabilityZoneIds": [zone_id for _, zone_id in zones],
        "AvailabilityZones": [name for name, _ in zones],
        "AcceptanceRequired": service.acceptance_required, "ManagesVpcEndpoints": False,
        "NetworkLoadBalancerArns": [_balancer(service)], "SupportedIpAddressTypes": ["ipv4"],
        "BaseEndpointDnsNames": [f"{service.id}.{service.region}.vpce.amazonaws.com"],
        "Tags": tag_list(service.tags), "SupportedRegions": regions,
        "RemoteAccessEnabled": len(service.supported_regions) > 1,
    }  # fmt: skip
    if service.private_dns_name:
        view["PrivateDnsName"] = service.private_dns_name
        view["PrivateDnsNameConfiguration"] = {
            "State": service.private_dns_state, "Type": "TXT", "Value": f"vpce:{service.id[9:]}",
            "Name": f"_{service.id[-12:]}",
        }  # fmt: skip
    return view


def _balancer(service: Service) -> str:
    head = f"arn:aws:elasticloadbalancing:{service.region}:{service.account}:loadbalancer/net"
    return f"{head}/sandbox/{service.id[-16:]}"


@operation("ec2", "DescribeVpcEndpointServicePermissions")
def describe_service_permissions(call: Call) -> dict[str, Any]:
    """List a service's principals. Raises AwsError InvalidVpcEndpointServiceId.NotFound."""
    service = _own_service(call)
    rows = [_permission(service, principal) for principal in sorted(service.allowed_principals)]
    found = keep(
        call, rows,
        {"principal": lambda row: row["Principal"], "principal-type": lambda row: row["PrincipalType"]},
        None,
    )  # fmt: skip
    chosen, token = page(call, found, lambda row: row["Principal"])
    return {"AllowedPrincipals": chosen, "NextToken": token}


def _permission(service: Service, principal: str) -> dict[str, str]:
    kind = "Account"
    if principal == "*":
        kind = "All"
    for part, name in ((":role/", "Role"), (":user/", "User")):
        if part in principal:
            kind = name
    return {"PrincipalType": kind, "Principal": principal, "ServiceId": service.id}


@operation("ec2", "ModifyVpcEndpointServicePermissions")
def modify_service_permissions(call: Call) -> dict[str, Any]:
    """Add and remove principals; connections that exist stay. Raises AwsError InvalidPrincipal, NotFound."""
    service = _own_service(call)
    added = call.params.get("AddAllowedPrincipals") or []
    removed = call.params.get("RemoveAllowedPrincipals") or []
    for principal in [*added, *removed]:
        if not (principal == "*" or principal.startswith("arn:aws:iam::")):
            raise AwsError("InvalidPrincipal", f"Invalid Principal: '{principal}'")
    before = list(service.allowed_principals)
    kept = [item for item in before if item not in removed]
    service.allowed_principals = list(dict.fromkeys([*kept, *added]))
    if service.allowed_principals != before:
        call.world.services.put(service)
    new = [item for item in service.allowed_principals if item not in before]
    return {"AddedPrincipals": [_permission(service, item) for item in new], "ReturnValue": True}


@operation("ec2", "DescribeVpcEndpointConnections")
def describe_connections(call: Call) -> dict[str, Any]:
    """List the connections to the caller's services in this Region, wherever the endpoints are."""
    found = keep(
        call, [item for item in call.world.endpoints if _to_mine(call, item)],
        {
            "service-id": lambda item: item.service_id, "vpc-endpoint-id": lambda item: item.id,
            "vpc-endpoint-owner": lambda item: item.account,
            "vpc-endpoint-region": lambda item: item.region,
            "vpc-endpoint-state": lambda item: item.state,
            "ip-address-type": lambda item: item.ip_address_type,
        },
        None,
    )  # fmt: skip
    chosen, token = page(call, found, lambda item: f"{item.number:012d}", least=5)
    return {"VpcEndpointConnections": [_connection(call, item) for item in chosen], "NextToken": token}


def _to_mine(call: Call, endpoint: Endpoint) -> bool:
    service = call.world.services.get(endpoint.service_id)
    return service is not None and call.mine(service)


def _connection(call: Call, endpoint: Endpoint) -> dict[str, Any]:
    return {
        "ServiceId": endpoint.service_id, "VpcEndpointId": endpoint.id,
        "VpcEndpointOwner": endpoint.account, "VpcEndpointState": endpoint.state,
        "CreationTimestamp": endpoint.created_at, "IpAddressType": endpoint.ip_address_type,
        "DnsEntries": dns_entries(call.world, endpoint)[:1],
        "VpcEndpointConnectionId": endpoint.connection_id, "VpcEndpointRegion": endpoint.region, "Tags": [],
    }  # fmt: skip


@operation("ec2", "AcceptVpcEndpointConnections")
def accept_connections(call: Call) -> dict[str, Any]:
    """Accept connections; what cannot be accepted comes back item by item. Raises AwsError NotFound."""
    return _each(call, lambda endpoint: lifecycle.accept(call.world, endpoint, call.now))


@operation("ec2", "RejectVpcEndpointConnections")
def reject_connections(call: Call) -> dict[str, Any]:
    """Reject connections, accepted ones too; failures come back item by item. Raises AwsError NotFound."""
    return _each(call, lambda endpoint: lifecycle.reject(call.world, endpoint, call.now))


def _each(call: Call, act: Callable[[Endpoint], bool]) -> dict[str, Any]:
    service = _own_service(call)
    unsuccessful = []
    for key in dict.fromkeys(call.params["VpcEndpointIds"]):
        endpoint = call.world.endpoints.get(key)
        error = None
        if endpoint is None or endpoint.service_id != service.id or endpoint.state == "deleted":
            text = f"The Vpc Endpoint Id '{key}' does not exist"
            error = {"Code": "InvalidVpcEndpointId.NotFound", "Message": text}
        elif not act(endpoint):
            text = f"The VPC endpoint {key} is in the state {endpoint.state}."
            error = {"Code": "InvalidState", "Message": text}
        if error:
            unsuccessful.append({"ResourceId": key, "Error": error})
    return {"Unsuccessful": unsuccessful}
