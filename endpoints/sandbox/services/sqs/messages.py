"""Sending, receiving and deleting messages."""

import base64
import binascii
import re
import time
from typing import Any

from endpoints.sandbox.operations import Call, NotYet, operation
from endpoints.sandbox.services.sqs.common import queue_of
from endpoints.sandbox.wire.errors import AwsError, invalid_value, not_built
from endpoints.sandbox.world import queues
from endpoints.sandbox.world.queues import Message, Queue, messages_of

_ENTRY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_BATCH = 10
# What SQS does not take in a body: characters that XML 1.0 cannot carry.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@operation("sqs", "SendMessage")
def send_message(call: Call) -> dict[str, Any]:
    """Put a message into a queue. Raises AwsError QueueDoesNotExist, InvalidMessageContents."""
    for name in ("MessageAttributes", "MessageSystemAttributes", "MessageGroupId", "MessageDeduplicationId"):
        if call.params.get(name):
            raise not_built(f"SendMessage with {name}")
    queue, body = queue_of(call), call.params["MessageBody"]
    if not body or _UNSPEAKABLE.search(body):
        raise AwsError("InvalidMessageContents", "The message is empty or has characters outside the set.")
    if len(body.encode()) > queue.number("MaximumMessageSize"):
        raise invalid_value(f"{len(body.encode())} bytes", "MessageBody")
    delay = call.params.get("DelaySeconds")
    if delay is not None and not 0 <= delay <= 900:
        raise invalid_value(delay, "DelaySeconds")
    message = queues.send(call.world, queue, body, call.account, delay)
    return {"MessageId": message.id, "MD5OfMessageBody": message.digest}


@operation("sqs", "ReceiveMessage")
def receive_message(call: Call) -> dict[str, Any]:
    """Return messages that are visible, and hide them for the visibility timeout.

    With nothing there it waits as long as was asked for. Raises AwsError QueueDoesNotExist, and NotYet to
    be called again.
    """
    queue = queue_of(call)
    most = _within(call, "MaxNumberOfMessages", 1, 1, _BATCH)
    patience = _within(call, "WaitTimeSeconds", queue.number("ReceiveMessageWaitTimeSeconds"), 0, 20)
    hidden = _within(call, "VisibilityTimeout", queue.number("VisibilityTimeout"), 0, 43200)
    moment = time.time()
    found = [item for item in messages_of(call.world, queue) if item.visible_at <= moment][:most]
    if not found and call.waited < patience:
        raise NotYet(patience - call.waited)
    for message in found:
        message.receives += 1
        message.first_received_at = message.first_received_at or moment
        message.visible_at = moment + hidden
        call.world.mail.messages.put(message)
    asked = {
        *(call.params.get("AttributeNames") or ()),
        *(call.params.get("MessageSystemAttributeNames") or ()),
    }
    return {"Messages": [_view(message, asked) for message in found] or None}


def _within(call: Call, name: str, default: int, low: int, high: int) -> int:
    value = int(call.params.get(name, default))
    if not low <= value <= high:
        raise invalid_value(value, name)
    return value


def _view(message: Message, asked: set[str]) -> dict[str, Any]:
    told = {
        "SenderId": message.sender,
        "SentTimestamp": str(round(message.sent_at * 1000)),
        "ApproximateReceiveCount": str(message.receives),
        "ApproximateFirstReceiveTimestamp": str(round(message.first_received_at * 1000)),
    }
    return {
        "MessageId": message.id, "ReceiptHandle": _handle(message), "MD5OfBody": message.digest,
        "Body": message.body,
        "Attributes": {k: v for k, v in told.items() if "All" in asked or k in asked} or None,
    }  # fmt: skip


def _handle(message: Message) -> str:
    return base64.urlsafe_b64encode(f"{message.id}/{message.receives}".encode()).decode()


def _named(call: Call, queue: Queue, handle: str) -> Message | None:
    """Return the message whose newest receipt handle this is; None when it is gone or was received since.

    Raises AwsError ReceiptHandleIsInvalid.
    """
    try:
        key, _, receives = base64.b64decode(handle, b"-_", validate=True).decode().partition("/")
    except (binascii.Error, ValueError):
        key, receives = "", ""
    if not receives.isdigit():
        raise AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
    message = call.world.mail.messages.get(key)
    ours = message is not None and (message.queue_id, message.receives) == (queue.id, int(receives))
    return message if ours else None


@operation("sqs", "DeleteMessage")
def delete_message(call: Call) -> dict[str, Any]:
    """Delete a received message; one that is gone is no error, an old handle has no effect.

    Raises AwsError QueueDoesNotExist, ReceiptHandleIsInvalid.
    """
    message = _named(call, queue_of(call), call.params["ReceiptHandle"])
    if message is not None:
        call.world.mail.messages.remove(message.id)
    return {}


@operation("sqs", "DeleteMessageBatch")
def delete_message_batch(call: Call) -> dict[str, Any]:
    """Delete up to ten received messages; failures come back entry by entry.

    Raises AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, BatchEntryIdsNotDistinct,
    InvalidBatchEntryId.
    """
    queue, entries = queue_of(call), call.params["Entries"]
    if not entries:
        raise AwsError("EmptyBatchRequest", "The batch request has no entries.")
    if len(entries) > _BATCH:
        raise AwsError("TooManyEntriesInBatchRequest", "A batch has at most ten entries.")
    keys = [entry["Id"] for entry in entries]
    if len(set(keys)) < len(keys):
        raise AwsError("BatchEntryIdsNotDistinct", "Two entries of the batch have the same id.")
    if not all(_ENTRY.fullmatch(key) for key in keys):
        raise AwsError("InvalidBatchEntryId", "An id of an entry is not valid.")
    done, failed = [], []
    for entry in entries:
        try:
            message = _named(call, queue, entry["ReceiptHandle"])
        except AwsError as error:
            told = {"Id": entry["Id"], "SenderFault": True, "Code": error.code, "Message": error.message}
            failed.append(told)
            continue
        if message is not None:
            call.world.mail.messages.remove(message.id)
        done.append({"Id": entry["Id"]})
    return {"Successful": done, "Failed": failed}


@operation("sqs", "PurgeQueue")
def purge_queue(call: Call) -> dict[str, Any]:
    """Delete all messages at once. Raises AwsError QueueDoesNotExist."""
    for message in messages_of(call.world, queue_of(call)):
        call.world.mail.messages.remove(message.id)
    return {}
