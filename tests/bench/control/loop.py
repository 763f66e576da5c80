"""What the engine is measured against: one thread that makes and deletes one endpoint after the other."""

import uuid
from typing import Any

from endpoints.models import Installation, Network
from endpoints.providers.session import ec2_reader
from endpoints.reconcile.operators import operator_of


class Loop:
    """A bare boto3 loop with one client: describe the service, find, create, describe, delete, describe."""

    def __init__(self, network: Network) -> None:
        operator = operator_of(network, Installation.get())
        self._ec2 = ec2_reader(
            operator
        )  # the settings of Postern's own clients, and its connections stay open
        self._vpc, self._subnets, self._groups = (
            network.vpc_id,
            network.subnet_ids,
            network.security_group_ids,
        )

    def one(self, service_name: str, subnet: int) -> None:
        """Make and delete one endpoint in one of the network's subnets."""
        key = str(uuid.uuid4())
        tags: list[Any] = [{"Key": "bench:endpoint-id", "Value": key}]
        self._ec2.describe_vpc_endpoint_services(ServiceNames=[service_name])
        found = self._ec2.describe_vpc_endpoints(Filters=[{"Name": "tag:bench:endpoint-id", "Values": [key]}])
        assert not found["VpcEndpoints"]
        made = self._ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=self._vpc,
            ServiceName=service_name,
            SubnetIds=[self._subnets[subnet]],
            SecurityGroupIds=self._groups,
            PrivateDnsEnabled=False,
            TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}],
            ClientToken=key,
        )
        ids = [made["VpcEndpoint"]["VpcEndpointId"]]
        assert self._state(ids) == "available"
        self._ec2.delete_vpc_endpoints(VpcEndpointIds=ids)
        assert self._state(ids) == "deleted"

    def _state(self, ids: list[str]) -> str:
        return str(self._ec2.describe_vpc_endpoints(VpcEndpointIds=ids)["VpcEndpoints"][0]["State"])
