"""Making, finding and setting queues."""

import re
import time
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.pages import BadToken, cut
from endpoints.sandbox.services.sqs.common import no_such_queue, queue_of
from endpoints.sandbox.wire.errors import AwsError, invalid_value, not_built
from endpoints.sandbox.world import queues
from endpoints.sandbox.world.queues import DEFAULTS, Queue, messages_of

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
# Attributes that are numbers, with their limits; the texts are kept and have no effect.
_LIMITS = {
    "VisibilityTimeout": (0, 43200),
    "DelaySeconds": (0, 900),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "MessageRetentionPeriod": (60, 1209600),
    "MaximumMessageSize": (1024, 1048576),
}
_TEXTS = frozenset({"Policy", "SqsManagedSseEnabled"})
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@operation("sqs", "CreateQueue")
def create_queue(call: Call) -> dict[str, Any]:
    """Make a queue, or return the one of that name.

    Raises AwsError QueueNameExists when that one has other attributes, and as `_checked` does.
    """
    name, attributes = call.params["QueueName"], _checked(call.params.get("Attributes") or {})
    if name.endswith(".fifo"):
        raise not_built("FIFO queues")
    if not _NAME.fullmatch(name):
        raise invalid_value(name, "QueueName")
    known = call.world.mail.queues.get(queues.arn(call.region, call.account, name))
    if known is not None:
        if any((DEFAULTS | known.attributes).get(key) != value for key, value in attributes.items()):
            text = "A queue with this name exists already, with other attributes."
            raise AwsError("QueueNameExists", text)
        return {"QueueUrl": known.url}
    queue = queues.make(call.world, call.region, call.account, name)
    queue.attributes, queue.tags = attributes, dict(call.params.get("tags") or {})
    return {"QueueUrl": call.world.mail.queues.put(queue).url}


def _checked(attributes: dict[str, str]) -> dict[str, str]:
    """Return attributes to set. Raises AwsError InvalidAttributeName, InvalidAttributeValue."""
    for name, value in attributes.items():
        if name in ("RedrivePolicy", "FifoQueue", "KmsMasterKeyId"):
            raise not_built(f"queues with {name}")
        if name not in _LIMITS and name not in _TEXTS:
            raise AwsError("InvalidAttributeName", f"Unknown Attribute {name}.")
        low, high = _LIMITS.get(name, (0, 0))
        if name in _LIMITS and not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            raise AwsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    return dict(attributes)


@operation("sqs", "GetQueueUrl")
def get_queue_url(call: Call) -> dict[str, Any]:
    """Find a queue by name. Raises AwsError QueueDoesNotExist."""
    account = call.params.get("QueueOwnerAWSAccountId", call.account)
    queue = call.world.mail.queues.get(queues.arn(call.region, account, call.params["QueueName"]))
    if queue is None or not call.mine(queue):
        raise no_such_queue()
    return {"QueueUrl": queue.url}


@operation("sqs", "ListQueues")
def list_queues(call: Call) -> dict[str, Any]:
    """List the caller's queues in this Region. Raises AwsError InvalidAddress for a bad token."""
    prefix = call.params.get("QueueNamePrefix", "")
    mine = (queue for queue in call.world.mail.queues if call.mine(queue) and queue.name.startswith(prefix))
    found = sorted(mine, key=lambda queue: queue.name)
    size, token = call.params.get("MaxResults", 1000), call.params.get("NextToken")
    try:
        chosen, following = cut(call, found, lambda queue: queue.name, size, token)
    except BadToken as error:
        raise AwsError("InvalidAddress", "The NextToken is not valid.") from error
    return {"QueueUrls": [queue.url for queue in chosen] or None, "NextToken": following}


@operation("sqs", "GetQueueAttributes")
def get_queue_attributes(call: Call) -> dict[str, Any]:
    """Tell attributes by name, or All. Raises AwsError QueueDoesNotExist, InvalidAttributeName."""
    queue = queue_of(call)
    known = _attributes(call, queue)
    wanted = call.params.get("AttributeNames") or []
    for name in wanted:
        if name not in known and name not in _TEXTS and name != "All":
            raise AwsError("InvalidAttributeName", f"Unknown Attribute {name}.")
    return {"Attributes": {k: v for k, v in known.items() if "All" in wanted or k in wanted}}


def _attributes(call: Call, queue: Queue) -> dict[str, str]:
    moment, items = time.time(), messages_of(call.world, queue)
    waiting = [item for item in items if item.visible_at > moment]
    received = sum(1 for item in waiting if item.receives)
    counts = (len(items) - len(waiting), received, len(waiting) - received)
    return {
        **DEFAULTS, **queue.attributes, "QueueArn": queue.id,
        **{name: str(count) for name, count in zip(_COUNTS, counts, strict=True)},
        "CreatedTimestamp": str(int(queue.created_at)), "LastModifiedTimestamp": str(int(queue.changed_at)),
    }  # fmt: skip


@operation("sqs", "SetQueueAttributes")
def set_queue_attributes(call: Call) -> dict[str, Any]:
    """Set attributes. Raises AwsError QueueDoesNotExist, and as `_checked` does."""
    queue = queue_of(call)
    queue.attributes |= _checked(call.params["Attributes"])
    queue.changed_at = time.time()
    call.world.mail.queues.put(queue)
    return {}


@operation("sqs", "ListQueueTags")
def list_queue_tags(call: Call) -> dict[str, Any]:
    """List a queue's tags. Raises AwsError QueueDoesNotExist."""
    return {"Tags": dict(queue_of(call).tags)}


@operation("sqs", "DeleteQueue")
def delete_queue(call: Call) -> dict[str, Any]:
    """Delete a queue with its messages. Raises AwsError QueueDoesNotExist."""
    queue = queue_of(call)
    for message in messages_of(call.world, queue):
        call.world.mail.messages.remove(message.id)
    call.world.mail.queues.remove(queue.id)
    return {}
