"""The life of RAM shares and invitations (aws.md §1b, §2, §10), driven by the moved clock.

What a principal sees, and when, is written down as times when the cause happens; only the end of invitations
and of deleted shares has to be settled.
"""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

from endpoints.sandbox.world import pushes
from endpoints.sandbox.world.resources import Invitation, ResourceShare, ShareAssociation

if TYPE_CHECKING:
    from endpoints.sandbox.world.world import World

PRINCIPAL, RESOURCE = "PRINCIPAL", "RESOURCE"
_LIVE = ("ASSOCIATING", "ASSOCIATED")
# A deleted share is shown for two hours; not documented for the API, the console says so ([I]).
DELETED_SEEN_SECONDS = 7200.0


def settle(world: "World", now: float) -> None:
    """Expire invitations, and forget accepted ones and deleted shares whose time is over."""
    times: list[float] = []
    for invitation in list(world.invitations):
        if invitation.status == "PENDING" and invitation.expires_at <= now:
            expire(world, invitation, invitation.expires_at)
        if invitation.vanishes_at is not None and invitation.vanishes_at <= now:
            world.invitations.remove(invitation.id)
        elif invitation.vanishes_at is not None:
            times.append(invitation.vanishes_at)
        elif invitation.status == "PENDING":
            times.append(invitation.expires_at)
    for share in list(world.shares):
        gone = share.updated_at + DELETED_SEEN_SECONDS
        if share.status == "DELETED" and gone <= now:
            _forget(world, share)
        elif share.status == "DELETED":
            times.append(gone)
    world.sharing_due = min(times, default=float("inf"))


def _forget(world: "World", share: ResourceShare) -> None:
    for association in associations_of(world, share):
        world.share_associations.remove(association.id)
    world.shares.remove(share.id)


def associations_of(world: "World", share: ResourceShare, kind: str = "") -> list[ShareAssociation]:
    """Return the principals and resources of a share, or one of the two kinds."""
    mine = [item for item in world.share_associations if item.share_id == share.id]
    return [item for item in mine if kind in ("", item.kind)]


# The owner


def add_resource(world: "World", share: ResourceShare, arn: str, now: float) -> ShareAssociation:
    """Put a resource into a share; it stays as it is when it is there."""
    key = f"{share.id}/{RESOURCE}/{arn}"
    known = world.share_associations.get(key)
    if known is not None and known.status in _LIVE:
        return known
    item = ShareAssociation(key, share.id, RESOURCE, arn, "ASSOCIATED", False, now, now)
    item.resources_seen_at = now + world.knobs.resource_lag_seconds
    return world.share_associations.put(item)


def add_principal(world: "World", share: ResourceShare, account: str, now: float) -> ShareAssociation:
    """Share with an account: at once within the organization, else by a new invitation.

    Nothing happens when the account is associated or invited already.
    """
    key = f"{share.id}/{PRINCIPAL}/{account}"
    known = world.share_associations.get(key)
    if known is not None and known.status in _LIVE:
        return known
    knobs, seen_at = world.knobs, now + world.knobs.share_lag_seconds
    item = ShareAssociation(key, share.id, PRINCIPAL, account, "ASSOCIATING", True, now, now)
    if share.same_organization:
        item.status, item.external = "ASSOCIATED", False
        item.share_seen_at, item.resources_seen_at = seen_at, seen_at + knobs.resource_lag_seconds
        pushes.about_share(world, share, account, pushes.ASSOCIATION, "associated", seen_at)
    else:
        invitation = Invitation(
            str(uuid.uuid4()), world.next_number(), share.id, share.name, share.region, share.account,
            account, now, seen_at, now + knobs.invitation_expire_seconds,
        )  # fmt: skip
        world.invitations.put(invitation)
        world.sharing_due = 0.0
        pushes.about_share(world, share, account, pushes.INVITATION, "pending", seen_at)
    return world.share_associations.put(item)


def detach(world: "World", association: ShareAssociation, now: float) -> None:
    """Take a principal or a resource out of a share; a pending invitation goes with its principal."""
    association.status, association.updated_at = "DISASSOCIATED", now
    world.share_associations.put(association)
    share = world.shares.get(association.share_id)
    if share is not None and association.kind == PRINCIPAL:
        pushes.about_share(world, share, association.entity, pushes.ASSOCIATION, "disassociated", now)
    for invitation in list(world.invitations):
        about = (invitation.share_id, invitation.receiver) == (association.share_id, association.entity)
        if about and invitation.status == "PENDING":
            world.invitations.remove(invitation.id)


def delete_share(world: "World", share: ResourceShare, now: float) -> None:
    """Delete a share; its principals still see that it is deleted, for a while."""
    for association in associations_of(world, share):
        detach(world, association, now)
    share.status, share.updated_at = "DELETED", now
    world.shares.put(share)
    world.sharing_due = 0.0


def share_again(world: "World", share: ResourceShare, now: float) -> list[Invitation]:
    """Associate every detached principal again, and return the new invitations."""
    known = {invitation.id for invitation in world.invitations}
    for association in associations_of(world, share, PRINCIPAL):
        add_principal(world, share, association.entity, now)
    return [invitation for invitation in world.invitations if invitation.id not in known]


# The consumer


def accept(world: "World", invitation: Invitation, now: float) -> None:
    """The receiver accepts a pending invitation; what it then sees lags behind."""
    knobs = world.knobs
    invitation.status = "ACCEPTED"
    invitation.vanishes_at = now + knobs.invitation_vanish_seconds
    world.invitations.put(invitation)
    world.sharing_due = 0.0
    for association in _principal_of(world, invitation):
        association.status, association.updated_at = "ASSOCIATED", now
        association.share_seen_at = now + knobs.accept_lag_seconds
        association.resources_seen_at = association.share_seen_at + knobs.resource_lag_seconds
        world.share_associations.put(association)
        share, seen_at = world.shares.get(invitation.share_id), association.resources_seen_at
        if share is not None:
            pushes.about_share(world, share, invitation.receiver, pushes.ASSOCIATION, "associated", seen_at)


def reject(world: "World", invitation: Invitation, now: float) -> None:
    """The receiver refuses a pending invitation; that detaches it."""
    _end(world, invitation, "REJECTED", now)


def expire(world: "World", invitation: Invitation, now: float) -> None:
    """Nobody answered in time; that detaches the receiver."""
    _end(world, invitation, "EXPIRED", now)


def _end(world: "World", invitation: Invitation, status: str, now: float) -> None:
    invitation.status = status
    world.invitations.put(invitation)
    for association in _principal_of(world, invitation):
        detach(world, association, now)


def _principal_of(world: "World", invitation: Invitation) -> list[ShareAssociation]:
    found = world.share_associations.get(f"{invitation.share_id}/{PRINCIPAL}/{invitation.receiver}")
    return [found] if found is not None else []


def seen_by(world: "World", account: str, region: str, now: float) -> Iterator[ResourceShare]:
    """Yield the shares of others that an account sees in a Region; deleted ones too."""
    for association in world.share_associations:
        if association.kind != PRINCIPAL or association.entity != account:
            continue
        share = world.shares.get(association.share_id)
        if share is None or share.region != region or not _since(association.share_seen_at, now):
            continue
        if association.status == "ASSOCIATED" or share.status == "DELETED":
            yield share


def resources_seen_by(
    world: "World", account: str, region: str, now: float
) -> Iterator[tuple[ResourceShare, ShareAssociation]]:
    """Yield what is shared with an account in a Region, with the share that it comes by."""
    for share in seen_by(world, account, region, now):
        principal = world.share_associations.get(f"{share.id}/{PRINCIPAL}/{account}")
        if share.status != "ACTIVE" or principal is None or not _since(principal.resources_seen_at, now):
            continue
        for resource in associations_of(world, share, RESOURCE):
            if resource.status == "ASSOCIATED" and _since(resource.resources_seen_at, now):
                yield share, resource


def may_use(world: "World", account: str, region: str, arn: str, now: float) -> bool:
    """Whether an account got a resource by an active share that it sees."""
    return any(item.entity == arn for _, item in resources_seen_by(world, account, region, now))


def _since(moment: float | None, now: float) -> bool:
    return moment is not None and moment <= now
