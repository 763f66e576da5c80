"""What AWS tells by itself, where an account's Region is fed (aws.md §7).

Connection notifications of EC2 about Interface endpoints come wrapped by SNS, sharing events of RAM as
EventBridge makes them. The envelopes are documented; the body of a connection notification is not, and of
RAM's detail only `event` and `status` are: the rest is a reading of ours. Neither delivery is guaranteed,
so faults lose, double, delay and garble messages.
"""

import json
import uuid
from typing import TYPE_CHECKING, Any

from endpoints.sandbox.faults.fault import Fault
from endpoints.sandbox.world import queues
from endpoints.sandbox.world.moved import iso
from endpoints.sandbox.world.objects import Endpoint
from endpoints.sandbox.world.queues import Feed, Push
from endpoints.sandbox.world.resources import ResourceShare

if TYPE_CHECKING:
    from endpoints.sandbox.world.world import World

TOPIC = "vpce-events"
INVITATION, ASSOCIATION = "Resource Share Invitation", "Resource Share Association"


def about_endpoint(world: "World", endpoint: Endpoint, event: str, now: float) -> None:
    """Tell the endpoint's account of Connect, Accept, Reject or Delete. Interface endpoints only."""
    feed = world.mail.feeds.get(f"{endpoint.account}/{endpoint.region}")
    if feed is None or endpoint.kind != "Interface" or endpoint.requester_managed:
        return
    message = {
        "eventType": event, "vpcEndpointId": endpoint.id, "vpcEndpointOwner": endpoint.account,
        "vpcEndpointServiceId": endpoint.service_id, "time": iso(now),
    }  # fmt: skip
    topic = f"arn:aws:sns:{endpoint.region}:{endpoint.account}:{TOPIC}"
    body = {
        "Type": "Notification", "MessageId": str(uuid.uuid4()), "TopicArn": topic,
        "Subject": f"VPC Endpoint {event}", "Message": json.dumps(message), "Timestamp": iso(now),
        "SignatureVersion": "1", "Signature": "", "SigningCertURL": "", "UnsubscribeURL": "",
    }  # fmt: skip
    _plan(world, feed, body, endpoint.id, now)


def about_share(
    world: "World", share: ResourceShare, account: str, event: str, status: str, now: float
) -> None:
    """Tell a principal that something about a share and it changed; `now` may lie ahead."""
    feed = world.mail.feeds.get(f"{account}/{share.region}")
    if feed is None:
        return
    body = {
        "version": "0", "id": str(uuid.uuid4()), "detail-type": "Resource Sharing State Change",
        "source": "aws.ram", "account": account, "time": iso(now), "region": share.region,
        "resources": [share.arn], "detail": {"event": event, "status": status},
    }  # fmt: skip
    _plan(world, feed, body, share.arn, now)


def _plan(world: "World", feed: Feed, body: dict[str, Any], about: str, now: float) -> None:
    """Let the faults choose, and keep the message until its time."""
    account, _, region = feed.id.partition("/")
    struck = {fault.kind: fault for fault in _faults(world, region, account, about)}
    if "push_lost" in struck:
        return
    text = json.dumps(body)
    if "push_garbled" in struck:
        text = text[: len(text) // 3].replace('"', "\ufffd")
    late = struck["push_late"].seconds if "push_late" in struck else 0.0
    for _ in range(2 if "push_doubled" in struck else 1):
        world.mail.pushes.put(Push(str(uuid.uuid4()), feed.id, now + late, text))
    world.mail.arrivals.tell()  # whoever waits settles the world first


def _faults(world: "World", region: str, account: str, about: str) -> list[Fault]:
    matching = [
        fault
        for fault in world.faults
        if fault.is_of_pushes and fault.matches(fault.service, fault.operation, region, account, [about])
    ]
    struck = [fault for fault in matching if fault.strikes()]
    for fault in matching:
        world.faults.put(fault)
    return struck


def settle(world: "World", now: float) -> None:
    """Send what is due at `now`."""
    for push in sorted(world.mail.pushes, key=lambda item: item.due_at):
        if push.due_at > now:
            break
        world.mail.pushes.remove(push.id)
        feed = world.mail.feeds.get(push.feed_id)
        queue = world.mail.queues.get(feed.queue_id) if feed else None
        if queue is not None:
            queues.send(world, queue, push.body, "AIDASNSANDEVENTBRIDGE")
