"""The consumer's side of an invitation (aws.md §1b, §3)."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.ram.common import (
    asked_shares,
    association_view,
    invitation_arn,
    invitations_seen,
    listing,
)
from endpoints.sandbox.services.ram.reads import resource_view
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import sharing
from endpoints.sandbox.world.resources import Invitation

_ENDED = {"ACCEPTED": "AlreadyAccepted", "REJECTED": "AlreadyRejected", "EXPIRED": "Expired"}


@operation("ram", "GetResourceShareInvitations")
def get_resource_share_invitations(call: Call) -> dict[str, Any]:
    """List the caller's invitations in this Region; accepted ones vanish after days.

    Raises AwsError ResourceShareInvitationArnNotFoundException, UnknownResourceException,
    MalformedArnException, each for the whole call.
    """
    found, shares = invitations_seen(call), asked_shares(call)
    wanted = call.params.get("resourceShareInvitationArns")
    if wanted:
        known = {item.arn for item in found}
        for arn in wanted:
            if invitation_arn(arn) not in known:
                raise _not_found(arn)
        found = [item for item in found if item.arn in wanted]
    if shares is not None:
        found = [item for item in found if item.share_arn in shares]
    return listing(
        call, "resourceShareInvitations", found, lambda item: f"{item.number:012d}", _view,
    )  # fmt: skip


def _view(item: Invitation) -> dict[str, Any]:
    return {
        "resourceShareInvitationArn": item.arn, "resourceShareName": item.share_name,
        "resourceShareArn": item.share_arn, "senderAccountId": item.account,
        "receiverAccountId": item.receiver, "invitationTimestamp": item.created_at, "status": item.status,
    }  # fmt: skip


def _not_found(arn: str) -> AwsError:
    text = f"The resource share invitation {arn} could not be found."
    return AwsError("ResourceShareInvitationArnNotFoundException", text)


def _invitation(call: Call) -> Invitation:
    arn = invitation_arn(call.params["resourceShareInvitationArn"])
    for item in invitations_seen(call):
        if item.arn == arn:
            return item
    raise _not_found(arn)


def _ended(item: Invitation) -> AwsError:
    text = f"The resource share invitation {item.arn} is {item.status}."
    return AwsError(f"ResourceShareInvitation{_ENDED[item.status]}Exception", text)


@operation("ram", "ListPendingInvitationResources")
def list_pending_invitation_resources(call: Call) -> dict[str, Any]:
    """List what a pending invitation offers.

    Raises AwsError ResourceShareInvitationArnNotFoundException, and for one that is not pending
    …AlreadyRejectedException, …ExpiredException; an accepted one offers nothing.
    """
    item = _invitation(call)
    if item.status in ("REJECTED", "EXPIRED"):
        raise _ended(item)
    share = call.world.shares.get(item.share_id)
    rows = sharing.associations_of(call.world, share, sharing.RESOURCE) if share else []
    pending = item.status == "PENDING"
    offered = [
        row for row in rows if pending and row.status == "ASSOCIATED" and not call.young(row.created_at)
    ]
    return listing(
        call,
        "resources",
        offered,
        lambda row: row.entity,
        lambda row: resource_view(call, item.share_arn, row),
    )


@operation("ram", "AcceptResourceShareInvitation")
def accept_resource_share_invitation(call: Call) -> dict[str, Any]:
    """Accept; the same client token again answers the same.

    Raises AwsError ResourceShareInvitationArnNotFoundException, …AlreadyAcceptedException,
    …AlreadyRejectedException, …ExpiredException, IdempotentParameterMismatchException.
    """
    return _answered(call, "ACCEPTED")


@operation("ram", "RejectResourceShareInvitation")
def reject_resource_share_invitation(call: Call) -> dict[str, Any]:
    """Refuse. Raises AwsError as AcceptResourceShareInvitation."""
    return _answered(call, "REJECTED")


def _answered(call: Call, status: str) -> dict[str, Any]:
    item, token = _invitation(call), call.params.get("clientToken", "")
    for other in call.world.invitations if token else ():
        if other.client_token == token and other.receiver == call.account and other.id != item.id:
            text = "The client token was used with another invitation."
            raise AwsError("IdempotentParameterMismatchException", text)
    replayed = bool(token) and (item.client_token, item.status) == (token, status)
    if item.status != "PENDING" and not replayed:
        raise _ended(item)
    if item.status == "PENDING":
        item.client_token = token
        act = sharing.accept if status == "ACCEPTED" else sharing.reject
        act(call.world, item, call.now)
    view = _view(item)
    share = call.world.shares.get(item.share_id)
    if share is not None:
        mine = call.world.share_associations.get(f"{share.id}/{sharing.PRINCIPAL}/{call.account}")
        view["resourceShareAssociations"] = [association_view(share, mine)] if mine else []
    return {"resourceShareInvitation": view, "clientToken": token or None}
