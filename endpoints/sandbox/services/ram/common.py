"""What all of RAM shares: ARNs, pages with an empty one now and then, its words for refusals."""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from endpoints.sandbox.operations import Call
from endpoints.sandbox.services.pages import BadToken, json_page, token_after
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import sharing
from endpoints.sandbox.world.resources import Invitation, ResourceShare, ShareAssociation

T = TypeVar("T")
PAGE = 500
_EVERY = 3
_SHARE = re.compile(r"arn:aws:ram:[a-z0-9-]+:\d{12}:resource-share/[0-9a-f-]{36}")
_INVITATION = re.compile(r"arn:aws:ram:[a-z0-9-]+:\d{12}:resource-share-invitation/[0-9a-f-]{36}")


def share_arn(arn: str) -> str:
    """Return a share's ARN, checked. Raises AwsError MalformedArnException."""
    return _checked(_SHARE, arn)


def invitation_arn(arn: str) -> str:
    """Return an invitation's ARN, checked. Raises AwsError MalformedArnException."""
    return _checked(_INVITATION, arn)


def _checked(pattern: re.Pattern[str], arn: str) -> str:
    if not pattern.fullmatch(arn):
        raise AwsError("MalformedArnException", f"The specified ARN {arn} is not valid.")
    return arn


def unknown_share(arn: str) -> AwsError:
    """The share does not exist, or the caller sees nothing of it: one text."""
    return AwsError("UnknownResourceException", f"ResourceShare {arn} could not be found.")


def own_share(call: Call) -> ResourceShare:
    """Return the caller's share that `resourceShareArn` names.

    Raises AwsError MalformedArnException, UnknownResourceException, and for a share of others that the
    caller was let into OperationNotPermittedException: a share of this type cannot be left (aws.md §1b).
    """
    arn = share_arn(call.params["resourceShareArn"])
    share = call.world.shares.get(arn.rpartition("/")[2])
    if share is None or share.arn != arn or share.region != call.region:
        raise unknown_share(arn)
    if share.account != call.account:
        if share in list(sharing.seen_by(call.world, call.account, call.region, call.now)):
            text = f"You do not have permission to change the resource share {arn}."
            raise AwsError("OperationNotPermittedException", text)
        raise unknown_share(arn)
    if share.status == "DELETED":
        raise AwsError("InvalidStateTransitionException", f"The resource share {arn} is DELETED.")
    return share


def invitations_seen(call: Call) -> list[Invitation]:
    """Return the invitations that the caller sees in this Region, oldest first."""
    mine = [
        item
        for item in call.world.invitations
        if item.receiver == call.account and item.region == call.region and item.seen_at <= call.now
    ]
    return sorted((item for item in mine if not call.young(item.created_at)), key=lambda item: item.number)


def known_shares(call: Call) -> dict[str, ResourceShare | None]:
    """Return by ARN all shares of which the caller sees anything, its own too.

    None stands for a share that is known by an invitation alone.
    """
    known: dict[str, ResourceShare | None] = {item.share_arn: None for item in invitations_seen(call)}
    known |= {item.arn: item for item in call.world.shares if call.mine(item)}
    seen = sharing.seen_by(call.world, call.account, call.region, call.now)
    return known | {item.arn: item for item in seen}


def asked_shares(call: Call) -> set[str] | None:
    """Return the ARNs in `resourceShareArns`, None for no such filter.

    Raises AwsError MalformedArnException, UnknownResourceException for the whole call when one is unknown.
    """
    wanted = call.params.get("resourceShareArns")
    if not wanted:
        return None
    known = known_shares(call)
    for arn in wanted:
        if share_arn(arn) not in known:
            raise unknown_share(arn)
    return set(wanted)


def listing(
    call: Call, name: str, items: Iterable[T], place: Callable[[T], str], view: Callable[[T], dict[str, Any]]
) -> dict[str, Any]:
    """Return one page of a list under `name`.

    Every third list begins with an empty page while the knob `ram_empty_pages` is 1, as RAM's may (aws.md
    §1b). Raises AwsError InvalidNextTokenException.
    """
    world = call.world
    try:
        if not call.params.get("nextToken"):
            world.ram_lists += 1
            if world.knobs.ram_empty_pages and world.ram_lists % _EVERY == 0:
                return {name: [], "nextToken": token_after(call, "")}
        chosen, following = json_page(call, sorted(items, key=place), place, PAGE)
    except BadToken as error:
        raise AwsError("InvalidNextTokenException", "The nextToken is not valid.") from error
    return {name: [view(item) for item in chosen], "nextToken": following}


def share_view(share: ResourceShare) -> dict[str, Any]:
    """Return a share as both sides see it."""
    tags = [{"key": key, "value": value} for key, value in share.tags.items()]
    return {
        "resourceShareArn": share.arn, "name": share.name, "owningAccountId": share.account,
        "allowExternalPrincipals": share.allow_external, "status": share.status, "tags": tags,
        "creationTime": share.created_at, "lastUpdatedTime": share.updated_at, "featureSet": "STANDARD",
    }  # fmt: skip


def association_view(share: ResourceShare, item: ShareAssociation) -> dict[str, Any]:
    """Return a principal or a resource of a share."""
    return {
        "resourceShareArn": share.arn, "resourceShareName": share.name, "associatedEntity": item.entity,
        "associationType": item.kind, "status": item.status, "creationTime": item.created_at,
        "lastUpdatedTime": item.updated_at, "external": item.external,
    }  # fmt: skip
