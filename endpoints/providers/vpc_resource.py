"""VPC_RESOURCE: a Resource endpoint to a shared Lattice resource configuration. Source: aws.md §1b, §6."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from endpoints.domain.capacity import SubnetRoom
from endpoints.domain.errors import ProviderError, UserError
from endpoints.domain.reasons import Reason
from endpoints.domain.shares import ShareSeen
from endpoints.domain.sighting import Details, NetworkFacts, Placement, Sighting
from endpoints.domain.specs import Spec, VpcResourceSpec
from endpoints.providers import plain, subnets, vpc_endpoints
from endpoints.providers.base import Operator, Ownership
from endpoints.providers.errors import translated
from endpoints.providers.recent import Recent
from endpoints.providers.session import ec2_reader, lattice_reader, ram_reader, ram_writer
from endpoints.providers.tags import tags_for

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import VpcEndpointAssociationTypeDef
    from mypy_boto3_ram.type_defs import ResourceShareInvitationTypeDef


create_operation = "CreateVpcEndpoint"
delete_operation = "DeleteVpcEndpoints"

find = vpc_endpoints.find
find_together = vpc_endpoints.find_together
create = vpc_endpoints.create
delete = vpc_endpoints.delete
list_owned = vpc_endpoints.list_owned
look_up = vpc_endpoints.look_up
verified_private_names = plain.verified_private_names
enable_private_dns = plain.enable_private_dns

details_page = 100  # AWS's maximum of associations a page; there is no paginator
_NOT_TOLD = ("AccessDeniedException", "ResourceNotFoundException")
# Ids of published samples are no UUIDs, which AWS may call malformed: to us such a share is only not there.
_NO_SHARE = (
    "UnknownResourceException",
    "ResourceShareInvitationArnNotFoundException",
    "MalformedArnException",
)
_ACCEPTED = "ResourceShareInvitationAlreadyAcceptedException"


# --- the share ------------------------------------------------------------------------------------------


def look_at_share(operator: Operator, spec: Spec) -> ShareSeen:
    """Look at the share first: an invitation disappears some days after it was accepted."""
    assert isinstance(spec, VpcResourceSpec)
    share = _share_status(operator, spec.share_arn)
    if share == "active":
        resources = _resources(operator, spec.share_arn)
        status, kind = _configuration(operator, resources[0]) if len(resources) == 1 else ("", "")
        return ShareSeen(share, resources=resources, configuration=status, configuration_type=kind)
    invitation = _newest_invitation(operator, spec.share_arn)
    if invitation is None:
        return ShareSeen(share)
    arn = invitation.get("resourceShareInvitationArn", "")
    return ShareSeen(share, invitation.get("status", "").casefold(), arn)


def invited_to(operator: Operator, invitation_arn: str) -> tuple[str, ...]:
    """Return the ARNs of what a pending invitation would bring. There is no paginator."""
    found: list[str] = []
    request: dict[str, Any] = {"resourceShareInvitationArn": invitation_arn}
    while True:
        with translated("ListPendingInvitationResources"):
            answer = ram_reader(operator).list_pending_invitation_resources(**request)
        found += [item.get("arn", "") for item in answer["resources"]]
        request["nextToken"] = answer.get("nextToken", "")
        if not request["nextToken"]:
            return tuple(found)


def accept(operator: Operator, invitation_arn: str, token: str) -> str:
    """Accept an invitation; one that was accepted already is accepted."""
    try:
        with translated("AcceptResourceShareInvitation"):
            answer = ram_writer(operator).accept_resource_share_invitation(
                resourceShareInvitationArn=invitation_arn, clientToken=token
            )
    except UserError as error:
        if error.raw_code != _ACCEPTED:
            raise
        return error.request_id
    return answer["ResponseMetadata"].get("RequestId", "")


def _share_status(operator: Operator, share_arn: str) -> str:
    paginator = ram_reader(operator).get_paginator("get_resource_shares")
    with _unless_unknown("GetResourceShares") as found:
        for page in paginator.paginate(resourceOwner="OTHER-ACCOUNTS", resourceShareArns=[share_arn]):
            found += [share.get("status", "").casefold() for share in page["resourceShares"]]
    return str(found[0]) if found else ""


def _newest_invitation(operator: Operator, share_arn: str) -> ResourceShareInvitationTypeDef | None:
    """Return the newest invitation to a share: sharing again after it expired makes a new one."""
    paginator = ram_reader(operator).get_paginator("get_resource_share_invitations")
    with _unless_unknown("GetResourceShareInvitations") as found:
        for page in paginator.paginate(resourceShareArns=[share_arn]):
            found += page["resourceShareInvitations"]
    return max(found, key=_invited_at, default=None)


def _invited_at(invitation: ResourceShareInvitationTypeDef) -> datetime:
    return invitation.get("invitationTimestamp", datetime.min.replace(tzinfo=UTC))


def _resources(operator: Operator, share_arn: str) -> tuple[str, ...]:
    paginator = ram_reader(operator).get_paginator("list_resources")
    with _unless_unknown("ListResources") as found:
        for page in paginator.paginate(resourceOwner="OTHER-ACCOUNTS", resourceShareArns=[share_arn]):
            found += [item.get("arn", "") for item in page["resources"]]
    return tuple(found)


def shares_of(operator: Operator, configuration_arn: str) -> tuple[str, ...]:
    """Return the ARNs of the shares that bring a resource configuration to us now."""
    paginator = ram_reader(operator).get_paginator("list_resources")
    with _unless_unknown("ListResources") as found:
        for page in paginator.paginate(resourceOwner="OTHER-ACCOUNTS", resourceArns=[configuration_arn]):
            found += [item.get("resourceShareArn", "") for item in page["resources"]]
    return tuple(sorted(filter(None, set(found))))


def _configuration(operator: Operator, arn: str) -> tuple[str, str]:
    """Return (status, type), casefolded; ("", "") where AWS does not tell a consumer (aws.md §11.6)."""
    try:
        with translated("GetResourceConfiguration"):
            answer = lattice_reader(operator).get_resource_configuration(resourceConfigurationIdentifier=arn)
    except ProviderError as error:
        if error.raw_code not in _NOT_TOLD:
            raise
        return "", ""
    return answer.get("status", "").casefold(), answer.get("type", "").casefold()


@contextmanager
def _unless_unknown(operation: str) -> Iterator[list[Any]]:
    """Collect the items of RAM's pages; a share that AWS does not know yet has none."""
    found: list[Any] = []
    try:
        with translated(operation):
            yield found
    except UserError as error:
        if error.raw_code not in _NO_SHARE:
            raise


# --- the endpoint ---------------------------------------------------------------------------------------


def place(
    operator: Operator,
    spec: Spec,
    networks: Sequence[NetworkFacts],
    owner: Ownership,
    token: str,
    preparation: Mapping[str, Any],
    recent: Recent,
) -> Placement:
    """Choose subnets that have a free /28, and return the exact request. Raises NoRoom or ProviderError."""
    assert isinstance(spec, VpcResourceSpec)
    known = subnets.describe(operator, networks)
    roomy = [network for network in networks if network.room > 0]
    candidates = [known[key] for network in roomy for key in network.subnet_ids if key in known]
    rooms = subnets.rooms_of(operator, candidates)
    for network in roomy:
        chosen = subnets.one_per_zone(
            network, known, lambda subnet: subnet.id in rooms and rooms[subnet.id].blocks > 0
        )
        if chosen:
            arn = str(preparation["configuration_arn"])
            request = _request(operator, arn, network, list(chosen.values()), owner, token)
            return Placement(network.vpc_id, request, (), _less_one_block(rooms, chosen.values()))
    raise subnets.no_room(operator, networks, "blocks" if rooms else "zones", rooms)


def _less_one_block(rooms: Mapping[str, SubnetRoom], taken: Iterable[str]) -> dict[str, SubnetRoom]:
    used = set(taken)
    return {key: replace(room, blocks=room.blocks - (key in used)) for key, room in rooms.items()}


def refusal(error: UserError) -> Reason:
    """A configuration that is unknown, or not shared with us any more, has a code of its own."""
    missing = error.raw_code.startswith("InvalidResourceConfiguration")
    return Reason.CONFIGURATION_NOT_SHARED if missing else Reason.REFUSED_BY_AWS


def read_details(operator: Operator, wanted: Iterable[Sighting]) -> dict[str, Details]:
    """Return the associations of at most `details_page` endpoints."""
    found: dict[str, list[dict[str, Any]]] = {sighting.external_id: [] for sighting in wanted}
    request: dict[str, Any] = {
        "Filters": [{"Name": "vpc-endpoint-id", "Values": sorted(found)}],
        "MaxResults": details_page,
    }
    while True:
        with translated("DescribeVpcEndpointAssociations"):
            answer = ec2_reader(operator).describe_vpc_endpoint_associations(**request)
        for item in answer.get("VpcEndpointAssociations", []):
            found.setdefault(item.get("VpcEndpointId", ""), []).append(_association(item))
        request["NextToken"] = answer.get("NextToken", "")
        if not request["NextToken"]:
            return {key: {"associations": items} for key, items in found.items()}


def _association(item: VpcEndpointAssociationTypeDef) -> dict[str, Any]:
    return {
        "id": item.get("AssociatedResourceArn", "").rpartition("/")[2],
        "name": item.get("DnsEntry", {}).get("DnsName", ""),
        "private": item.get("PrivateDnsEntry", {}).get("DnsName", ""),
        "accessible": item.get("AssociatedResourceAccessibility", "").casefold() == "accessible",
        "code": item.get("FailureCode", ""),
        "text": item.get("FailureReason", ""),
    }


def _request(
    operator: Operator, arn: str, network: NetworkFacts, subnet_ids: list[str], owner: Ownership, token: str
) -> dict[str, object]:
    return {
        "VpcEndpointType": "Resource",
        "VpcId": network.vpc_id,
        "ResourceConfigurationArn": arn,
        "SubnetIds": subnet_ids,
        "SecurityGroupIds": list(network.security_group_ids),
        # An owner's domain is not switched on in a VPC that others share, and AWS never lets it be changed.
        "PrivateDnsEnabled": False,
        "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": tags_for(operator, owner)}],
        "ClientToken": token,
    }
