"""One picture of AWS, of the rows and of what was done, for the checks after a storm."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from endpoints.domain.dns import broker_hosts
from endpoints.domain.specs import Family
from endpoints.models import Attempt, Claim, Installation, ReversePrivateEndpoint
from tests.chaos.journal import ACCEPTS, CREATES, Journal
from tests.sandbox_client import Json, Sandbox

GONE = ("deleting", "deleted")
_BROKERS = {
    "SASL_IAM": "BootstrapBrokerStringVpcConnectivitySaslIam",
    "SASL_SCRAM": "BootstrapBrokerStringVpcConnectivitySaslScram",
}


@dataclass(frozen=True)
class Thing:
    """A living AWS object with our tags: an endpoint or an MSK connection, and what it should publish.

    `endpoint` is the id in its tag, `names` and `connection_string` are AWS's; `slot` is a connection's.
    """

    id: str
    endpoint: str
    family: Family
    vpc_id: str
    state: str
    names: frozenset[str]
    connection_string: str = ""
    slot: str = ""


@dataclass(frozen=True)
class Effect:
    """A call that made something for `endpoint`, or that deleted objects."""

    seq: int
    made_for: str = ""
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """`attempts` are oldest first; `invitations` are all states of a share's invitations to us."""

    journal: Journal
    things: tuple[Thing, ...]
    effects: tuple[Effect, ...]
    accepts: dict[str, int]
    invitations: dict[str, list[str]]
    rows: dict[uuid.UUID, ReversePrivateEndpoint]
    attempts: dict[uuid.UUID, list[Attempt]]
    claims: tuple[Claim, ...]
    known_ids: dict[str, uuid.UUID]

    def newest_id(self, row: ReversePrivateEndpoint) -> str:
        """Return the AWS id of a row's newest attempt, "" before there is one."""
        attempts = self.attempts[row.pk]
        return attempts[-1].external_id if attempts else ""

    def open_attempts(self) -> list[Attempt]:
        """Return the attempts whose object is believed to be in AWS."""
        return [a for attempts in self.attempts.values() for a in attempts if a.gone_at is None]

    def live(self) -> list[ReversePrivateEndpoint]:
        """Return the rows that are no tombstones."""
        return [row for row in self.rows.values() if row.removed_at is None]


def take(box: Sandbox, journal: Journal, calls: Iterable[Json]) -> Picture:
    """Take a picture; `calls` are those of the call log that changed something."""
    state, calls = box.state(), list(calls)
    attempts: dict[uuid.UUID, list[Attempt]] = defaultdict(list)
    known: dict[str, uuid.UUID] = {}
    every = Attempt.objects.select_related("network").prefetch_related("events")
    for attempt in every.order_by("endpoint", "generation"):
        attempts[attempt.endpoint_id].append(attempt)
        told = [str(event.params.get("external_id", "")) for event in attempt.events.all()]
        known |= dict.fromkeys(filter(None, [attempt.external_id, *told]), attempt.endpoint_id)
    return Picture(
        journal=journal,
        things=tuple(_things(box, state)),
        effects=tuple(_effect(call) for call in calls if call["operation"] not in ACCEPTS),
        accepts=_accepts(state, calls),
        invitations={share["arn"]: [i["status"] for i in share["invitations"]] for share in state["shares"]},
        rows={row.pk: row for row in ReversePrivateEndpoint.objects.select_related("region")},
        attempts=attempts,
        claims=tuple(Claim.objects.prefetch_related("endpoints")),
        known_ids=known,
    )


def _things(box: Sandbox, state: Json) -> list[Thing]:
    mine = str(Installation.get().pk)
    made = [*state["endpoints"], *state["connections"]]
    return [
        _connection(box, one) if "cluster_arn" in one else _endpoint(one)
        for one in made
        if one["tags"].get("postern:installation") == mine and one["state"].casefold() not in GONE
    ]


def _endpoint(one: Json) -> Thing:
    return Thing(
        id=one["id"],
        endpoint=one["tags"].get("postern:endpoint-id", ""),
        family=Family.RESOURCE if one["type"] == "Resource" else Family.INTERFACE,
        vpc_id=one["vpc_id"],
        state=one["state"].casefold(),
        names=frozenset(name.lower() for name in one["dns_names"]),
    )


def _connection(box: Sandbox, one: Json) -> Thing:
    told = box.boto3("kafka", one["region"]).get_bootstrap_brokers(ClusterArn=one["cluster_arn"])
    brokers = told.get(_BROKERS[one["authentication"]], "")
    *_, name, _ = one["cluster_arn"].split("/")
    partition, _, region, account = one["cluster_arn"].split(":")[1:5]
    return Thing(
        id=one["id"],
        endpoint=one["tags"].get("postern:endpoint-id", ""),
        family=Family.INTERFACE,
        vpc_id=one["vpc_id"],
        state=one["state"].casefold(),
        names=frozenset(name.lower() for name in broker_hosts(brokers)),
        connection_string=brokers,
        slot="/".join((partition, region, account, name, one["authentication"])),
    )


def _effect(call: Json) -> Effect:
    params = call["params"]
    if call["operation"] in CREATES:
        tags = dict(params.get("Tags", {}))
        for specification in params.get("TagSpecifications", []):
            tags |= {tag["Key"]: tag["Value"] for tag in specification["Tags"]}
        return Effect(call["seq"], made_for=tags.get("postern:endpoint-id", ""))
    return Effect(call["seq"], deleted=tuple(params.get("VpcEndpointIds", [params.get("Arn", "")])))


def _accepts(state: Json, calls: Iterable[Json]) -> dict[str, int]:
    """Return how often an invitation to each share was accepted with effect."""
    share_of = {invitation["arn"]: invitation["share_arn"] for invitation in state["invitations"]}
    found: dict[str, int] = defaultdict(int)
    for call in calls:
        if call["operation"] in ACCEPTS:
            arn = call["params"]["resourceShareInvitationArn"]
            found[share_of.get(arn, arn)] += 1
    return found
