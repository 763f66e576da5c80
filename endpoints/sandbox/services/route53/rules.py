"""What a batch of changes may say. Source: aws.md §1d, §4; the texts are AWS's own as people quote them."""

import ipaddress
from typing import Any

from endpoints.sandbox.operations import Call
from endpoints.sandbox.services.ec2.views import dns_entries
from endpoints.sandbox.wire.errors import AwsError, not_built
from endpoints.sandbox.world import names
from endpoints.sandbox.world.dns import HostedZone, RecordSet, is_own, record_id

RECORDS_MOST = 10_000
_CHANGES_MOST = 1_000
_CHARACTERS_MOST = 32_000
_ROUTING = (
    "SetIdentifier", "Weight", "Region", "GeoLocation", "Failover", "MultiValueAnswer", "HealthCheckId",
    "TrafficPolicyInstanceId", "CidrRoutingConfig", "GeoProximityLocation",
)  # fmt: skip


class Unfit(Exception):
    """One change that makes its batch invalid, in a sentence."""


def no_routing() -> AwsError:
    """Return the refusal of routing policies and health checks."""
    return not_built("routing policies, health checks and traffic policies of Route 53")


def check_size(changes: list[dict[str, Any]]) -> None:
    """Check the size of a batch, in which an UPSERT counts twice. Raises AwsError InvalidChangeBatch."""
    weights = [2 if change["Action"] == "UPSERT" else 1 for change in changes]
    values = [_values(change["ResourceRecordSet"]) for change in changes]
    number = sum(weight * max(1, len(texts)) for weight, texts in zip(weights, values, strict=True))
    characters = sum(weight * sum(map(len, texts)) for weight, texts in zip(weights, values, strict=True))
    if number > _CHANGES_MOST:
        raise AwsError("InvalidChangeBatch", f"[Number of records limit of {_CHANGES_MOST} exceeded.]")
    if characters > _CHARACTERS_MOST:
        raise AwsError("InvalidChangeBatch", f"[Number of characters limit of {_CHARACTERS_MOST} exceeded.]")


def read(zone: HostedZone, change: dict[str, Any]) -> RecordSet:
    """Return the record set of a change. Raises AwsError InvalidInput, Unfit."""
    asked = change["ResourceRecordSet"]
    if any(name in asked for name in _ROUTING):
        raise no_routing()
    alias, values = asked.get("AliasTarget"), _values(asked)
    if bool(alias) == ("TTL" in asked and bool(values)) or (alias and ("TTL" in asked or values)):
        text = (
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
            f"TrafficPolicyInstanceId] in Change with [Action={change['Action']}, Name={asked['Name']}, "
            f"Type={asked['Type']}, SetIdentifier=null]"
        )
        raise AwsError("InvalidInput", text)
    name = _name(asked["Name"])
    if not names.lies_in(name, zone.name):
        raise Unfit(f"RRSet with DNS name {name} is not permitted in zone {zone.name}")
    key = record_id(zone.id, name, asked["Type"])
    target = {**alias, "DNSName": _name(alias["DNSName"])} if alias else {}
    return RecordSet(key, zone.id, name, asked["Type"], asked.get("TTL", 0), values, target)


def _values(asked: dict[str, Any]) -> list[str]:
    return [item["Value"] for item in asked.get("ResourceRecords", [])]


def _name(text: str) -> str:
    try:
        name = names.kept(text)
    except ValueError as error:
        raise Unfit(f"Invalid Resource Record: FATAL problem: {error} encountered with '{text}'") from error
    if names.is_half_wildcard(name):
        raise Unfit(f"The asterisk in {name} must be the complete leftmost label")
    return name


def check_delete(zone: HostedZone, record: RecordSet) -> None:
    """Keep what a zone cannot be without. Raises Unfit."""
    if is_own(zone, record):
        many = "exactly one SOA" if record.kind == "SOA" else "at least one NS"
        raise Unfit(f"A HostedZone must contain {many} record for the zone itself.")


def check_put(call: Call, zone: HostedZone, record: RecordSet, records: dict[str, RecordSet]) -> None:
    """Check a record set that is made or changed against the zone's others. Raises Unfit, AwsError."""
    said = f"RRSet of type {record.kind} with DNS name {record.name} is not permitted"
    if record.kind == "CNAME" and record.name == zone.name:
        raise Unfit(f"{said} at apex in zone {zone.name}")
    if record.kind == "SOA" and record.name != zone.name:
        raise Unfit(f"{said} below the apex of zone {zone.name}")
    if record.kind == "NS" and names.is_wildcard(record.name):
        raise Unfit(f"{said}: an NS record cannot be a wildcard")
    for other in records.values():
        if other.name == record.name and "CNAME" in (other.kind, record.kind) and other.kind != record.kind:
            raise Unfit(
                f"{said} because a conflicting RRSet of type {other.kind} with the same DNS name already"
                f" exists in zone {zone.name}"
            )
    if record.alias:
        _check_alias(call, zone, record, records)
    else:
        _check_values(record)


def _check_values(record: RecordSet) -> None:
    problem = {"A": "ARRDATAIllegalIPv4Address", "AAAA": "AAAARRDATAIllegalIPv6Address"}.get(record.kind, "")
    read_address = ipaddress.IPv4Address if record.kind == "A" else ipaddress.IPv6Address
    for value in record.values if problem else ():
        try:
            read_address(value)
        except ValueError as error:
            text = f"FATAL problem: {problem} (Value is not a valid address) encountered with '{value}'"
            raise Unfit(f"Invalid Resource Record: {text}") from error
    if record.kind == "CNAME":
        if len(record.values) != 1:
            raise Unfit(f"The CNAME record set {record.name} has more than one value")
        _name(record.values[0])
    if len(set(record.values)) != len(record.values):
        raise Unfit(f"Duplicate Resource Record in {record.name}")


def _check_alias(call: Call, zone: HostedZone, record: RecordSet, records: dict[str, RecordSet]) -> None:
    if record.kind not in ("A", "AAAA"):
        raise not_built(f"aliases of type {record.kind}")
    target, place = record.alias["DNSName"], record.alias["HostedZoneId"].removeprefix("/hostedzone/")
    said = f"Tried to create an alias that targets {target}, type {record.kind} in zone {place}, but"
    if place != zone.id:
        entries = (entry for endpoint in call.world.endpoints for entry in dns_entries(call.world, endpoint))
        if not any(
            (entry["HostedZoneId"], names.kept(entry["DnsName"])) == (place, target) for entry in entries
        ):
            raise Unfit(f"{said} the alias target name does not lie within the target zone")
    elif record_id(zone.id, target, record.kind) not in records:
        raise Unfit(f"{said} that target was not found")
