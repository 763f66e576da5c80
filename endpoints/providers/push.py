"""AWS's own messages, from the operator's SQS queue. Source: aws.md §7, §8."""

import threading
from dataclasses import dataclass

from endpoints.providers.base import Operator
from endpoints.providers.errors import translated
from endpoints.providers.session import WAIT_SECONDS, sqs_listener

_MOST = 10  # SQS gives no more at once
_birth = threading.Lock()  # boto3 may not make two clients at the same time


@dataclass(frozen=True)
class Heard:
    """A received message; `receipt` is what deletes it."""

    body: str
    receipt: str


def receive(operator: Operator, queue_url: str) -> list[Heard]:
    """Wait for messages, WAIT_SECONDS at most, and return them. Raises ProviderError.

    They are hidden for the queue's visibility timeout, and come back unless they are forgotten.
    """
    with _birth:
        client = sqs_listener(operator)
    with translated("ReceiveMessage"):
        answer = client.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=_MOST, WaitTimeSeconds=WAIT_SECONDS
        )
    return [
        Heard(message.get("Body", ""), message.get("ReceiptHandle", ""))
        for message in answer.get("Messages", [])
    ]


def forget(operator: Operator, queue_url: str, heard: list[Heard]) -> None:
    """Delete received messages; one that stays comes again, which does no harm. Raises ProviderError."""
    entries = [{"Id": str(n), "ReceiptHandle": message.receipt} for n, message in enumerate(heard)]
    with translated("DeleteMessageBatch"):
        sqs_listener(operator).delete_message_batch(QueueUrl=queue_url, Entries=entries)
