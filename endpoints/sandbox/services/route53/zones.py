"""Hosted zones: made, read, commented, deleted; and what became of a change."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.route53.common import (
    begin,
    change_view,
    check_free,
    owner_of,
    vpc_key,
    zone_name,
    zone_of,
    zone_view,
)
from endpoints.sandbox.wire.errors import AwsError, not_built
from endpoints.sandbox.world.dns import NAME_SERVERS, HostedZone, Reference, is_own, new_key


@operation("route53", "CreateHostedZone")
def create_hosted_zone(call: Call) -> dict[str, Any]:
    """Make a private zone that one VPC asks. A CallerReference serves once, for ever.

    Raises AwsError: HostedZoneAlreadyExists, InvalidDomainName, InvalidVPCId, InvalidInput,
    ConflictingDomainExists, TooManyHostedZones.
    """
    params, dns = call.params, call.world.dns
    config = params.get("HostedZoneConfig", {})
    reference = Reference(f"{call.account}/{params['CallerReference']}")
    if dns.references.get(reference.id) is not None:
        text = f"A hosted zone has already been created with the specified caller reference: {reference.id}"
        raise AwsError("HostedZoneAlreadyExists", text)
    if "DelegationSetId" in params:
        raise not_built("delegation sets")
    name = zone_name(params["Name"])
    if "VPC" not in params:
        if config.get("PrivateZone"):
            raise AwsError("InvalidInput", "A private hosted zone needs a VPC.")
        raise not_built("public hosted zones")
    vpc = vpc_key(params["VPC"])
    if owner_of(call, vpc) != call.account:
        raise AwsError("InvalidVPCId", f"The VPC {params['VPC']['VPCId']} does not exist or is not yours.")
    check_free(call, vpc, name)
    if sum(zone.account == call.account for zone in dns.zones) >= call.world.knobs.hosted_zone_quota:
        text = "The account has reached the maximum number of hosted zones."
        raise AwsError("TooManyHostedZones", text)
    zone = HostedZone(
        new_key("Z"),
        call.account,
        name,
        params["CallerReference"],
        call.now,
        config.get("Comment", ""),
        [vpc],
    )
    dns.references.put(reference)
    dns.found_zone(zone)
    return {
        "HostedZone": zone_view(call, zone), "ChangeInfo": begin(call), "VPC": params["VPC"],
        "DelegationSet": {"NameServers": [server.removesuffix(".") for server in NAME_SERVERS]},
        "Location": f"https://route53.amazonaws.com/2013-04-01/hostedzone/{zone.id}",
    }  # fmt: skip


@operation("route53", "GetHostedZone")
def get_hosted_zone(call: Call) -> dict[str, Any]:
    """Tell one zone, with its VPCs. Raises AwsError NoSuchHostedZone, AccessDenied."""
    zone = zone_of(call, call.params["Id"])
    pairs = [key.partition("/") for key in zone.vpcs]
    vpcs = [{"VPCRegion": region, "VPCId": vpc_id} for region, _, vpc_id in pairs]
    return {"HostedZone": zone_view(call, zone), "VPCs": vpcs}


@operation("route53", "UpdateHostedZoneComment")
def update_hosted_zone_comment(call: Call) -> dict[str, Any]:
    """Change a zone's comment; without one it is deleted. Raises AwsError NoSuchHostedZone, AccessDenied."""
    zone = zone_of(call, call.params["Id"])
    zone.comment = call.params.get("Comment", "")
    call.world.dns.zones.put(zone)
    return {"HostedZone": zone_view(call, zone)}


@operation("route53", "DeleteHostedZone")
def delete_hosted_zone(call: Call) -> dict[str, Any]:
    """Delete a zone without content. Raises AwsError NoSuchHostedZone, AccessDenied, HostedZoneNotEmpty."""
    dns = call.world.dns
    zone = zone_of(call, call.params["Id"])
    if not all(is_own(zone, record) for record in dns.records_of(zone).values()):
        text = (
            "The specified hosted zone contains non-required resource record sets and so cannot be deleted."
        )
        raise AwsError("HostedZoneNotEmpty", text)
    dns.drop_zone(zone)
    return {"ChangeInfo": begin(call)}


@operation("route53", "GetChange")
def get_change(call: Call) -> dict[str, Any]:
    """Tell whether a change arrived everywhere. Raises AwsError NoSuchChange."""
    key = call.params["Id"]
    change = call.world.dns.changes.get(key)
    if change is None or change.account != call.account:
        raise AwsError("NoSuchChange", f"Could not find resource with ID: {key}")
    return {"ChangeInfo": change_view(call, change)}
