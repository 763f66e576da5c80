"""What the tests at the wire have in common: who asks, for whom, and with which tags."""

import uuid

from endpoints.domain.sighting import NetworkFacts
from endpoints.providers.base import Operator, Ownership

REGION = "eu-central-1"
INSTALLATION = uuid.UUID(int=1)
OWNER = Ownership(uuid.UUID(int=2), 3)
OPERATOR = Operator(REGION, "", INSTALLATION, "postern", 1.0, 1.0)
TAG_MAP = {
    "postern:endpoint-id": str(OWNER.endpoint_id),
    "postern:generation": "3",
    "postern:installation": str(INSTALLATION),
}
TAGS = [{"Key": key, "Value": value} for key, value in TAG_MAP.items()]
META = {"ResponseMetadata": {"RequestId": "r-1", "HTTPStatusCode": 200}}
NETWORK = NetworkFacts("vpc-1", ("subnet-1", "subnet-2", "subnet-3"), ("sg-1",), 50)
OTHER = NetworkFacts("vpc-2", ("subnet-4", "subnet-5", "subnet-6"), ("sg-2",), 50)


def known_subnets(**zones: str) -> dict[str, object]:
    """Return an answer of DescribeSubnets: `subnet_1="euc1-az1"`, and so on; subnet n is 10.0.n.0/24."""
    return {
        "Subnets": [
            {
                "SubnetId": name.replace("_", "-"),
                "AvailabilityZoneId": zone,
                "CidrBlock": f"10.0.{name.rpartition('_')[2]}.0/24",
            }
            for name, zone in zones.items()
        ]
    }


def subnet_filter(*networks: NetworkFacts) -> dict[str, object]:
    """Return how DescribeSubnets is asked for the subnets of networks."""
    wanted = [subnet for network in networks for subnet in network.subnet_ids]
    return {"Filters": [{"Name": "subnet-id", "Values": wanted}]}
