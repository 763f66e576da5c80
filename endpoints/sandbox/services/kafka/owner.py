"""The cluster owner's side: the cluster policy, and connections to reject (aws.md §1c, §10)."""

import secrets
import string
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.kafka.common import bad_request, not_found, own_cluster, page
from endpoints.sandbox.wire.errors import not_built
from endpoints.sandbox.world import connections, policy
from endpoints.sandbox.world.msk import Cluster

_LETTERS = string.ascii_uppercase + string.digits


@operation("kafka", "GetClusterPolicy")
def get_cluster_policy(call: Call) -> dict[str, Any]:
    """Show the policy. Raises AwsError NotFoundException when there is none."""
    cluster = _with_policy(call)
    return {"CurrentVersion": cluster.policy_version, "Policy": cluster.policy}


def _with_policy(call: Call) -> Cluster:
    cluster = own_cluster(call, call.params["ClusterArn"])
    if not cluster.policy:
        raise not_found("The cluster has no policy.")
    return cluster


@operation("kafka", "PutClusterPolicy")
def put_cluster_policy(call: Call) -> dict[str, Any]:
    """Set the policy; connections that exist stay.

    Raises AwsError BadRequestException for a text that is no policy, and for a `CurrentVersion` that is not
    the one in force.
    """
    cluster = own_cluster(call, call.params["ClusterArn"])
    try:
        statements = policy.read(call.params["Policy"])
    except ValueError as error:
        raise bad_request(str(error), "policy") from error
    if any("Condition" in statement for statement in statements):
        raise not_built("conditions in a cluster policy")
    if call.params.get("CurrentVersion", cluster.policy_version) != cluster.policy_version:
        raise bad_request("The current version of the policy is another one.", "currentVersion")
    cluster.policy, cluster.policy_version = call.params["Policy"], policy_version()
    call.world.msk.clusters.put(cluster)
    return {"CurrentVersion": cluster.policy_version}


def policy_version() -> str:
    """Return a fresh version in AWS's shape."""
    return "K" + "".join(secrets.choice(_LETTERS) for _ in range(13))


@operation("kafka", "DeleteClusterPolicy")
def delete_cluster_policy(call: Call) -> dict[str, Any]:
    """Drop the policy; connections that exist stay. Raises AwsError NotFoundException."""
    cluster = _with_policy(call)
    cluster.policy = cluster.policy_version = ""
    call.world.msk.clusters.put(cluster)
    return {}


@operation("kafka", "ListClientVpcConnections")
def list_client_vpc_connections(call: Call) -> dict[str, Any]:
    """List the connections to the caller's cluster, whoever made them; at most 100 a page."""
    cluster = own_cluster(call, call.params["ClusterArn"])
    found = call.world.msk.connections_of(cluster)
    chosen, token = page(call, found, lambda item: f"{item.number:012d}")
    views = [
        {
            "Authentication": item.authentication,
            "CreationTime": item.created_at,
            "State": item.state,
            "VpcConnectionArn": item.id,
            "Owner": item.account,
        }
        for item in chosen
    ]
    return {"ClientVpcConnections": views, "NextToken": token}


@operation("kafka", "RejectClientVpcConnection")
def reject_client_vpc_connection(call: Call) -> dict[str, Any]:
    """Reject a connection, which must be AVAILABLE. Raises AwsError BadRequestException."""
    cluster = own_cluster(call, call.params["ClusterArn"])
    connection = call.world.msk.connections.get(call.params["VpcConnectionArn"])
    if connection is None or connection.cluster_arn != cluster.id:
        raise bad_request("The cluster has no such VPC connection.", "vpcConnectionArn")
    if not connections.reject(call.world, connection, call.now):
        raise bad_request(f"The VPC connection is {connection.state}.", "vpcConnectionArn")
    return {}
