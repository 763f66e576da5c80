"""What Route 53's operations share: zones by id, VPCs, changes, pages, and how zones look on the wire."""

from typing import Any

from endpoints.sandbox.operations import Call
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import names
from endpoints.sandbox.world.dns import Change, HostedZone, new_key


def zone_of(call: Call, key: str) -> HostedZone:
    """Return a zone of the caller. Raises AwsError NoSuchHostedZone, or AccessDenied for somebody else's."""
    zone = call.world.dns.zones.get(key)
    if zone is None or call.young(zone.created_at):
        raise AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {key}")
    if zone.account != call.account:
        text = f"User: {call.identity.arn} is not authorized to access this resource"
        raise AwsError("AccessDenied", text, 403)
    return zone


def zone_name(name: str) -> str:
    """Return a zone's name as it is kept. Raises AwsError InvalidDomainName."""
    try:
        found = names.kept(name)
    except ValueError as error:
        raise AwsError("InvalidDomainName", f"{name} is not a valid domain name: {error}") from error
    if found.partition(".")[0] == names.STAR:
        raise AwsError("InvalidDomainName", f"{name} is not a valid domain name for a hosted zone")
    return found


def vpc_key(vpc: dict[str, Any]) -> str:
    """Return Region/id of a VPC as a request names it. Raises AwsError InvalidInput."""
    if not vpc.get("VPCRegion") or not vpc.get("VPCId"):
        raise AwsError("InvalidInput", "A VPC is named by VPCRegion and VPCId.")
    return f"{vpc['VPCRegion']}/{vpc['VPCId']}"


def owner_of(call: Call, key: str) -> str:
    """Return the account of a VPC (Region/id). Raises AwsError InvalidVPCId when there is none."""
    region, _, vpc_id = key.partition("/")
    vpc = call.world.vpcs.get(vpc_id)
    if vpc is None or vpc.region != region:
        raise AwsError("InvalidVPCId", f"The VPC {vpc_id} in region {region} does not exist or is not yours.")
    return vpc.account


def check_free(call: Call, key: str, name: str) -> None:
    """Check that a VPC asks no zone of a name yet. Raises AwsError ConflictingDomainExists."""
    other = call.world.dns.zone_on(key, name)
    if other is not None:
        region, _, vpc_id = key.partition("/")
        shown = other.id if other.account == call.account else "another account's hosted zone"
        text = (
            f"The VPC {vpc_id} in region {region} has already been associated with the hosted zone"
            f" {shown} with the same domain name."
        )
        raise AwsError("ConflictingDomainExists", text)


def begin(call: Call, comment: str = "") -> dict[str, Any]:
    """Put a change on its way, and return how it looks on the wire."""
    insync_at = call.now + call.world.knobs.dns_change_seconds
    change = call.world.dns.changes.put(Change(new_key("C"), call.account, call.now, insync_at, comment))
    return change_view(call, change)


def change_view(call: Call, change: Change) -> dict[str, Any]:
    """Return a change as it is now."""
    view = {
        "Id": f"/change/{change.id}",
        "Status": "INSYNC" if call.now >= change.insync_at else "PENDING",
        "SubmittedAt": change.submitted_at,
    }
    return view | ({"Comment": change.comment} if change.comment else {})


def zone_view(call: Call, zone: HostedZone) -> dict[str, Any]:
    """Return a zone as it looks on the wire."""
    config: dict[str, Any] = {"PrivateZone": True}
    return {
        "Id": f"/hostedzone/{zone.id}", "Name": zone.name, "CallerReference": zone.caller_reference,
        "Config": config | ({"Comment": zone.comment} if zone.comment else {}),
        "ResourceRecordSetCount": call.world.dns.count(zone),
    }  # fmt: skip


def page_size(call: Call, most: int) -> int:
    """Return how many items a page has at most: MaxItems travels as text. Raises AwsError InvalidInput."""
    text = str(call.params.get("MaxItems", most))
    if not (text.isascii() and text.isdigit()) or int(text[:9]) < 1:
        raise AwsError("InvalidInput", f"Invalid value for MaxItems: {text}")
    return min(int(text[:9]), most, call.world.knobs.page_size_limit)
