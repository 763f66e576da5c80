"""The demo's first endpoints, at least one of each type and in each lasting state, and what is left to try.

All ids are those of the sandbox's seed (endpoints/sandbox/world/seed.py, described in its README).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from endpoints.domain.types import Source

ORDERS = UUID("b0000000-0000-4000-8000-000000000001")  # eu-central-1
ANALYTICS = UUID("b0000000-0000-4000-8000-000000000002")  # us-east-1

Asked = dict[str, str]

_OWNER = "222222222222"
_NUMBERS = {"us-east-1": 1, "eu-central-1": 4}
_CLUSTERS = {"orders": 1, "closed": 2, "iam-only": 3, "spare": 4}


def service_name(region: str, k: int) -> str:
    """Return the name of an endpoint service."""
    return f"com.amazonaws.vpce.{region}.vpce-svc-{_NUMBERS[region] * 16 + k:017x}"


def resource(region: str, k: int) -> tuple[str, str]:
    """Return a resource configuration's ID and its share's ARN."""
    number = _NUMBERS[region] * 16 + k
    return f"rcfg-{number:017x}", f"arn:aws:ram:{region}:{_OWNER}:resource-share/{UUID(int=number)}"


def cluster(region: str, name: str) -> str:
    """Return the ARN of an MSK cluster."""
    uuid = f"00000000-0000-4000-8000-{_NUMBERS[region]:011x}{_CLUSTERS[name]}-1"
    return f"arn:aws:kafka:{region}:{_OWNER}:cluster/{name}/{uuid}"


def first_endpoints() -> Iterator[tuple[UUID, Asked]]:
    """Yield what to ask for: the service, and the request in the API's words."""
    here, there = "eu-central-1", "us-east-1"
    yield ORDERS, _service("Orders Kafka", here, 1)  # Pending Acceptance
    yield ORDERS, _service("Customers Postgres", here, 2)  # Ready
    yield ORDERS, _service("Inventory MySQL", here, 3)  # Failed: its owner does not allow our account
    yield ORDERS, _resource("Orders Postgres", here, 1)  # Ready, after Postern accepted the invitation
    yield ORDERS, _resource("Payments MySQL", here, 2)  # Ready, shared within an organization
    yield ORDERS, _cluster("Orders MSK", here, "orders", "SASL_IAM")  # Ready
    yield ORDERS, _cluster("Audit MSK", here, "closed", "SASL_SCRAM")  # Failed: the policy allows nobody
    yield ORDERS, _cluster("Metrics MSK", here, "iam-only", "SASL_SCRAM")  # Failed: the scheme is off
    yield ANALYTICS, _resource("Archive MongoDB", there, 3)  # waits for its share, Failed after 9 minutes


@dataclass(frozen=True)
class DemoPipe:
    """A ClickPipe of the demo, on an endpoint of `orders` by its description; `by_id`: it names it by id."""

    name: str
    source: Source
    endpoint: str
    by_id: bool = True


PIPES = (
    DemoPipe("customers", Source.POSTGRES, "Customers Postgres"),
    DemoPipe("customers-nightly", Source.POSTGRES, "Customers Postgres", by_id=False),
    DemoPipe("orders", Source.POSTGRES, "Orders Postgres"),
    DemoPipe("order-events", Source.KAFKA, "Orders MSK"),
    DemoPipe("payments", Source.MYSQL, "Payments MySQL"),
)
"""The demo's ClickPipes. Each is recorded once its endpoint is Ready: before that it has no address."""


def _service(description: str, region: str, k: int) -> Asked:
    return {
        "type": "VPC_ENDPOINT_SERVICE",
        "description": description,
        "vpcEndpointServiceName": service_name(region, k),
    }


def _resource(description: str, region: str, k: int) -> Asked:
    configuration, share = resource(region, k)
    return {
        "type": "VPC_RESOURCE",
        "description": description,
        "vpcResourceConfigurationId": configuration,
        "vpcResourceShareArn": share,
    }


def _cluster(description: str, region: str, name: str, authentication: str) -> Asked:
    return {
        "type": "MSK_MULTI_VPC",
        "description": description,
        "mskClusterArn": cluster(region, name),
        "mskAuthentication": authentication,
    }


NAMES = {
    service_name("eu-central-1", 1): "its owner must accept the connection",
    service_name("eu-central-1", 2): "accepts by itself",
    service_name("eu-central-1", 3): "does not allow our account",
}
"""Service names to try, and what they show. A name serves any number of endpoints of an organization."""

RESOURCES = {
    resource("eu-central-1", 5): "shared within an organization: nothing to accept",
    resource("eu-central-1", 4): "Postern accepts the invitation, which AWS keeps for 12 hours",
}
"""Resource configurations with shares that nobody uses yet, and what they show."""

CLUSTERS = {cluster("eu-central-1", "spare"): "with SASL_IAM, and once more with SASL_SCRAM"}
"""MSK clusters without a connection, and what they show."""
