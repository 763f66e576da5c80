"""How endpoints and services look on the wire, and who may see a service."""

from typing import Any

from endpoints.sandbox.operations import Call
from endpoints.sandbox.services.ec2.query import tag_list
from endpoints.sandbox.wire.credentials import Identity
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world.objects import Endpoint, Nic, Service
from endpoints.sandbox.world.seed import ZONES
from endpoints.sandbox.world.world import World

# The hosted zones in which AWS keeps the names of interface endpoints, by Region of the service.
_HOSTED_ZONES = {
    "us-east-1": "Z7HUB22UULQXV", "us-east-2": "ZC8PG0KIFKBRI", "us-west-2": "Z1YSA3EXCYUU9Z",
    "eu-central-1": "Z273ZU8SZ5RJPC", "eu-west-1": "Z38GZ743OKFT7T", "ap-northeast-2": "Z27UANNT0PRK1T",
}  # fmt: skip


def allowed(service: Service, identity: Identity) -> bool:
    """Whether a caller is among a service's principals: `*`, its account, the account's root, or itself."""
    account = identity.account
    accepted = {"*", account, f"arn:aws:iam::{account}:root", identity.principal}
    return service.account == account or not accepted.isdisjoint(service.allowed_principals)


def no_such_service(name: str) -> AwsError:
    """One text for unknown, not allowed and elsewhere, so that nobody can tell them apart (aws.md §3)."""
    return AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")


def spelled(endpoint: Endpoint) -> str:
    """Return a state as the wire has it; that of Resource endpoints begins with a capital (aws.md §0.4)."""
    return endpoint.state[:1].upper() + endpoint.state[1:] if endpoint.kind == "Resource" else endpoint.state


def dns_entries(world: World, endpoint: Endpoint) -> list[dict[str, str]]:
    """Return the names: regional, zonal unless cross-Region, private once enabled (aws.md §5).

    None for a Resource endpoint: its names are in its associations.
    """
    if endpoint.kind == "Resource":
        return []
    tail = f"{endpoint.service_id}.{endpoint.service_region}.vpce.amazonaws.com"
    head = f"{endpoint.id}-{endpoint.dns_suffix}"
    names = [f"{head}.{tail}"]
    if endpoint.service_region == endpoint.region:
        subnets = [world.subnets.get(key) for key in endpoint.subnet_ids]
        names += [f"{head}-{zone}.{tail}" for zone in sorted(s.zone_name for s in subnets if s)]
    zone_id = _HOSTED_ZONES.get(endpoint.service_region, "Z00000000000000000000")
    entries = [{"DnsName": name, "HostedZoneId": zone_id} for name in names]
    service = world.services.get(endpoint.service_id)
    if endpoint.private_dns_enabled and service and service.private_dns_name:
        entries.append({"DnsName": service.private_dns_name, "HostedZoneId": endpoint.private_zone_id})
    return entries


def endpoint_view(call: Call, endpoint: Endpoint) -> dict[str, Any]:
    """Return an endpoint as its consumer sees it."""
    world = call.world
    groups = [world.groups.get(key) for key in endpoint.group_ids]
    nics = world.nics_of(endpoint)
    view: dict[str, Any] = {
        "VpcEndpointId": endpoint.id, "VpcEndpointType": endpoint.kind, "VpcId": endpoint.vpc_id,
        "State": spelled(endpoint), "SubnetIds": list(endpoint.subnet_ids),
        "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in groups if group],
        "IpAddressType": endpoint.ip_address_type,
        "PrivateDnsEnabled": endpoint.private_dns_enabled, "RequesterManaged": endpoint.requester_managed,
        "NetworkInterfaceIds": [nic.id for nic in nics], "DnsEntries": dns_entries(world, endpoint),
        "CreationTimestamp": endpoint.created_at, "Tags": tag_list(endpoint.tags),
        "OwnerId": endpoint.account,
    }  # fmt: skip
    view |= _resource(endpoint, nics) if endpoint.kind == "Resource" else _interface(endpoint)
    error = {"Code": endpoint.error_code, "Message": endpoint.error_message}
    if any(error.values()):
        view["LastError"] = {name: text for name, text in error.items() if text}
    return view


def _interface(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "ServiceName": endpoint.service_name, "ServiceRegion": endpoint.service_region,
        "PolicyDocument": endpoint.policy, "RouteTableIds": [],
        "DnsOptions": {"DnsRecordIpType": endpoint.ip_address_type},
    }  # fmt: skip


def _resource(endpoint: Endpoint, nics: list[Nic]) -> dict[str, Any]:
    view: dict[str, Any] = {
        "ResourceConfigurationArn": endpoint.configuration_arn,
        "Ipv4Prefixes": [{"SubnetId": nic.subnet_id, "IpPrefixes": [nic.prefix]} for nic in nics],
        "Ipv6Prefixes": [],
    }
    if endpoint.dns_preference:
        view["DnsOptions"] = {
            "PrivateDnsPreference": endpoint.dns_preference,
            "PrivateDnsSpecifiedDomains": list(endpoint.dns_domains),
        }
    if endpoint.error_message:
        view["FailureReason"] = endpoint.error_message
    return view


def zones_of(service: Service, region: str) -> list[tuple[str, str]]:
    """Return (name, id) of the zones that a service offers to consumers of a Region; none across Regions."""
    if service.region != region:
        return []
    return [zone for zone in ZONES.get(region, ()) if zone[1] in service.zone_ids]


def service_view(call: Call, service: Service) -> dict[str, Any]:
    """Return a service as a consumer sees it before connecting (aws.md §6)."""
    zones = zones_of(service, call.region)
    view: dict[str, Any] = {
        "ServiceName": service.name, "ServiceId": service.id, "ServiceRegion": service.region,
        "ServiceType": [{"ServiceType": "Interface"}], "Owner": service.account,
        "AvailabilityZoneIds": [zone_id for _, zone_id in zones],
        "AvailabilityZones": [name for name, _ in zones],
        "BaseEndpointDnsNames": [f"{service.id}.{service.region}.vpce.amazonaws.com"],
        "VpcEndpointPolicySupported": False, "AcceptanceRequired": service.acceptance_required,
        "ManagesVpcEndpoints": False, "SupportedIpAddressTypes": ["ipv4"], "Tags": tag_list(service.tags),
    }  # fmt: skip
    if service.private_dns_name:
        view["PrivateDnsName"] = service.private_dns_name
        view["PrivateDnsNames"] = [{"PrivateDnsName": service.private_dns_name}]
        view["PrivateDnsNameVerificationState"] = service.private_dns_state
    return view
