"""SQS queues, their messages, and which of them AWS's own messages go to.

As in `objects`: dataclasses of JSON values only. Unlike all else here, what SQS does with time
(delays, visibility, retention) is on real time: a queue between processes is no part of the scripted world.
"""

import hashlib
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from endpoints.sandbox.world.tables import Journal, Table

if TYPE_CHECKING:
    from endpoints.sandbox.world.world import World

DEFAULTS = {
    "VisibilityTimeout": "30",
    "DelaySeconds": "0",
    "ReceiveMessageWaitTimeSeconds": "0",
    "MessageRetentionPeriod": "345600",
    "MaximumMessageSize": "262144",
}


@dataclass
class Queue:
    """A standard queue; `id` is its ARN. `attributes` are those that can be set, as on the wire."""

    id: str
    region: str
    account: str
    name: str
    created_at: float
    changed_at: float
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its URL; requests go to the client's endpoint, whatever host this names."""
        return f"https://sqs.{self.region}.amazonaws.com/{self.account}/{self.name}"

    def number(self, attribute: str) -> int:
        """Return an attribute that is a number."""
        return int(self.attributes.get(attribute, DEFAULTS[attribute]))


@dataclass
class Message:
    """A message; nobody receives it before `visible_at`. `receives` counts how often it was received."""

    id: str
    queue_id: str
    body: str
    sender: str
    sent_at: float
    visible_at: float
    receives: int = 0
    first_received_at: float = 0.0

    @property
    def digest(self) -> str:
        """The MD5 of its body, as SQS tells it."""
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Feed:
    """AWS's own messages about an account in a Region go to this queue; `id` is account/Region."""

    id: str
    queue_id: str


@dataclass
class Push:
    """A message of AWS that goes out when its moved time comes."""

    id: str
    feed_id: str
    due_at: float
    body: str


class Mail:
    """The tables of all this, and who waits for messages."""

    def __init__(self, journal: Journal) -> None:
        self.queues = Table("queue", Queue, journal)
        self.messages = Table("message", Message, journal)
        self.feeds = Table("feed", Feed, journal)
        self.pushes = Table("push", Push, journal)
        self.tables: tuple[Table[Any], ...] = (self.queues, self.messages, self.feeds, self.pushes)
        self.arrivals = Arrivals()


class Arrivals:
    """Wakes those who wait for a message, without the world's lock."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.count = 0

    def tell(self) -> None:
        """A message arrived somewhere."""
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait(self, since: int, seconds: float) -> None:
        """Wait for an arrival after the count was `since`, for at most so many seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self.count != since, seconds)


def arn(region: str, account: str, name: str) -> str:
    """Return a queue's ARN."""
    return f"arn:aws:sqs:{region}:{account}:{name}"


def make(world: "World", region: str, account: str, name: str) -> Queue:
    """Make a queue with SQS's defaults, or return the one of that name."""
    known = world.mail.queues.get(arn(region, account, name))
    moment = time.time()
    return known or world.mail.queues.put(
        Queue(arn(region, account, name), region, account, name, moment, moment)
    )


def messages_of(world: "World", queue: Queue) -> list[Message]:
    """Return the messages of a queue, oldest first."""
    return [item for item in world.mail.messages if item.queue_id == queue.id]


def send(world: "World", queue: Queue, body: str, sender: str, delay: float | None = None) -> Message:
    """Put a message into a queue; those that are too old are forgotten."""
    moment = time.time()
    for item in messages_of(world, queue):
        if item.sent_at < moment - queue.number("MessageRetentionPeriod"):
            world.mail.messages.remove(item.id)
    seconds = queue.number("DelaySeconds") if delay is None else delay
    message = Message(str(uuid.uuid4()), queue.id, body, sender, moment, moment + seconds)
    world.mail.messages.put(message)
    world.mail.arrivals.tell()
    return message
