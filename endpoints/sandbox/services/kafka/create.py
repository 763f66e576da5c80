"""CreateVpcConnection, which has no client token (aws.md §1c, §1e)."""

import uuid
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ec2.create import dns_suffix
from endpoints.sandbox.services.kafka import rules
from endpoints.sandbox.services.kafka.common import usable_cluster
from endpoints.sandbox.services.kafka.tags import read_tags
from endpoints.sandbox.world import connections
from endpoints.sandbox.world.msk import Cluster, Connection, digest
from endpoints.sandbox.world.objects import Endpoint, Subnet
from endpoints.sandbox.world.world import new_id


@operation("kafka", "CreateVpcConnection")
def create_vpc_connection(call: Call) -> dict[str, Any]:
    """Connect the caller's VPC to a cluster by one scheme; the answer always says CREATING.

    Raises AwsError as the checks in `rules` do, and NotFoundException, ForbiddenException.
    """
    params = call.params
    cluster = usable_cluster(call, params["TargetClusterArn"], "targetClusterArn")
    scheme = params["Authentication"]
    rules.offered(cluster, scheme)
    vpc = rules.vpc_of(call, params["VpcId"])
    subnets = rules.subnets_of(call, vpc, cluster, params["ClientSubnets"])
    group_ids = rules.groups_of(call, vpc, params["SecurityGroups"])
    tags = read_tags(params.get("Tags") or {})
    rules.first_of_its_kind(call, cluster, vpc, scheme)
    rules.room_for(call, vpc, subnets)
    arn = (
        f"arn:aws:kafka:{call.region}:{call.account}:vpc-connection/{cluster.account}/{cluster.name}/"
        f"{uuid.uuid4()}-2"
    )
    connection = Connection(
        arn, call.world.next_number(), call.region, call.account, cluster.id, scheme, vpc.id,
        [subnet.id for subnet in subnets], group_ids, call.now, new_id("vpce"), tags=tags,
    )  # fmt: skip
    _add_endpoint(call, connection, cluster, subnets)
    connections.start(call.world, connection, call.now)
    return {
        "VpcConnectionArn": arn, "State": connection.state, "Authentication": scheme, "VpcId": vpc.id,
        "ClientSubnets": connection.subnet_ids, "SecurityGroups": group_ids, "CreationTime": call.now,
        "Tags": tags,
    }  # fmt: skip


def _add_endpoint(call: Call, connection: Connection, cluster: Cluster, subnets: list[Subnet]) -> None:
    """Make MSK's own endpoint in the caller's VPC: it carries none of the caller's tags."""
    service_id = f"vpce-svc-{digest(cluster.id, connection.authentication)[:17]}"
    endpoint = Endpoint(
        id=connection.endpoint_id, number=call.world.next_number(), region=call.region,
        account=call.account, kind="Interface", vpc_id=connection.vpc_id, service_id=service_id,
        service_name=f"com.amazonaws.vpce.{call.region}.{service_id}", service_region=call.region,
        state="pending", created_at=call.now, dns_suffix=dns_suffix(), connection_id=new_id("vpce-con"),
        subnet_ids=connection.subnet_ids, group_ids=connection.group_ids, accepted=True,
        tags={"AWSMSKManaged": "true"}, requester_managed=True,
    )  # fmt: skip
    for subnet in subnets:
        call.world.add_nic(endpoint, subnet, call.now)
    call.world.save_endpoint(endpoint)
