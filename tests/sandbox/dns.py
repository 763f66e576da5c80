"""Short ways to say what most Route 53 tests do."""

import itertools
from typing import Any

from tests.sandbox.helpers import REGION
from tests.sandbox_client import vpc_id

VPC = {"VPCRegion": REGION, "VPCId": vpc_id(REGION)}
ELSEWHERE = {"VPCRegion": "eu-central-1", "VPCId": vpc_id("eu-central-1")}
NAME = "kafka.example.com"
_numbers = itertools.count()


def asked(name: str = NAME, **more: Any) -> dict[str, Any]:
    """Return a request for a private zone, with a CallerReference of its own."""
    return {"Name": name, "CallerReference": f"r{next(_numbers)}", "VPC": VPC, **more}


def zone(route53: Any, name: str = NAME, **more: Any) -> str:
    """Make a private zone and return its id without the kind in front."""
    made = route53.create_hosted_zone(**asked(name, **more))
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


def record(name: str = NAME, kind: str = "A", *values: str, ttl: int = 60) -> dict[str, Any]:
    """Return a record set with values, by default one address."""
    texts = values or ("10.0.0.1",)
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": text} for text in texts]}


def alias(name: str, target: str, zone_id: str, kind: str = "A") -> dict[str, Any]:
    """Return a record set that is an alias."""
    to = {"HostedZoneId": zone_id, "DNSName": target, "EvaluateTargetHealth": False}
    return {"Name": name, "Type": kind, "AliasTarget": to}


def batch(*changes: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a batch of (action, record set)."""
    return {"Changes": [{"Action": action, "ResourceRecordSet": item} for action, item in changes]}


def change(route53: Any, zone_id: str, *changes: tuple[str, dict[str, Any]]) -> str:
    """Make changes and return the id of the change."""
    made = route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch(*changes))
    return str(made["ChangeInfo"]["Id"])


def content(route53: Any, zone_id: str) -> list[tuple[str, str]]:
    """Return name and type of what is in a zone besides its own NS and SOA."""
    listed = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return [(item["Name"], item["Type"]) for item in listed if item["Type"] not in ("NS", "SOA")]
