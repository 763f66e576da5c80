"""What the tests of the engine say: ask for endpoints, let the engine work, look at AWS and at the rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from endpoints import intents
from endpoints.intents import Wanted
from endpoints.models import (
    Attempt,
    Event,
    Installation,
    Network,
    Organization,
    Region,
    ReversePrivateEndpoint,
    Role,
    Service,
    User,
    read_clock,
)
from endpoints.reconcile import act, observe
from tests.people import give_role, make_service, make_user
from tests.sandbox_client import (
    OWNER,
    Json,
    Sandbox,
    configuration_id,
    group_id,
    service_name,
    share_arn,
    subnet_id,
    vpc_id,
)

REGION = "eu-central-1"
GRACE = 300  # seconds, CREATE_GRACE_SECONDS as shipped
DAY = 24 * 3600
LOOK_AGAIN = 6  # seconds; a row whose deadline passed waits five for a newer listing
WRITES = (
    "CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints",
    "AcceptResourceShareInvitation", "CreateVpcConnection", "DeleteVpcConnection",
)  # fmt: skip

Asked = Mapping[str, str]


def wanted(name: str, description: str = "orders") -> Asked:
    """Return a request in the API's words."""
    return {"type": "VPC_ENDPOINT_SERVICE", "description": description, "vpcEndpointServiceName": name}


def resource(k: int = 1, *, share: str = "", configuration: str = "") -> Asked:
    """Return a request for the seed's resource configuration k by its share, or by another."""
    return {
        "type": "VPC_RESOURCE",
        "description": "orders",
        "vpcResourceConfigurationId": configuration or configuration_id(REGION, k),
        "vpcResourceShareArn": share or share_arn(REGION, k),
    }


def cluster(name: str = "orders", scheme: str = "SASL_IAM", *, arn: str = "") -> Asked:
    """Return a request for a connection to one of the seed's clusters, without its uuid, or to `arn`."""
    return {
        "type": "MSK_MULTI_VPC",
        "description": "orders",
        "mskClusterArn": arn or f"arn:aws:kafka:{REGION}:{OWNER}:cluster/{name}",
        "mskAuthentication": scheme,
    }


def checked(service: Service, asked: str | Asked) -> Wanted:
    """Return a checked request for an endpoint, to a service name or in the API's words."""
    found, errors = intents.check_wanted(service, wanted(asked) if isinstance(asked, str) else asked)
    assert found is not None, errors
    return found


def add_network(region_name: str) -> Network:
    """Return the operator's VPC of a region as a network."""
    region, _ = Region.objects.get_or_create(name=region_name)
    return Network.objects.create(
        region=region,
        vpc_id=vpc_id(region_name),
        subnet_ids=[subnet_id(region_name, n) for n in (1, 2, 3)],
        security_group_ids=[group_id(region_name)],
    )


@dataclass
class World:
    """One organization's service in eu-central-1 with an operator, another organization, and the sandbox."""

    box: Sandbox
    network: Network
    service: Service
    user: User
    other_service: Service
    other_user: User

    @classmethod
    def begin(cls, box: Sandbox) -> "World":
        """Make the rows; nothing is in AWS yet."""
        network = add_network(REGION)
        service = make_service(Organization.objects.create(name="Example Shop"), "orders")
        other = make_service(Organization.objects.create(name="Example Bank"), "ledger")
        user, other_user = make_user("operator@example.com"), make_user("banker@example.com")
        give_role(user, Role.OPERATOR, service)
        give_role(other_user, Role.OPERATOR, other)
        return cls(box, network, service, user, other, other_user)

    # People

    def ask(self, k: int = 1, *, name: str = "", other: bool = False) -> ReversePrivateEndpoint:
        """Ask for an endpoint to the seed's service k of eu-central-1, or to `name`."""
        return self.ask_for(wanted(name or service_name(REGION, k)), other=other)

    def ask_for(self, asked: Asked, *, other: bool = False) -> ReversePrivateEndpoint:
        """Ask in the API's words."""
        service, by = (self.other_service, self.other_user) if other else (self.service, self.user)
        return intents.request_endpoint(service=service, wanted=checked(service, asked), by=by)

    def remove(self, row: ReversePrivateEndpoint) -> None:
        """Ask for a removal."""
        intents.request_removal(endpoint=row, by=self.user)

    def retry(self, row: ReversePrivateEndpoint) -> None:
        """Ask for a next attempt."""
        intents.retry(endpoint=row, by=self.user)

    # The engine

    def reconcile(self) -> None:
        """Take the steps that are due."""
        act.reconcile_due()

    def observe(self, region: str = REGION) -> bool:
        """List the region once, due or not."""
        return observe.observe_region(region)

    def work(self, region: str = REGION) -> None:
        """Let steps and listings follow each other until two listings have seen the last step."""
        for _ in range(3):
            self.reconcile()
            self.observe(region)
        self.reconcile()

    def later(self, seconds: float, region: str = REGION) -> None:
        """Let time pass, then work."""
        self.box.advance(seconds)
        self.work(region)

    def make(self, k: int = 2, *, status: str = "Ready") -> ReversePrivateEndpoint:
        """Ask, work, and return the row in the expected status."""
        return self.make_of(wanted(service_name(REGION, k)), status=status)

    def make_of(self, asked: Asked, *, status: str = "Ready") -> ReversePrivateEndpoint:
        """Ask in the API's words, work until the row has the expected status, and return it."""
        row = self.ask_for(asked)
        for _ in range(4):
            self.work()
            row.refresh_from_db()
            if row.status == status:
                return row
            self.box.advance(6)
        raise AssertionError((row.status, row.reason, row.raw_error))

    # What is

    def ours(self) -> list[Json]:
        """Return the sandbox's endpoints and connections with this installation's tag, dying ones too."""
        mine = str(Installation.get().pk)
        made = [*self.box.endpoints(), *self.box.connections()]
        return [thing for thing in made if thing["tags"].get("postern:installation") == mine]

    def alive(self) -> list[Json]:
        """Return those of ours that are neither being deleted nor deleted."""
        gone = ("deleting", "deleted")
        return [thing for thing in self.ours() if thing["state"].casefold() not in gone]

    def writes(self, *, since: int = 0) -> int:
        """Return how many writing calls reached the sandbox."""
        return sum(self.box.count(operation=operation, since=since) for operation in WRITES)


def codes(row: ReversePrivateEndpoint) -> list[str]:
    """Return the codes of a row's timeline, oldest first."""
    return list(Event.objects.filter(endpoint=row).order_by("id").values_list("code", flat=True))


def attempt_of(row: ReversePrivateEndpoint) -> Attempt:
    """Return the newest attempt."""
    return row.attempts.order_by("-generation")[0]


def told(row: ReversePrivateEndpoint) -> tuple[str, str]:
    """Return status and reason as they are stored now."""
    row.refresh_from_db()
    return row.status, row.reason


def moved_seconds(row: ReversePrivateEndpoint) -> float:
    """Return how long the row has been in its status, on the moved clock."""
    row.refresh_from_db()
    return (read_clock().now - row.status_since).total_seconds()


def removed(row: ReversePrivateEndpoint) -> bool:
    """Say whether the row is a tombstone by now."""
    row.refresh_from_db()
    return row.is_removed
