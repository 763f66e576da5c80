"""The world as the control interface shows it."""

from dataclasses import asdict
from typing import Any

from endpoints.sandbox.services.ec2.views import dns_entries
from endpoints.sandbox.world import policy
from endpoints.sandbox.world.moved import iso
from endpoints.sandbox.world.msk import Cluster, Connection
from endpoints.sandbox.world.objects import Endpoint, Service
from endpoints.sandbox.world.world import World


def world_view(world: World, now: float) -> dict[str, Any]:
    """Return everything, JSON-ready; times are ISO 8601 on the moved clock."""
    knobs = asdict(world.knobs)
    del knobs["id"]
    return {
        "now": iso(now),
        "knobs": knobs,
        "accounts": [asdict(item) for item in world.accounts],
        "vpcs": [asdict(item) for item in world.vpcs],
        "subnets": [{**asdict(item), "available": world.free_count(item)} for item in world.subnets],
        "groups": [asdict(item) for item in world.groups],
        "services": [service_view(item) for item in world.services],
        "endpoints": [endpoint_view(world, item) for item in world.endpoints],
        "clusters": [cluster_view(item) for item in world.msk.clusters],
        "connections": [connection_view(item) for item in world.msk.connections],
        "network_interfaces": [asdict(item) for item in world.nics],
    }


def service_view(service: Service) -> dict[str, Any]:
    """Return a service as the control interface shows it."""
    return {**asdict(service), "created_at": iso(service.created_at)}


def endpoint_view(world: World, endpoint: Endpoint) -> dict[str, Any]:
    """Return an endpoint as the control interface shows it; `next` is what follows and when."""
    return {
        "id": endpoint.id, "type": endpoint.kind, "region": endpoint.region, "account": endpoint.account,
        "state": endpoint.state, "next": {state: iso(at) for state, at in endpoint.schedule.items()},
        "vpc_id": endpoint.vpc_id, "subnet_ids": endpoint.subnet_ids, "group_ids": endpoint.group_ids,
        "service_id": endpoint.service_id, "service_name": endpoint.service_name,
        "service_region": endpoint.service_region, "tags": endpoint.tags,
        "client_token": endpoint.client_token, "created_at": iso(endpoint.created_at),
        "accepted": endpoint.accepted, "private_dns_enabled": endpoint.private_dns_enabled,
        "dns_names": [entry["DnsName"] for entry in dns_entries(world, endpoint)],
        "requester_managed": endpoint.requester_managed,
        "error_code": endpoint.error_code, "error_message": endpoint.error_message,
    }  # fmt: skip


def cluster_view(cluster: Cluster) -> dict[str, Any]:
    """Return a cluster as the control interface shows it; `id` is its ARN."""
    return {
        **asdict(cluster),
        "uuid": cluster.uuid,
        "subnet_ids": cluster.subnet_ids,
        "created_at": iso(cluster.created_at),
        "policy_principals": policy.principals(cluster.policy),
        "policy_actions": policy.actions(cluster.policy),
    }


def connection_view(connection: Connection) -> dict[str, Any]:
    """Return a VPC connection as the control interface shows it; `id` is its ARN."""
    shown = asdict(connection)
    for name in ("number", "schedule", "removed_at", "state_before_delete"):
        del shown[name]
    return {
        **shown,
        "uuid": connection.uuid,
        "created_at": iso(connection.created_at),
        "next": {state: iso(at) for state, at in connection.schedule.items()},
    }
