"""Tags of clusters and VPC connections."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.kafka.common import bad_request, not_found
from endpoints.sandbox.world.msk import Cluster, Connection

LIMIT = 50


def read_tags(tags: dict[str, str]) -> dict[str, str]:
    """Check tags and return them. Raises AwsError BadRequestException: length, `aws:`, too many."""
    if len(tags) > LIMIT:
        raise bad_request(f"The maximum number of tags is {LIMIT}.", "tags")
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or len(value) > 256 or key.lower().startswith("aws:"):
            raise bad_request(f"The tag {key!r} is not valid.", "tags")
    return dict(tags)


def _target(call: Call) -> Cluster | Connection:
    msk, arn = call.world.msk, call.params["ResourceArn"]
    found = msk.clusters.get(arn) or msk.connections.get(arn)
    if found is None or not call.mine(found):
        raise not_found(f"The resource {arn} does not exist.")
    return found


def _save(call: Call, item: Cluster | Connection) -> None:
    if isinstance(item, Cluster):
        call.world.msk.clusters.put(item)
    else:
        call.world.msk.save(item)


@operation("kafka", "TagResource")
def tag_resource(call: Call) -> dict[str, Any]:
    """Set tags by key. Raises AwsError NotFoundException, BadRequestException."""
    item, tags = _target(call), read_tags(call.params["Tags"])
    item.tags = read_tags({**item.tags, **tags})
    _save(call, item)
    return {}


@operation("kafka", "UntagResource")
def untag_resource(call: Call) -> dict[str, Any]:
    """Remove tags by key; unknown keys are no error. Raises AwsError NotFoundException."""
    item = _target(call)
    item.tags = {key: value for key, value in item.tags.items() if key not in call.params["TagKeys"]}
    _save(call, item)
    return {}


@operation("kafka", "ListTagsForResource")
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """Show the tags. Raises AwsError NotFoundException."""
    return {"Tags": _target(call).tags}
