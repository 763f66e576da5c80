"""Which VPCs ask a zone."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.route53.common import begin, check_free, owner_of, vpc_key, zone_of
from endpoints.sandbox.wire.errors import AwsError

_VPCS_PER_ZONE = 300


@operation("route53", "AssociateVPCWithHostedZone")
def associate_vpc(call: Call) -> dict[str, Any]:
    """Let one more VPC of the caller ask a zone.

    Raises AwsError: NoSuchHostedZone, AccessDenied, InvalidVPCId, NotAuthorizedException for a VPC of
    another account, ConflictingDomainExists, LimitsExceeded.
    """
    zone, vpc = zone_of(call, call.params["HostedZoneId"]), vpc_key(call.params["VPC"])
    if owner_of(call, vpc) != call.account:
        text = "The VPC is of another account, which did not authorize this association."
        raise AwsError("NotAuthorizedException", text)
    check_free(call, vpc, zone.name)
    if len(zone.vpcs) >= _VPCS_PER_ZONE:
        raise AwsError("LimitsExceeded", f"A hosted zone has at most {_VPCS_PER_ZONE} VPCs.")
    zone.vpcs.append(vpc)
    call.world.dns.zones.put(zone)
    return {"ChangeInfo": begin(call, call.params.get("Comment", ""))}


@operation("route53", "DisassociateVPCFromHostedZone")
def disassociate_vpc(call: Call) -> dict[str, Any]:
    """Let a VPC ask a zone no more, unless it is the last one.

    Raises AwsError: NoSuchHostedZone, AccessDenied, VPCAssociationNotFound, LastVPCAssociation.
    """
    zone, vpc = zone_of(call, call.params["HostedZoneId"]), vpc_key(call.params["VPC"])
    if vpc not in zone.vpcs:
        text = f"The VPC {vpc.partition('/')[2]} and the hosted zone {zone.id} are not associated."
        raise AwsError("VPCAssociationNotFound", text)
    if len(zone.vpcs) == 1:
        text = "The last VPC cannot be disassociated from a private hosted zone."
        raise AwsError("LastVPCAssociation", text)
    zone.vpcs.remove(vpc)
    call.world.dns.zones.put(zone)
    return {"ChangeInfo": begin(call, call.params.get("Comment", ""))}
