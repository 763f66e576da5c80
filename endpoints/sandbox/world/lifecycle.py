"""The life of an Interface endpoint (aws.md §2 and §10), driven by the moved clock.

States are never advanced by a thread: each holds a schedule of what follows and when, and whoever reads
settles it first. So a restart loses nothing.
"""

from typing import TYPE_CHECKING

from endpoints.sandbox.world.objects import Endpoint

if TYPE_CHECKING:
    from endpoints.sandbox.world.world import World

ABSENT = "absent"
GONE_STATES = frozenset({"deleted", ABSENT})
LEAVING_STATES = frozenset({"deleting", "deleted", ABSENT})


def settle(world: "World", endpoint: Endpoint, now: float) -> None:
    """Apply the transitions that are due at `now`."""
    changed = False
    while endpoint.schedule:
        state, at = next(iter(endpoint.schedule.items()))
        if at > now:
            break
        del endpoint.schedule[state]
        endpoint.state = state
        changed = True
        if state == "deleted":
            world.release_nics(endpoint)
            world.forget_token(endpoint)
            endpoint.client_token = ""
        elif state == ABSENT:
            world.drop_endpoint(endpoint)
            return
    if changed:
        world.save_endpoint(endpoint)


def start(world: "World", endpoint: Endpoint, acceptance_required: bool, now: float) -> None:
    """Begin the life of a new endpoint, waiting for its owner or coming up."""
    if acceptance_required:
        endpoint.state = "pendingAcceptance"
        endpoint.schedule = {"expired": now + world.knobs.expire_after_seconds}
        world.save_endpoint(endpoint)
    else:
        endpoint.accepted = True
        come_up(world, endpoint, now, world.knobs.pending_seconds)


def come_up(world: "World", endpoint: Endpoint, now: float, seconds: float) -> None:
    """Go through pending to available, which takes `seconds`."""
    endpoint.state = "pending"
    endpoint.schedule = {"available": now + seconds}
    world.save_endpoint(endpoint)
    settle(world, endpoint, now)


def accept(world: "World", endpoint: Endpoint, now: float) -> bool:
    """The owner accepts; False when the endpoint does not wait for that."""
    if endpoint.state != "pendingAcceptance":
        return False
    endpoint.accepted = True
    come_up(world, endpoint, now, world.knobs.pending_seconds)
    return True


def reject(world: "World", endpoint: Endpoint) -> bool:
    """The owner rejects, before or after accepting; False when there is nothing to reject."""
    if endpoint.state not in ("pendingAcceptance", "pending", "available"):
        return False
    _stay(world, endpoint, "rejected")
    return True


def expire(world: "World", endpoint: Endpoint) -> bool:
    """Time runs out before the owner acted; False when nobody was waited for."""
    if endpoint.state != "pendingAcceptance":
        return False
    _stay(world, endpoint, "expired")
    return True


def fail(world: "World", endpoint: Endpoint, code: str, message: str) -> bool:
    """AWS gives up; either text may be empty. False when the endpoint is being deleted."""
    if endpoint.state in LEAVING_STATES:
        return False
    endpoint.error_code, endpoint.error_message = code, message
    _stay(world, endpoint, "failed")
    return True


def delete(world: "World", endpoint: Endpoint, now: float) -> bool:
    """Begin deleting; False when that was begun before."""
    if endpoint.state in LEAVING_STATES:
        return False
    knobs = world.knobs
    endpoint.state_before_delete, endpoint.removed_at = endpoint.state, now
    endpoint.state = "deleting"
    deleted = now + knobs.deleting_seconds
    endpoint.schedule = {"deleted": deleted, ABSENT: deleted + knobs.deleted_visible_seconds}
    world.save_endpoint(endpoint)
    settle(world, endpoint, now)
    return True


def _stay(world: "World", endpoint: Endpoint, state: str) -> None:
    endpoint.state = state
    endpoint.schedule = {}
    world.save_endpoint(endpoint)
