"""The life of a VPC connection (aws.md §2 and §10), and of the endpoint that MSK makes for it.

As in `lifecycle`, a schedule says what follows and when, and whoever reads settles it first.
"""

from typing import TYPE_CHECKING

from endpoints.sandbox.world import lifecycle
from endpoints.sandbox.world.msk import Cluster, Connection

if TYPE_CHECKING:
    from endpoints.sandbox.world.world import World

LEAVING_STATES = frozenset({"DELETING", lifecycle.ABSENT})
LIVE_STATES = frozenset({"CREATING", "AVAILABLE", "UPDATING"})

# What the endpoint is when its connection is this; in between it stays as it was (reading of ours).
_ENDPOINT_STATES = {
    "CREATING": "pending", "AVAILABLE": "available", "REJECTED": "rejected", "INACTIVE": "rejected",
    "FAILED": "failed",
}  # fmt: skip


def settle_all(world: "World", now: float) -> None:
    """Bring every connection to the state it has at `now`."""
    for key in list(world.msk.moving):
        connection = world.msk.connections.get(key)
        if connection is not None:
            _settle(world, connection, now)


def _settle(world: "World", connection: Connection, now: float) -> None:
    while connection.schedule:
        state, at = next(iter(connection.schedule.items()))
        if at > now:
            return
        del connection.schedule[state]
        if state == lifecycle.ABSENT:
            connection.state = state
            world.msk.drop(connection)
            return
        _enter(world, connection, state, connection.schedule)


def _enter(world: "World", connection: Connection, state: str, schedule: dict[str, float]) -> None:
    connection.state, connection.schedule = state, schedule
    world.msk.save(connection)
    endpoint = world.endpoints.get(connection.endpoint_id)
    if endpoint is not None and state in _ENDPOINT_STATES:
        endpoint.state = _ENDPOINT_STATES[state]
        world.save_endpoint(endpoint)


def start(world: "World", connection: Connection, now: float) -> None:
    """Begin the life of a new connection, whose endpoint is in the world already."""
    _enter(world, connection, "CREATING", {"AVAILABLE": now + world.knobs.msk_creating_seconds})


def reject(world: "World", connection: Connection, now: float) -> bool:
    """The owner rejects, which AWS allows for AVAILABLE alone; False for any other state."""
    if connection.state != "AVAILABLE":
        return False
    _enter(world, connection, "REJECTING", {"REJECTED": now + world.knobs.msk_rejecting_seconds})
    return True


def deactivate(world: "World", connection: Connection, now: float) -> bool:
    """The owner turns the scheme off; False when the connection does not live."""
    if connection.state not in LIVE_STATES:
        return False
    _enter(world, connection, "DEACTIVATING", {"INACTIVE": now + world.knobs.msk_deactivating_seconds})
    return True


def deactivate_all(world: "World", cluster: Cluster, now: float) -> None:
    """Deactivate whatever lives on a scheme that the cluster no longer offers."""
    for connection in world.msk.connections_of(cluster):
        if connection.authentication not in cluster.schemes:
            deactivate(world, connection, now)


def fail(world: "World", connection: Connection) -> bool:
    """MSK gives up, and says no reason; False when the connection is being deleted."""
    if connection.state in LEAVING_STATES:
        return False
    _enter(world, connection, "FAILED", {})
    return True


def update(world: "World", connection: Connection, now: float, seconds: float) -> bool:
    """MSK works on an AVAILABLE connection for `seconds`; False for any other state."""
    if connection.state != "AVAILABLE":
        return False
    _enter(world, connection, "UPDATING", {"AVAILABLE": now + seconds})
    return True


def delete(world: "World", connection: Connection, now: float) -> bool:
    """Begin deleting, the endpoint too; False when that was begun before."""
    if connection.state in LEAVING_STATES:
        return False
    gone = now + world.knobs.msk_deleting_seconds
    connection.state_before_delete, connection.removed_at = connection.state, now
    _enter(world, connection, "DELETING", {lifecycle.ABSENT: gone})
    endpoint = world.endpoints.get(connection.endpoint_id)
    if endpoint is not None:
        endpoint.state_before_delete, endpoint.removed_at = endpoint.state, now
        endpoint.state = "deleting"
        endpoint.schedule = {
            "deleted": gone,
            lifecycle.ABSENT: gone + world.knobs.deleted_visible_seconds,
        }
        world.save_endpoint(endpoint)
    return True
