"""Tags of hosted zones: there is no tagging at the creation (aws.md §1)."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.route53.common import zone_of
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world.dns import HostedZone

_TAGS_MOST = 50


@operation("route53", "ChangeTagsForResource")
def change_tags(call: Call) -> dict[str, Any]:
    """Add or overwrite tags, and take some off. Raises AwsError NoSuchHostedZone, InvalidInput."""
    params = call.params
    zone = _tagged(call, params["ResourceId"])
    added = {tag.get("Key", ""): tag.get("Value", "") for tag in params.get("AddTags", [])}
    removed = params.get("RemoveTagKeys", [])
    if not added and not removed:
        raise AwsError("InvalidInput", "There is neither a tag to add nor one to remove.")
    if not all(added) or any(key.lower().startswith("aws:") for key in added):
        raise AwsError("InvalidInput", "A tag's key is not empty and does not begin with aws:.")
    tags = {key: value for key, value in {**zone.tags, **added}.items() if key not in removed}
    if len(tags) > _TAGS_MOST:
        raise AwsError("InvalidInput", f"A resource has at most {_TAGS_MOST} tags.")
    zone.tags = tags
    call.world.dns.zones.put(zone)
    return {}


@operation("route53", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any]:
    """Tell the tags of one zone. Raises AwsError NoSuchHostedZone."""
    return {"ResourceTagSet": _view(_tagged(call, call.params["ResourceId"]))}


@operation("route53", "ListTagsForResources")
def list_tags_of_several(call: Call) -> dict[str, Any]:
    """Tell the tags of up to ten zones. Raises AwsError NoSuchHostedZone for all when one is unknown."""
    zones = [_tagged(call, key) for key in call.params["ResourceIds"]]
    return {"ResourceTagSets": [_view(zone) for zone in zones]}


def _tagged(call: Call, key: str) -> HostedZone:
    if call.params["ResourceType"] != "hostedzone":
        raise AwsError("NoSuchHealthCheck", f"No health check exists with the ID {key}")
    return zone_of(call, key)


def _view(zone: HostedZone) -> dict[str, Any]:
    tags = [{"Key": key, "Value": value} for key, value in zone.tags.items()]
    return {"ResourceType": "hostedzone", "ResourceId": zone.id, "Tags": tags}
