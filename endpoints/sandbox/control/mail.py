"""Control routes for AWS's own messages: which account's Region is fed, into which queue."""

from typing import TYPE_CHECKING, Any

from endpoints.sandbox.control.owner import Routes, account_of
from endpoints.sandbox.control.router import Ask, ControlError
from endpoints.sandbox.world import queues
from endpoints.sandbox.world.queues import Feed
from endpoints.sandbox.world.seed import OPERATOR, ZONES
from endpoints.sandbox.world.world import World

if TYPE_CHECKING:
    from endpoints.sandbox.app import Sandbox


def feeds_view(world: World) -> list[dict[str, Any]]:
    """Return what is fed, with how many messages wait in each queue."""
    return [_view(world, feed) for feed in world.mail.feeds]


def _view(world: World, feed: Feed) -> dict[str, Any]:
    account, _, region = feed.id.partition("/")
    queue = world.mail.queues.get(feed.queue_id)
    return {
        "account": account, "region": region, "queue_arn": feed.queue_id,
        "queue_url": queue.url if queue else "",
        "messages": len(queues.messages_of(world, queue)) if queue else 0,
    }  # fmt: skip


def show(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Show what is fed."""
    return {"feeds": feeds_view(sandbox.world)}


def feed(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Feed an account's Region, by default the operator's, into a queue of it, which is made if absent."""
    body, world = ask.only(region=str, account=str, queue_name=str), sandbox.world
    region, account = body.get("region", ""), body.get("account", OPERATOR)
    if region not in ZONES:
        raise ControlError(400, f"'region' must be one of {', '.join(ZONES)}.")
    account_of(world, account)
    queue = queues.make(world, region, account, body.get("queue_name", "postern-pushes"))
    return _view(world, world.mail.feeds.put(Feed(f"{account}/{region}", queue.id)))


def starve(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Feed an account's Region no more; the queue stays."""
    key = f"{ask.query.get('account', OPERATOR)}/{ask.path['region']}"
    found = sandbox.world.mail.feeds.get(key)
    if found is None:
        raise ControlError(404, f"{key} is not fed.")
    shown = _view(sandbox.world, found)
    sandbox.world.mail.feeds.remove(key)
    return shown


ROUTES: Routes = (
    ("GET", "/_control/feeds", show),
    ("POST", "/_control/feeds", feed),
    ("DELETE", "/_control/feeds/{region}", starve),
)
