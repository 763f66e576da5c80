"""What shares there are, and what is in them, for the owner (SELF) and for others (OTHER-ACCOUNTS)."""

from collections.abc import Iterator
from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ram.common import (
    asked_shares,
    association_view,
    known_shares,
    listing,
    share_view,
)
from endpoints.sandbox.wire.errors import AwsError, not_built
from endpoints.sandbox.world import sharing
from endpoints.sandbox.world.resources import ResourceShare, ShareAssociation

TYPE = "vpc-lattice:ResourceConfiguration"


@operation("ram", "GetResourceShares")
def get_resource_shares(call: Call) -> dict[str, Any]:
    """List the caller's own shares, or those of others that it sees.

    Raises AwsError UnknownResourceException for the whole call when one ARN is unknown,
    MalformedArnException.
    """
    params, wanted = call.params, asked_shares(call)
    for name in ("permissionArn", "permissionVersion"):
        if name in params:
            raise not_built(f"GetResourceShares with {name}")
    found = [
        share
        for share in known_shares(call).values()
        if share is not None
        and (share.account == call.account) == (params["resourceOwner"] == "SELF")
        and (wanted is None or share.arn in wanted)
        and params.get("resourceShareStatus") in (None, share.status)
        and params.get("name") in (None, share.name)
        and all(_tagged(share, item) for item in params.get("tagFilters") or ())
        and not call.young(_born(call, share))
    ]
    return listing(
        call, "resourceShares", found, lambda item: f"{item.created_at:018.3f} {item.id}", share_view
    )


def _born(call: Call, share: ResourceShare) -> float:
    """Return since when the caller could see a share, for read lag."""
    mine = call.world.share_associations.get(f"{share.id}/{sharing.PRINCIPAL}/{call.account}")
    return mine.share_seen_at if mine and mine.share_seen_at else share.created_at


def _tagged(share: ResourceShare, wanted: dict[str, Any]) -> bool:
    key, values = wanted.get("tagKey", ""), wanted.get("tagValues")
    return key in share.tags and (not values or share.tags[key] in values)


@operation("ram", "ListResources")
def list_resources(call: Call) -> dict[str, Any]:
    """List what the caller shares, or what is shared with it. Raises AwsError as GetResourceShares."""
    params, wanted = call.params, asked_shares(call)
    if params.get("resourceType", TYPE).lower() != TYPE.lower():
        text = f"The resource type {params['resourceType']} is not valid."
        raise AwsError("InvalidResourceTypeException", text)
    arns, principal = params.get("resourceArns"), params.get("principal")
    if params["resourceOwner"] == "SELF":
        pairs = _own_resources(call, principal or "")
    else:
        pairs = sharing.resources_seen_by(call.world, call.account, call.region, call.now)
    found = [
        (share, item)
        for share, item in pairs
        if (wanted is None or share.arn in wanted)
        and (not arns or item.entity in arns)
        and (params["resourceOwner"] == "SELF" or principal in (None, share.account))
        and not call.young(item.created_at)
    ]
    return listing(
        call, "resources", found, lambda pair: f"{pair[1].entity} {pair[0].id}",
        lambda pair: resource_view(call, pair[0].arn, pair[1]),
    )  # fmt: skip


def _own_resources(call: Call, principal: str) -> Iterator[tuple[ResourceShare, ShareAssociation]]:
    for share in call.world.shares:
        shown = call.mine(share) and share.status == "ACTIVE"
        if shown and principal:
            theirs = call.world.share_associations.get(f"{share.id}/{sharing.PRINCIPAL}/{principal}")
            shown = theirs is not None and theirs.status == "ASSOCIATED"
        for item in sharing.associations_of(call.world, share, sharing.RESOURCE) if shown else ():
            if item.status == "ASSOCIATED":
                yield share, item


def resource_view(call: Call, share_arn: str, item: ShareAssociation) -> dict[str, Any]:
    """Return a shared resource; its status follows the resource configuration's."""
    found = call.world.configurations.get(item.entity.rpartition("/")[2])
    status = "UNAVAILABLE" if found is None else "AVAILABLE"
    if found is not None and found.status != "ACTIVE":
        status = "PENDING" if found.status.endswith("IN_PROGRESS") else "UNAVAILABLE"
    return {
        "arn": item.entity, "type": TYPE, "resourceShareArn": share_arn, "status": status,
        "creationTime": item.created_at, "lastUpdatedTime": item.updated_at,
        "resourceRegionScope": "REGIONAL",
    }  # fmt: skip


@operation("ram", "GetResourceShareAssociations")
def get_resource_share_associations(call: Call) -> dict[str, Any]:
    """List principals or resources of the caller's own shares. Raises AwsError as GetResourceShares."""
    params, wanted = call.params, asked_shares(call)
    kind = params["associationType"]
    if kind == "SOURCE":
        raise not_built("GetResourceShareAssociations of type SOURCE")
    for name, only in (("principal", sharing.PRINCIPAL), ("resourceArn", sharing.RESOURCE)):
        if name in params and kind != only:
            raise AwsError("InvalidParameterException", f"{name} does not go with the type {kind}.")
    entity = params.get("principal") or params.get("resourceArn")
    found = [
        (share, item)
        for share in call.world.shares
        if call.mine(share) and (wanted is None or share.arn in wanted)
        for item in sharing.associations_of(call.world, share, kind)
        if entity in (None, item.entity)
        and params.get("associationStatus") in (None, item.status)
        and not call.young(item.created_at)
    ]
    return listing(
        call, "resourceShareAssociations", found, lambda pair: pair[1].id,
        lambda pair: association_view(*pair),
    )  # fmt: skip
