"""Short ways to say what most tests of MSK do."""

from typing import Any

from tests.sandbox.helpers import REGION
from tests.sandbox_client import OWNER, REGIONS, Sandbox, group_id, subnet_id, vpc_id


def cluster_arn(region: str = REGION, name: str = "orders") -> str:
    """Return the ARN of the seed's cluster `orders`, `closed`, `iam-only` or `spare` of a Region."""
    k = ("orders", "closed", "iam-only", "spare").index(name) + 1
    uuid = f"00000000-0000-4000-8000-{REGIONS.index(region) + 1:011x}{k}-1"
    return f"arn:aws:kafka:{region}:{OWNER}:cluster/{name}/{uuid}"


def request(cluster: str | None = None, region: str = REGION, **more: Any) -> dict[str, Any]:
    """Return the parameters of a CreateVpcConnection that succeeds, with some of them changed."""
    return {
        "TargetClusterArn": cluster or cluster_arn(region), "Authentication": "SASL_IAM",
        "VpcId": vpc_id(region), "ClientSubnets": [subnet_id(region, n) for n in (1, 2, 3)],
        "SecurityGroups": [group_id(region)], **more,
    }  # fmt: skip


def connect(kafka: Any, cluster: str | None = None, region: str = REGION, **more: Any) -> str:
    """Create a VPC connection and return its ARN."""
    return str(kafka.create_vpc_connection(**request(cluster, region, **more))["VpcConnectionArn"])


def state(kafka: Any, arn: str) -> str:
    """Return a connection's state on the wire."""
    return str(kafka.describe_vpc_connection(Arn=arn)["State"])


def managed(box: Sandbox, arn: str) -> dict[str, Any]:
    """Return the endpoint that MSK made for a connection, as EC2 shows it."""
    endpoint_id = box.connections(id=arn)[0]["endpoint_id"]
    ec2 = box.boto3("ec2", arn.split(":")[3])
    found: dict[str, Any] = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0]
    return found
