"""The life of an endpoint (aws.md §2 and §10), driven by the moved clock.

States are never advanced by a thread: each holds a schedule of what follows and when, and whoever reads
settles it first. So a restart loses nothing. What is special to Resource endpoints is in `resource_life`.
"""

from typing import TYPE_CHECKING

from endpoints.sandbox.world import pushes, resource_life
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
        if endpoint.kind == "Resource" and state == "available" and not endpoint.accepted:
            state = resource_life.decide(world, endpoint, at)
        endpoint.state = state
        changed = True
        if state == "deleted":
            world.release_nics(endpoint)
            world.drop_associations(endpoint)
            world.forget_token(endpoint)
            endpoint.client_token = ""
        elif state == ABSENT:
            world.drop_endpoint(endpoint)
            return
    if changed:
        world.save_endpoint(endpoint)


def start(world: "World", endpoint: Endpoint, acceptance_required: bool, now: float) -> None:
    """Begin the life of a new endpoint, waiting for its owner or coming up."""
    pushes.about_endpoint(world, endpoint, "Connect", now)
    if endpoint.kind == "Resource":
        come_up(world, endpoint, now, world.knobs.resource_pending_seconds)
    elif acceptance_required:
        endpoint.state = "pendingAcceptance"
        endpoint.schedule = {"expired": now + world.knobs.expire_after_seconds}
        world.save_endpoint(endpoint)
    else:
        endpoint.accepted = True
        come_up(world, endpoint, now, world.knobs.pending_seconds)


def come_up(world: "World", endpoint: Endpoint, now: float, seconds: float, then: str = "available") -> None:
    """Go through pending to available, or back to another state, which takes `seconds`."""
    endpoint.state = "pending"
    endpoint.schedule = {then: now + seconds}
    world.save_endpoint(endpoint)
    settle(world, endpoint, now)


def accept(world: "World", endpoint: Endpoint, now: float) -> bool:
    """The owner accepts; False when the endpoint does not wait for that."""
    if endpoint.state != "pendingAcceptance":
        return False
    endpoint.accepted = True
    come_up(world, endpoint, now, world.knobs.pending_seconds)
    pushes.about_endpoint(world, endpoint, "Accept", now)
    return True


def reject(world: "World", endpoint: Endpoint, now: float) -> bool:
    """The owner rejects, before or after accepting; False when there is nothing to reject."""
    if endpoint.kind == "Resource" or endpoint.state not in ("pendingAcceptance", "pending", "available"):
        return False
    _stay(world, endpoint, "rejected")
    pushes.about_endpoint(world, endpoint, "Reject", now)
    return True


def expire(world: "World", endpoint: Endpoint) -> bool:
    """Time runs out before the owner acted; False when nobody was waited for.

    A Resource endpoint waits for nobody, but fate may expire it while it lives.
    """
    expiring = ("pending", "available", "partial") if endpoint.kind == "Resource" else ("pendingAcceptance",)
    if endpoint.state not in expiring:
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
    pushes.about_endpoint(world, endpoint, "Delete", now)
    world.save_endpoint(endpoint)
    settle(world, endpoint, now)
    return True


def _stay(world: "World", endpoint: Endpoint, state: str) -> None:
    endpoint.state = state
    endpoint.schedule = {}
    world.save_endpoint(endpoint)
