"""Route 53's part of the world: private hosted zones, their record sets, and changes (aws.md §1d).

As in `objects`: dataclasses of JSON values only. Nothing here has a Region: Route 53 is global.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from endpoints.sandbox.world import names
from endpoints.sandbox.world.store import Store
from endpoints.sandbox.world.tables import Journal, Table

NAME_SERVERS = (
    "ns-0.awsdns-00.com.", "ns-1024.awsdns-00.org.", "ns-1536.awsdns-00.co.uk.", "ns-512.awsdns-00.net.",
)  # fmt: skip
_SOA = "ns-0.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"


@dataclass
class HostedZone:
    """A private hosted zone. `vpcs` are the VPCs that ask it, as Region/id, in the order they were added."""

    id: str
    account: str
    name: str
    caller_reference: str
    created_at: float
    comment: str = ""
    vpcs: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class RecordSet:
    """All records of one name and type in a zone, or the alias that stands for them.

    `alias` has the members of AliasTarget as on the wire, and is empty for a record set with values.
    """

    id: str
    zone_id: str
    name: str
    kind: str
    ttl: int = 0
    values: list[str] = field(default_factory=list)
    alias: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[tuple[str, ...], str]:
        """What a zone's record sets are listed by."""
        return names.order(self.name), self.kind

    def says_as(self, other: "RecordSet") -> bool:
        """Whether another record set says the same; the order of values does not count."""
        mine, theirs = (
            (one.ttl, sorted(one.values), {**one.alias, "DNSName": one.alias.get("DNSName", "").lower()})
            for one in (self, other)
        )
        return mine == theirs


@dataclass
class Change:
    """A change on its way to the name servers, where it is at `insync_at`."""

    id: str
    account: str
    submitted_at: float
    insync_at: float
    comment: str = ""


@dataclass
class Reference:
    """A CallerReference that was used; `id` is account/reference."""

    id: str


class Dns:
    """The tables of all this, with an index of records by zone. The caller holds the world's lock."""

    def __init__(self, journal: Journal) -> None:
        self.zones = Table("hosted_zone", HostedZone, journal)
        self.records = Table("record_set", RecordSet, journal)
        self.changes = Table("dns_change", Change, journal)
        self.references = Table("caller_reference", Reference, journal)
        self.tables: tuple[Table[Any], ...] = (self.zones, self.records, self.changes, self.references)
        self._of_zone: dict[str, dict[str, RecordSet]] = {}

    def load(self, store: Store) -> None:
        """Fill all from the store."""
        for table in self.tables:
            table.load(store)
        for record in self.records:
            self._of_zone.setdefault(record.zone_id, {})[record.id] = record

    def records_of(self, zone: HostedZone) -> dict[str, RecordSet]:
        """Return a zone's record sets by id, as a dictionary of one's own."""
        return dict(self._of_zone.get(zone.id, {}))

    def count(self, zone: HostedZone) -> int:
        """Return how many record sets a zone has, its own NS and SOA included."""
        return len(self._of_zone.get(zone.id, {}))

    def put_record(self, record: RecordSet) -> RecordSet:
        """Store a record set that is new or changed."""
        self._of_zone.setdefault(record.zone_id, {})[record.id] = record
        return self.records.put(record)

    def drop_record(self, record: RecordSet) -> None:
        """Take a record set out."""
        self._of_zone.get(record.zone_id, {}).pop(record.id, None)
        self.records.remove(record.id)

    def found_zone(self, zone: HostedZone) -> None:
        """Store a new zone with the two record sets that every zone has."""
        self.zones.put(zone)
        for kind, ttl, values in (("NS", 172800, list(NAME_SERVERS)), ("SOA", 900, [_SOA])):
            key = record_id(zone.id, zone.name, kind)
            self.put_record(RecordSet(key, zone.id, zone.name, kind, ttl, values))

    def drop_zone(self, zone: HostedZone) -> None:
        """Take a zone out with all of its record sets."""
        for record in self.records_of(zone).values():
            self.drop_record(record)
        self._of_zone.pop(zone.id, None)
        self.zones.remove(zone.id)

    def zone_on(self, vpc: str, name: str) -> HostedZone | None:
        """Return the zone of a name that a VPC (Region/id) asks, whoever owns it; None when it asks none."""
        return next((zone for zone in self.zones if zone.name == name and vpc in zone.vpcs), None)


def record_id(zone_id: str, name: str, kind: str) -> str:
    """Return the id under which a record set is kept."""
    digest = hashlib.sha256(f"{name}/{kind}".encode()).hexdigest()[:24]
    return f"{zone_id}/{digest}"


def is_own(zone: HostedZone, record: RecordSet) -> bool:
    """Whether a record set is one of the two that a zone cannot be without; they are no content."""
    return record.name == zone.name and record.kind in ("NS", "SOA")


def new_key(letter: str) -> str:
    """Return a fresh id in Route 53's shape: a letter and 13 signs."""
    return letter + secrets.token_hex(7)[:13].upper()
