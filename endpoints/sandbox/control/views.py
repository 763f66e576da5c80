"""The world as the control interface shows it."""

from dataclasses import asdict
from typing import Any

from endpoints.sandbox.services.ec2.views import dns_entries
from endpoints.sandbox.world import policy, resource_life, sharing
from endpoints.sandbox.world.dns import HostedZone
from endpoints.sandbox.world.moved import iso
from endpoints.sandbox.world.msk import Cluster, Connection
from endpoints.sandbox.world.objects import Endpoint, Service
from endpoints.sandbox.world.resources import (
    EndpointAssociation,
    Invitation,
    ResourceConfiguration,
    ResourceGateway,
    ResourceShare,
)
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
        "endpoints": [endpoint_view(world, item, now) for item in world.endpoints],
        "clusters": [cluster_view(item) for item in world.msk.clusters],
        "connections": [connection_view(item) for item in world.msk.connections],
        "resource_gateways": [_with_times(item) for item in world.gateways],
        "resource_configurations": [configuration_view(world, item) for item in world.configurations],
        "shares": [share_view(world, item) for item in world.shares],
        "invitations": [invitation_view(item) for item in world.invitations],
        "associations": [association_view(world, item, now) for item in world.associations],
        "network_interfaces": [asdict(item) for item in world.nics],
        "zones": [zone_view(world, item) for item in world.dns.zones],
    }


def service_view(service: Service) -> dict[str, Any]:
    """Return a service as the control interface shows it."""
    return {**asdict(service), "created_at": iso(service.created_at)}


def endpoint_view(world: World, endpoint: Endpoint, now: float) -> dict[str, Any]:
    """Return an endpoint as the control interface shows it; `next` is what follows and when."""
    associations = [association_view(world, item, now) for item in world.associations_of(endpoint)]
    names = [entry["DnsName"] for entry in dns_entries(world, endpoint)]
    return {
        "id": endpoint.id, "type": endpoint.kind, "region": endpoint.region, "account": endpoint.account,
        "state": endpoint.state, "next": {state: iso(at) for state, at in endpoint.schedule.items()},
        "vpc_id": endpoint.vpc_id, "subnet_ids": endpoint.subnet_ids, "group_ids": endpoint.group_ids,
        "service_id": endpoint.service_id, "service_name": endpoint.service_name,
        "service_region": endpoint.service_region, "tags": endpoint.tags,
        "client_token": endpoint.client_token, "created_at": iso(endpoint.created_at),
        "accepted": endpoint.accepted, "private_dns_enabled": endpoint.private_dns_enabled,
        "dns_names": names + [item["dns_name"] for item in associations],
        "requester_managed": endpoint.requester_managed,
        "error_code": endpoint.error_code, "error_message": endpoint.error_message,
        "configuration_arn": endpoint.configuration_arn, "associations": associations,
        "prefixes": {nic.subnet_id: nic.prefix for nic in world.nics_of(endpoint) if nic.prefix},
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


def association_view(world: World, item: EndpointAssociation, now: float) -> dict[str, Any]:
    """Return an association of a Resource endpoint, with whether it is accessible and why not."""
    code, reason = resource_life.failure(world, item)
    return {
        "id": item.ec2_id, "lattice_id": item.lattice_id, "endpoint_id": item.endpoint_id,
        "region": item.region, "account": item.account, "configuration_id": item.configuration_id,
        "configuration_arn": item.configuration_arn, "group_arn": item.group_arn, "dns_name": item.dns_name,
        "private_name": item.private_name, "accessible": resource_life.accessible(world, item, now),
        "accessible_at": iso(item.accessible_at), "cut": item.cut, "hidden": item.hidden,
        "failure_code": code, "failure_reason": reason, "created_at": iso(item.created_at),
    }  # fmt: skip


def configuration_view(world: World, item: ResourceConfiguration) -> dict[str, Any]:
    """Return a resource configuration, with what is its gateway's."""
    gateway = world.gateways.get(item.gateway_id)
    more = {"zone_ids": gateway.zone_ids, "vpc_id": gateway.vpc_id} if gateway else {}
    return {**_with_times(item), "type": item.kind, **more}


def share_view(world: World, share: ResourceShare) -> dict[str, Any]:
    """Return a share with its resources, its principals and their invitations."""
    rows = sharing.associations_of(world, share)
    principals = {item.entity: item.status for item in rows if item.kind == sharing.PRINCIPAL}
    resources = {item.entity: item.status for item in rows if item.kind == sharing.RESOURCE}
    invitations = [invitation_view(item) for item in world.invitations if item.share_id == share.id]
    shown = {**_with_times(share), "principals": principals, "resources": resources}
    return {**shown, "invitations": invitations}


def invitation_view(item: Invitation) -> dict[str, Any]:
    """Return an invitation."""
    return {**_with_times(item), "share_arn": item.share_arn}


def zone_view(world: World, zone: HostedZone) -> dict[str, Any]:
    """Return a hosted zone with its record sets in the order of lists; NS and SOA are among them."""
    records = sorted(world.dns.records_of(zone).values(), key=lambda record: record.place)
    shown = [
        {"name": item.name, "type": item.kind, "ttl": item.ttl, "values": item.values, "alias": item.alias}
        for item in records
    ]
    return {**asdict(zone), "created_at": iso(zone.created_at), "records": shown}


def _with_times(
    item: ResourceGateway | ResourceConfiguration | ResourceShare | Invitation,
) -> dict[str, Any]:
    """Return an object's members and ARN, times spelled as ISO 8601."""
    shown = {**asdict(item), "arn": item.arn}
    spelled = {name: iso(at) for name, at in shown.items() if name.endswith("_at") and at is not None}
    return {**shown, **spelled}
