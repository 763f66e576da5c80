"""Which queue a call is about."""

from urllib.parse import urlsplit

from endpoints.sandbox.operations import Call
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import queues
from endpoints.sandbox.world.queues import Queue


def no_such_queue() -> AwsError:
    """The queue does not exist in this Region."""
    return AwsError("QueueDoesNotExist", "The specified queue does not exist.")


def queue_of(call: Call) -> Queue:
    """Return the queue that `QueueUrl` names; its host does not matter.

    Raises AwsError QueueDoesNotExist, or AccessDenied for a queue of another account.
    """
    parts = urlsplit(call.params["QueueUrl"]).path.strip("/").split("/")
    if len(parts) != 2:
        raise AwsError("InvalidAddress", "The address of the queue is not valid.", 404)
    account, name = parts
    if account != call.account:
        raise AwsError("AccessDenied", "Access to the queue is denied.", 403)
    queue = call.world.mail.queues.get(queues.arn(call.region, account, name))
    if queue is None:
        raise no_such_queue()
    return queue
