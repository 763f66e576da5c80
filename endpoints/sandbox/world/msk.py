"""MSK's part of the world: clusters, and the VPC connections that clients make to them (aws.md §1c)."""

import hashlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from endpoints.sandbox.world.store import Store
from endpoints.sandbox.world.tables import Journal, Table

SCHEMES = ("SASL_IAM", "SASL_SCRAM", "TLS")
CLUSTER_STATES = (
    "ACTIVE", "CREATING", "DELETING", "FAILED", "HEALING", "MAINTENANCE", "REBOOTING_BROKER", "UPDATING",
)  # fmt: skip


@dataclass
class Cluster:
    """An MSK cluster; `id` is its whole ARN.

    `zone_ids` has one zone for each of its subnets. `authentication` are the schemes its brokers speak
    (UNAUTHENTICATED too), `schemes` those with multi-VPC switched on. `policy` is the cluster policy as
    JSON, empty for none, and `policy_version` its version.
    """

    id: str
    region: str
    account: str
    name: str
    zone_ids: list[str]
    created_at: float
    authentication: list[str] = field(default_factory=lambda: ["SASL_IAM", "SASL_SCRAM"])
    schemes: list[str] = field(default_factory=list)
    policy: str = ""
    policy_version: str = ""
    state: str = "ACTIVE"
    cluster_type: str = "PROVISIONED"
    kafka_version: str = "3.6.0"
    instance_type: str = "kafka.m5.large"
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def uuid(self) -> str:
        """The last part of the ARN."""
        return self.id.rpartition("/")[2]

    @property
    def subnet_ids(self) -> list[str]:
        """The owner's subnets, which nobody but the owner could look at."""
        return [f"subnet-{digest(self.id, zone)[:17]}" for zone in self.zone_ids]

    @property
    def label(self) -> str:
        """The six characters that AWS puts into the brokers' names."""
        return digest(self.id)[:6]


@dataclass
class Connection:
    """A VPC connection; `id` is its whole ARN, and region and account are the client's.

    `state` is spelled as on the wire; `schedule` says which states follow, and when. `endpoint_id` is the
    endpoint that MSK made for it in the client's VPC. `number`, `removed_at` and `state_before_delete` are
    as an endpoint's.
    """

    id: str
    number: int
    region: str
    account: str
    cluster_arn: str
    authentication: str
    vpc_id: str
    subnet_ids: list[str]
    group_ids: list[str]
    created_at: float
    endpoint_id: str
    state: str = "CREATING"
    schedule: dict[str, float] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    removed_at: float | None = None
    state_before_delete: str = ""

    @property
    def uuid(self) -> str:
        """The last part of the ARN, which is enough to know it by."""
        return self.id.rpartition("/")[2]


class Msk:
    """The two tables and their index. The caller holds the world's lock."""

    def __init__(self, journal: Journal) -> None:
        self.clusters = Table("cluster", Cluster, journal)
        self.connections = Table("vpc_connection", Connection, journal)
        self.tables: list[Table[Any]] = [self.clusters, self.connections]
        self.moving: set[str] = set()
        self.ghosts: deque[Connection] = deque(maxlen=1000)

    def load(self, store: Store) -> int:
        """Fill both from the store, and return the highest number of a connection, or 0."""
        for table in self.tables:
            table.load(store)
        for connection in self.connections:
            self._index(connection)
        return max((connection.number for connection in self.connections), default=0)

    def save(self, connection: Connection) -> None:
        """Store a connection that is new or changed."""
        self.connections.put(connection)
        self._index(connection)

    def _index(self, connection: Connection) -> None:
        if connection.schedule:
            self.moving.add(connection.id)
        else:
            self.moving.discard(connection.id)

    def drop(self, connection: Connection) -> None:
        """Take a connection out for good; read lag may still show it for a while."""
        self.connections.remove(connection.id)
        self.moving.discard(connection.id)
        self.ghosts.append(connection)

    def cluster_of(self, arn: str) -> Cluster | None:
        """Return a cluster by its ARN, with the closing uuid or without; None when there is none."""
        found = self.clusters.get(arn)
        if found is not None or arn.count("/") != 1:
            return found
        return next((item for item in self.clusters if item.id.startswith(f"{arn}/")), None)

    def connections_of(self, cluster: Cluster) -> list[Connection]:
        """Return the connections to a cluster, oldest first."""
        return [item for item in self.connections if item.cluster_arn == cluster.id]


def digest(*parts: str) -> str:
    """Return hexadecimal digits that follow from the parts, for ids that nobody needs to choose."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()
