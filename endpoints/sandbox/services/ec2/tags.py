"""Tags: on create, CreateTags, DeleteTags, DescribeTags."""

import re
from collections.abc import Iterable
from typing import Any, Protocol

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ec2.query import keep, page
from endpoints.sandbox.wire.errors import AwsError, invalid_value, missing_parameter
from endpoints.sandbox.world.objects import Endpoint
from endpoints.sandbox.world.tables import Table

LIMIT = 50
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Tagged(Protocol):
    """An object that carries tags."""

    id: str
    account: str
    region: str
    tags: dict[str, str]


def read_tags(items: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Check tags and return them by key.

    Raises AwsError MissingParameter (no key), InvalidParameterValue (length, `aws:`, twice the same key,
    control characters), TagLimitExceeded.
    """
    tags: dict[str, str] = {}
    for item in items:
        if not item.get("Key"):
            raise missing_parameter("Tag.Key")
        key, value = item["Key"], item.get("Value", "")
        if key in tags:
            raise AwsError("InvalidParameterValue", f"Duplicate tag key '{key}' specified.")
        if len(key) > 127 or len(value) > 255:
            raise invalid_value(key if len(key) > 127 else value, "Tag")
        if key.lower().startswith("aws:"):
            text = f"Tag keys starting with 'aws:' are reserved for internal use: {key}"
            raise AwsError("InvalidParameterValue", text)
        if _CONTROL.search(key + value):
            raise invalid_value(key, "Tag")
        tags[key] = value
    if len(tags) > LIMIT:
        raise AwsError("TagLimitExceeded", f"The maximum number of tags is {LIMIT}.")
    return tags


def tags_on_create(specifications: list[dict[str, Any]], resource_type: str) -> dict[str, str]:
    """Return the tags of a create. Raises AwsError as `read_tags`, InvalidParameterValue for another type."""
    found: list[dict[str, Any]] = []
    for item in specifications:
        if "ResourceType" not in item:
            text = "Tag specification resource type must have a value"
            raise AwsError("InvalidParameterValue", text)
        if item["ResourceType"] != resource_type:
            text = f"'{item['ResourceType']}' is not a valid taggable resource type for this operation."
            raise AwsError("InvalidParameterValue", text)
        found += item.get("Tags", [])
    return read_tags(found)


def _tables(call: Call) -> list[tuple[str, str, Table[Any]]]:
    """Return (id prefix, resource type, table); longer prefixes first, as `vpce-` begins `vpce-svc-`."""
    world = call.world
    return [
        ("vpce-svc-", "vpc-endpoint-service", world.services), ("vpce-", "vpc-endpoint", world.endpoints),
        ("vpc-", "vpc", world.vpcs), ("subnet-", "subnet", world.subnets),
        ("sg-", "security-group", world.groups),
    ]  # fmt: skip


_NOT_FOUND = {
    "vpc-endpoint": "InvalidVpcEndpointId.NotFound",
    "vpc-endpoint-service": "InvalidVpcEndpointServiceId.NotFound",
    "vpc": "InvalidVpcID.NotFound",
    "subnet": "InvalidSubnetID.NotFound",
    "security-group": "InvalidGroup.NotFound",
}


def _targets(call: Call) -> list[tuple[Table[Any], Tagged]]:
    found: list[tuple[Table[Any], Tagged]] = []
    for key in call.params["Resources"]:
        matching = [entry for entry in _tables(call) if key.startswith(entry[0])]
        if not matching:
            raise AwsError("InvalidID", f"The ID '{key}' is not valid")
        _, resource_type, table = matching[0]
        item = table.get(key)
        if item is None or not call.mine(item):
            raise AwsError(_NOT_FOUND[resource_type], f"The {resource_type} ID '{key}' does not exist")
        found.append((table, item))
    return found


@operation("ec2", "CreateTags")
def create_tags(call: Call) -> dict[str, Any]:
    """Set tags by key on all resources or on none. Raises AwsError as `read_tags`, and NotFound."""
    tags = read_tags(call.params["Tags"])
    targets = _targets(call)
    for _, item in targets:
        if len({**item.tags, **tags}) > LIMIT:
            raise AwsError("TagLimitExceeded", f"The maximum number of tags is {LIMIT}.")
    for table, item in targets:
        if {**item.tags, **tags} != item.tags:
            item.tags = {**item.tags, **tags}
            table.put(item)
    return {}


@operation("ec2", "DeleteTags")
def delete_tags(call: Call) -> dict[str, Any]:
    """Remove tags; one with a value only where the value is the same; all when none are named."""
    wanted = call.params.get("Tags")
    for table, item in _targets(call):
        kept = {key: value for key, value in item.tags.items() if not _removed(wanted, key, value)}
        if kept != item.tags:
            item.tags = kept
            table.put(item)
    return {}


def _removed(wanted: list[dict[str, Any]] | None, key: str, value: str) -> bool:
    if not wanted:
        return True
    return any(item.get("Key") == key and item.get("Value", value) == value for item in wanted)


@operation("ec2", "DescribeTags")
def describe_tags(call: Call) -> dict[str, Any]:
    """List tags of the caller's resources in this Region."""
    rows = [
        {"ResourceId": item.id, "ResourceType": resource_type, "Key": key, "Value": value}
        for _, resource_type, table in _tables(call)
        for item in table
        if call.mine(item) and not (isinstance(item, Endpoint) and item.state == "deleted")
        for key, value in item.tags.items()
    ]
    rows.sort(key=_place)
    found = keep(
        call, rows,
        {
            "resource-id": lambda row: row["ResourceId"], "resource-type": lambda row: row["ResourceType"],
            "key": lambda row: row["Key"], "value": lambda row: row["Value"],
        },
        lambda row: {row["Key"]: row["Value"]},
    )  # fmt: skip
    chosen, token = page(call, found, _place, least=5)
    return {"Tags": chosen, "NextToken": token}


def _place(row: dict[str, str]) -> str:
    return f"{row['ResourceId']} {row['Key']}"
