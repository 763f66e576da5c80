"""The client's reads of its VPC connections, and DeleteVpcConnection (aws.md §1c, §4)."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.kafka.common import not_found, page
from endpoints.sandbox.services.lenses import rewritten, through_lag
from endpoints.sandbox.world import connections
from endpoints.sandbox.world.msk import Connection


def _seen(call: Call, *, by_id: bool) -> list[Connection]:
    """Return the caller's connections in this Region, oldest first, through the faults' lenses."""
    mine = [item for item in call.world.msk.connections if call.mine(item)]
    ghosts = [item for item in call.world.msk.ghosts if call.mine(item)]
    return through_lag(call, mine, ghosts, connections.LEAVING_STATES, by_id=by_id)


def own_connection(call: Call, arn: str) -> Connection:
    """Return the caller's connection as it is. Raises AwsError NotFoundException."""
    connection = call.world.msk.connections.get(arn)
    if connection is None or not call.mine(connection):
        raise not_found(f"The VPC connection {arn} does not exist.")
    return connection


def _summary(connection: Connection) -> dict[str, Any]:
    return {
        "VpcConnectionArn": connection.id, "TargetClusterArn": connection.cluster_arn,
        "CreationTime": connection.created_at, "Authentication": connection.authentication,
        "VpcId": connection.vpc_id, "State": connection.state,
    }  # fmt: skip


@operation("kafka", "ListVpcConnections")
def list_vpc_connections(call: Call) -> dict[str, Any]:
    """List the caller's connections in this Region, without tags and subnets; at most 100 a page."""
    chosen, token = page(call, _seen(call, by_id=False), lambda item: f"{item.number:012d}")
    views = [rewritten(call, _summary(item), item.id) for item in chosen]
    return {"VpcConnections": views, "NextToken": token}


@operation("kafka", "DescribeVpcConnection")
def describe_vpc_connection(call: Call) -> dict[str, Any]:
    """Show one connection, tags included. Raises AwsError NotFoundException."""
    arn = call.params["Arn"]
    connection = next((item for item in _seen(call, by_id=True) if item.id == arn), None)
    if connection is None:
        raise not_found(f"The VPC connection {arn} does not exist.")
    view = {
        **_summary(connection), "Subnets": connection.subnet_ids,
        "SecurityGroups": connection.group_ids, "Tags": connection.tags,
    }  # fmt: skip
    return rewritten(call, view, connection.id)


@operation("kafka", "DeleteVpcConnection")
def delete_vpc_connection(call: Call) -> dict[str, Any]:
    """Begin deleting, in any state; twice is no error. Raises AwsError NotFoundException."""
    connection = own_connection(call, call.params["Arn"])
    connections.delete(call.world, connection, call.now)
    return {"VpcConnectionArn": connection.id, "State": connection.state}
