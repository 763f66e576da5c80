"""Resource gateways: the owner's way in. They are ACTIVE at once."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.lattice.common import conflict, items_page, made_before, own, refused
from endpoints.sandbox.world.objects import Subnet
from endpoints.sandbox.world.resources import ResourceGateway
from endpoints.sandbox.world.world import new_id

WHAT = "RESOURCE_GATEWAY"


@operation("vpc-lattice", "CreateResourceGateway")
def create_resource_gateway(call: Call) -> dict[str, Any]:
    """Make a gateway in a VPC of the caller. Raises AwsError ValidationException, ConflictException."""
    params = call.params
    gateway = made_before(call, call.world.gateways, params["name"], WHAT)
    if gateway is None:
        vpc = call.world.vpcs.get(params.get("vpcIdentifier", ""))
        if vpc is None or not call.mine(vpc):
            raise refused(f"The VPC {params.get('vpcIdentifier', '')} does not exist.")
        subnets = _subnets(call, vpc.id)
        gateway = ResourceGateway(
            new_id("rgw"), call.region, call.account, params["name"], vpc.id,
            sorted({subnet.zone_id for subnet in subnets}), call.now,
            [subnet.id for subnet in subnets], list(params.get("securityGroupIds") or []),
            client_token=params.get("clientToken", ""), tags=dict(params.get("tags") or {}),
        )  # fmt: skip
        call.world.gateways.put(gateway)
    return {**_view(gateway), "vpcIdentifier": gateway.vpc_id}


def _subnets(call: Call, vpc_id: str) -> list[Subnet]:
    found = []
    for key in call.params.get("subnetIds") or []:
        subnet = call.world.subnets.get(key)
        if subnet is None or subnet.vpc_id != vpc_id:
            raise refused(f"The subnet {key} does not exist in {vpc_id}.")
        found.append(subnet)
    if not found:
        raise refused("A resource gateway needs a subnet.")
    return found


@operation("vpc-lattice", "GetResourceGateway")
def get_resource_gateway(call: Call) -> dict[str, Any]:
    """Show a gateway of the caller. Raises AwsError ResourceNotFoundException, AccessDeniedException."""
    gateway = own(call, call.world.gateways, call.params["resourceGatewayIdentifier"], WHAT)
    return {**_view(gateway), "vpcId": gateway.vpc_id, "serviceManaged": False, **_times(gateway)}


@operation("vpc-lattice", "ListResourceGateways")
def list_resource_gateways(call: Call) -> dict[str, Any]:
    """List the caller's gateways in this Region."""
    mine = [gateway for gateway in call.world.gateways if call.mine(gateway)]
    return items_page(
        call, mine, lambda item: item.id,
        lambda item: {**_view(item), "vpcIdentifier": item.vpc_id, **_times(item)},
    )  # fmt: skip


@operation("vpc-lattice", "DeleteResourceGateway")
def delete_resource_gateway(call: Call) -> dict[str, Any]:
    """Delete a gateway. Raises AwsError ConflictException while resource configurations use it."""
    gateway = own(call, call.world.gateways, call.params["resourceGatewayIdentifier"], WHAT)
    if any(item.gateway_id == gateway.id for item in call.world.configurations):
        raise conflict("The resource gateway has resource configurations.", gateway.id, WHAT)
    call.world.gateways.remove(gateway.id)
    return {"id": gateway.id, "arn": gateway.arn, "name": gateway.name, "status": "DELETE_IN_PROGRESS"}


def _view(gateway: ResourceGateway) -> dict[str, Any]:
    return {
        "id": gateway.id, "arn": gateway.arn, "name": gateway.name, "status": gateway.status,
        "subnetIds": gateway.subnet_ids, "securityGroupIds": gateway.group_ids, "ipAddressType": "IPV4",
    }  # fmt: skip


def _times(gateway: ResourceGateway) -> dict[str, float]:
    return {"createdAt": gateway.created_at, "lastUpdatedAt": gateway.created_at}
