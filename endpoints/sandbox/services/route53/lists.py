"""Lists of zones: all, by name, by VPC."""

from typing import Any

from endpoints.sandbox.operations import Call, operation
from endpoints.sandbox.services.pages import BadToken, cut
from endpoints.sandbox.services.route53.common import owner_of, page_size, vpc_key, zone_name, zone_view
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import names
from endpoints.sandbox.world.dns import HostedZone

_PAGE = 100


@operation("route53", "ListHostedZones")
def list_hosted_zones(call: Call) -> dict[str, Any]:
    """List the caller's zones, by id; `Marker` is the id of the first on the page. All are private."""
    marker = call.params.get("Marker", "")
    zones = sorted((zone for zone in _mine(call) if zone.id >= marker), key=lambda zone: zone.id)
    size = page_size(call, _PAGE)
    page = _page(call, zones, size) | {"Marker": marker}
    return page | ({"NextMarker": zones[size].id} if len(zones) > size else {})


@operation("route53", "ListHostedZonesByName")
def list_hosted_zones_by_name(call: Call) -> dict[str, Any]:
    """List the caller's zones by name, from `DNSName` and, of that name, from `HostedZoneId` on."""
    params = call.params
    if "HostedZoneId" in params and "DNSName" not in params:
        raise AwsError("InvalidInput", "HostedZoneId needs DNSName.")
    asked = {name: params[name] for name in ("DNSName", "HostedZoneId") if name in params}
    zones = sorted(_mine(call), key=_by_name)
    if "DNSName" in params:
        first = (names.order(zone_name(params["DNSName"])), params.get("HostedZoneId", ""))
        zones = [zone for zone in zones if _by_name(zone) >= first]
    size = page_size(call, _PAGE)
    page = _page(call, zones, size) | asked
    if len(zones) > size:
        page |= {"NextDNSName": zones[size].name, "NextHostedZoneId": zones[size].id}
    return page


@operation("route53", "ListHostedZonesByVPC")
def list_hosted_zones_by_vpc(call: Call) -> dict[str, Any]:
    """List the zones that a VPC of the caller asks, whoever owns them. Raises AwsError."""
    vpc = vpc_key(call.params)
    if owner_of(call, vpc) != call.account:
        raise AwsError("AccessDenied", f"The VPC {call.params['VPCId']} is not yours.", 403)
    zones = [zone for zone in call.world.dns.zones if vpc in zone.vpcs and not call.young(zone.created_at)]
    size = page_size(call, _PAGE)
    try:
        page, token = cut(
            call,
            sorted(zones, key=lambda zone: zone.id),
            lambda zone: zone.id,
            size,
            call.params.get("NextToken"),
        )
    except BadToken as error:
        raise AwsError("InvalidPaginationToken", "The token is not valid.") from error
    shown = [
        {"HostedZoneId": zone.id, "Name": zone.name, "Owner": {"OwningAccount": zone.account}}
        for zone in page
    ]
    return {"HostedZoneSummaries": shown, "MaxItems": str(size), "NextToken": token}


def _mine(call: Call) -> list[HostedZone]:
    zones = call.world.dns.zones
    return [zone for zone in zones if zone.account == call.account and not call.young(zone.created_at)]


def _by_name(zone: HostedZone) -> tuple[tuple[str, ...], str]:
    return names.order(zone.name), zone.id


def _page(call: Call, zones: list[HostedZone], size: int) -> dict[str, Any]:
    return {
        "HostedZones": [zone_view(call, zone) for zone in zones[:size]], "IsTruncated": len(zones) > size,
        "MaxItems": str(size),
    }  # fmt: skip
