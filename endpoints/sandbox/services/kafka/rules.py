"""Checks of a new VPC connection, as AWS makes them (aws.md §1c). All raise AwsError BadRequestException."""

import re

from endpoints.sandbox.operations import Call
from endpoints.sandbox.services.kafka.common import bad_request
from endpoints.sandbox.world.lifecycle import GONE_STATES
from endpoints.sandbox.world.msk import SCHEMES, Cluster
from endpoints.sandbox.world.objects import Subnet, Vpc

_OLDEST = (2, 7, 1)


def offered(cluster: Cluster, scheme: str) -> None:
    """Check that the cluster can be connected to by this scheme, now."""
    if scheme not in SCHEMES:
        raise bad_request(f"The authentication {scheme} is not valid.", "authentication")
    if cluster.cluster_type != "PROVISIONED":
        raise bad_request("Only provisioned clusters have VPC connections.", "targetClusterArn")
    if cluster.state != "ACTIVE":
        text = f"The cluster is {cluster.state}; it must be ACTIVE."
        raise bad_request(text, "targetClusterArn")
    version = tuple(int(part) for part in re.findall(r"\d+", cluster.kafka_version)[:3])
    if version < _OLDEST or cluster.instance_type == "kafka.t3.small":
        text = "The cluster's Kafka version or broker type does not support multi-VPC connectivity."
        raise bad_request(text, "targetClusterArn")
    if scheme not in cluster.schemes:
        text = f"Multi-VPC private connectivity is not turned on for {scheme} on this cluster."
        raise bad_request(text, "authentication")


def vpc_of(call: Call, key: str) -> Vpc:
    """Return the caller's VPC."""
    vpc = call.world.vpcs.get(key)
    if vpc is None or not call.mine(vpc):
        raise bad_request(f"The VPC {key} does not exist.", "vpcId")
    return vpc


def subnets_of(call: Call, vpc: Vpc, cluster: Cluster, wanted: list[str]) -> list[Subnet]:
    """Return the client's subnets: as many as the cluster has, in zones of the same ids."""
    subnets = []
    for key in wanted:
        subnet = call.world.subnets.get(key)
        if subnet is None or not call.mine(subnet) or subnet.vpc_id != vpc.id:
            raise bad_request(f"The subnet {key} does not exist in {vpc.id}.", "clientSubnets")
        subnets.append(subnet)
    if len(subnets) != len(cluster.zone_ids):
        text = (
            f"The number of client subnets must be {len(cluster.zone_ids)}, as the cluster has; "
            f"{len(subnets)} were given."
        )
        raise bad_request(text, "clientSubnets")
    zone_ids = sorted(subnet.zone_id for subnet in subnets)
    if zone_ids != sorted(cluster.zone_ids):
        text = (
            f"The client subnets must be in the cluster's zones {', '.join(sorted(cluster.zone_ids))}; "
            f"they are in {', '.join(zone_ids)}."
        )
        raise bad_request(text, "clientSubnets")
    return subnets


def groups_of(call: Call, vpc: Vpc, wanted: list[str]) -> list[str]:
    """Return the groups' ids; at least one is needed."""
    if not wanted:
        raise bad_request("At least one security group is needed.", "securityGroups")
    for key in wanted:
        group = call.world.groups.get(key)
        if group is None or not call.mine(group) or group.vpc_id != vpc.id:
            raise bad_request(f"The security group {key} does not exist in {vpc.id}.", "securityGroups")
    return list(dict.fromkeys(wanted))


def first_of_its_kind(call: Call, cluster: Cluster, vpc: Vpc, scheme: str) -> None:
    """Check that the VPC has no connection to this cluster by this scheme, in whatever state."""
    for item in call.world.msk.connections_of(cluster):
        if item.vpc_id == vpc.id and item.authentication == scheme:
            text = f"A VPC connection to this cluster from {vpc.id} with {scheme} already exists: {item.id}"
            raise bad_request(text, "targetClusterArn")


def room_for(call: Call, vpc: Vpc, subnets: list[Subnet]) -> None:
    """Check that MSK can make its endpoint: the quota of the VPC, and an address in every subnet."""
    used = [
        item
        for item in call.world.endpoints
        if item.vpc_id == vpc.id and item.kind == "Interface" and item.state not in GONE_STATES
    ]
    if len(used) >= call.world.knobs.interface_quota_per_vpc:
        raise bad_request("The maximum number of VPC endpoints has been reached.", "vpcId")
    for subnet in subnets:
        if call.world.free_count(subnet) < 1:
            text = f"The subnet {subnet.id} does not have enough free addresses."
            raise bad_request(text, "clientSubnets")
