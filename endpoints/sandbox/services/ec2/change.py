"""ModifyVpcEndpoint and DeleteVpcEndpoints."""

from typing import Any

from endpoints.sandbox.faults.errors import planned
from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ec2 import resource, rules
from endpoints.sandbox.services.ec2.create import private_zone
from endpoints.sandbox.wire.errors import AwsError, not_built
from endpoints.sandbox.world import lifecycle
from endpoints.sandbox.world.objects import Endpoint, Subnet, Vpc


@operation("ec2", "ModifyVpcEndpoint")
def modify_vpc_endpoint(call: Call) -> dict[str, Any]:
    """Change subnets, groups or private DNS, of a Resource endpoint groups only; it is pending meanwhile.

    Raises AwsError InvalidVpcEndpointId.NotFound, IncorrectState (a change is running, or the endpoint
    is beyond changing), and as the checks in `rules` do.
    """
    endpoint = _own(call, call.params["VpcEndpointId"])
    if endpoint.requester_managed:
        raise _not_yours(endpoint)
    if endpoint.state not in ("available", "pendingAcceptance", "partial"):
        text = f"The VPC endpoint {endpoint.id} is in the state {endpoint.state} and cannot be modified."
        raise AwsError("IncorrectState", text)
    if endpoint.kind == "Resource":
        return _modify_resource(call, endpoint)
    for name in (
        "AddRouteTableIds",
        "RemoveRouteTableIds",
        "PolicyDocument",
        "DnsOptions",
        "SubnetConfigurations",
    ):
        if call.params.get(name):
            raise not_built(f"ModifyVpcEndpoint with {name}")
    vpc = rules.vpc_of(call, endpoint.vpc_id)
    added, kept = _subnets(call, vpc, endpoint)
    group_ids = _groups(call, vpc, endpoint)
    wants_private = call.params.get("PrivateDnsEnabled", endpoint.private_dns_enabled)
    if wants_private and not endpoint.private_dns_enabled:
        service = rules.service_of(call, endpoint.service_name, endpoint.service_region)
        rules.private_dns(call, vpc, service, endpoint)
        endpoint.private_zone_id = private_zone()
    endpoint.private_dns_enabled = wants_private
    endpoint.group_ids = group_ids
    _move_nics(call, endpoint, added, kept)
    if endpoint.state == "available":
        lifecycle.come_up(call.world, endpoint, call.now, call.world.knobs.modify_seconds)
    else:
        call.world.save_endpoint(endpoint)
    return {"Return": True}


def _modify_resource(call: Call, endpoint: Endpoint) -> dict[str, Any]:
    resource.modifiable(call, endpoint)
    endpoint.group_ids = _groups(call, rules.vpc_of(call, endpoint.vpc_id), endpoint)
    seconds = call.world.knobs.modify_seconds
    lifecycle.come_up(call.world, endpoint, call.now, seconds, then=endpoint.state)
    return {"Return": True}


def _own(call: Call, key: str) -> Endpoint:
    endpoint = call.world.endpoints.get(key)
    if endpoint is None or not call.mine(endpoint) or endpoint.state == "deleted":
        raise AwsError("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{key}' does not exist")
    return endpoint


def _not_yours(endpoint: Endpoint) -> AwsError:
    text = f"The VPC endpoint {endpoint.id} is managed by the service that created it."
    return AwsError("OperationNotPermitted", text)


def _subnets(call: Call, vpc: Vpc, endpoint: Endpoint) -> tuple[list[Subnet], list[Subnet]]:
    """Return the subnets to add, and those held that stay."""
    held = [subnet for key in endpoint.subnet_ids if (subnet := call.world.subnets.get(key))]
    removed = call.params.get("RemoveSubnetIds") or []
    for key in removed:
        if key not in endpoint.subnet_ids:
            raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{key}' does not exist")
    kept = [subnet for subnet in held if subnet.id not in removed]
    wanted = [key for key in call.params.get("AddSubnetIds") or [] if key not in {s.id for s in kept}]
    if not wanted:
        return [], kept
    service = rules.service_of(call, endpoint.service_name, endpoint.service_region)
    return rules.subnets_of(call, vpc, service, wanted, kept), kept


def _groups(call: Call, vpc: Vpc, endpoint: Endpoint) -> list[str]:
    removed = call.params.get("RemoveSecurityGroupIds") or []
    for key in removed:
        if key not in endpoint.group_ids:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{key}' does not exist")
    wanted = call.params.get("AddSecurityGroupIds")
    added = [group.id for group in rules.groups_of(call, vpc, wanted)] if wanted else []
    kept = [key for key in endpoint.group_ids if key not in removed and key not in added] + added
    if not kept:
        text = "At least one security group must be specified."
        raise AwsError("InvalidParameter", text)
    return kept


def _move_nics(call: Call, endpoint: Endpoint, added: list[Subnet], kept: list[Subnet]) -> None:
    for subnet_id in endpoint.subnet_ids:
        nic = call.world.nic_in(endpoint, subnet_id)
        if nic is not None and subnet_id not in {subnet.id for subnet in kept}:
            call.world.release_nic(nic)
    for subnet in added:
        call.world.add_nic(endpoint, subnet, call.now)
    endpoint.subnet_ids = [subnet.id for subnet in [*kept, *added]]


@operation("ec2", "DeleteVpcEndpoints")
def delete_vpc_endpoints(call: Call) -> dict[str, Any]:
    """Begin deleting endpoints; what cannot be deleted comes back item by item with status 200."""
    unsuccessful = []
    for key in dict.fromkeys(call.params["VpcEndpointIds"]):
        problem = _delete(call, key)
        if problem is not None:
            error = {"Code": problem.code, "Message": problem.message}
            unsuccessful.append({"ResourceId": key, "Error": error})
    return {"Unsuccessful": unsuccessful}


def _delete(call: Call, key: str) -> AwsError | None:
    for fault in call.lenses:
        if fault.kind == "partial_delete" and fault.resource in ("", key):
            return planned(fault, call.service, None)
    endpoint = call.world.endpoints.get(key)
    if endpoint is None or not call.mine(endpoint) or endpoint.state == "deleted":
        text = f"The VpcEndpoint Id '{key}' does not exist"
        return AwsError("InvalidVpcEndpoint.NotFound", text)
    if endpoint.requester_managed:
        return _not_yours(endpoint)
    lifecycle.delete(call.world, endpoint, call.now)
    return None
