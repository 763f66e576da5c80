"""Checks of an endpoint's parts, as AWS makes them (aws.md §1a, §3, §10)."""

from collections.abc import Collection, Iterable, Sequence

from endpoints.sandbox.operations import Call
from endpoints.sandbox.services.ec2.views import allowed, no_such_service
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import resource_life
from endpoints.sandbox.world.lifecycle import GONE_STATES, LEAVING_STATES
from endpoints.sandbox.world.objects import Endpoint, SecurityGroup, Service, Subnet, Vpc

# Zones from which services of another Region cannot be reached (aws.md §1a).
NOT_CROSS_REGION = frozenset({"use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"})


def vpc_of(call: Call, key: str) -> Vpc:
    """Return the caller's VPC. Raises AwsError InvalidVpcID.NotFound."""
    vpc = call.world.vpcs.get(key)
    if vpc is None or not call.mine(vpc):
        raise AwsError("InvalidVpcID.NotFound", f"The vpc ID '{key}' does not exist")
    return vpc


def service_of(call: Call, name: str, service_region: str) -> Service:
    """Return a service that the caller may use from this Region.

    Raises AwsError InvalidServiceName (unknown, not allowed, or of another Region: one text), or
    InvalidParameter when the owner does not support the caller's Region.
    """
    for service in call.world.services:
        if service.name == name and service.region == service_region and allowed(service, call.identity):
            if call.region != service.region and call.region not in service.supported_regions:
                text = f"The VPC endpoint service {name} does not support the Region {call.region}."
                raise AwsError("InvalidParameter", text)
            return service
    raise no_such_service(name)


def subnets_of(
    call: Call, vpc: Vpc, service: Service, wanted: Sequence[str], held: Iterable[Subnet] = ()
) -> list[Subnet]:
    """Return the subnets for new interfaces, beside those already `held`.

    Raises AwsError InvalidSubnetID.NotFound, InvalidParameter (other VPC; zone not offered),
    DuplicateSubnetsInSameZone, InsufficientFreeAddressesInSubnet.
    """
    chosen: list[Subnet] = []
    zones = {subnet.zone_id for subnet in held}
    for key in wanted:
        subnet = subnet_in(call, vpc, key)
        _zone_offered(call, service, subnet)
        another_zone(subnet, zones)
        if call.world.free_count(subnet) < 1:
            text = f"There are not enough free addresses in subnet '{key}' to satisfy the requested number."
            raise AwsError("InsufficientFreeAddressesInSubnet", text)
        zones.add(subnet.zone_id)
        chosen.append(subnet)
    return chosen


def subnet_in(call: Call, vpc: Vpc, key: str) -> Subnet:
    """Return a subnet of a VPC. Raises AwsError InvalidSubnetID.NotFound, InvalidParameter (other VPC)."""
    subnet = call.world.subnets.get(key)
    if subnet is None or not call.mine(subnet):
        raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{key}' does not exist")
    if subnet.vpc_id != vpc.id:
        text = f"The subnet {key} does not belong to the VPC {vpc.id}."
        raise AwsError("InvalidParameter", text)
    return subnet


def another_zone(subnet: Subnet, taken: Collection[str]) -> None:
    """Check that an endpoint has no subnet in this zone yet. Raises AwsError DuplicateSubnetsInSameZone."""
    if subnet.zone_id in taken:
        text = f"Found another VPC endpoint subnet in the availability zone of {subnet.id}"
        raise AwsError("DuplicateSubnetsInSameZone", text)


def _zone_offered(call: Call, service: Service, subnet: Subnet) -> None:
    if service.region == call.region:
        offered = subnet.zone_id in service.zone_ids
    else:
        offered = subnet.zone_id not in NOT_CROSS_REGION
    if not offered:
        text = (
            f"The VPC endpoint service {service.name} does not support the availability zone of the subnet: "
            f"{subnet.id}."
        )
        raise AwsError("InvalidParameter", text)


def groups_of(call: Call, vpc: Vpc, wanted: Sequence[str] | None) -> list[SecurityGroup]:
    """Return the groups; the VPC's default when none is named. Raises AwsError InvalidGroup.NotFound."""
    if not wanted:
        return [group for group in call.world.groups if group.vpc_id == vpc.id and group.is_default]
    chosen = []
    for key in wanted:
        group = call.world.groups.get(key)
        if group is None or not call.mine(group) or group.vpc_id != vpc.id:
            text = f"The security group '{key}' does not exist in VPC '{vpc.id}'"
            raise AwsError("InvalidGroup.NotFound", text)
        chosen.append(group)
    return chosen


def private_dns(call: Call, vpc: Vpc, service: Service, endpoint: Endpoint | None) -> None:
    """Check that private DNS can be switched on, for a new endpoint (None) or an existing one.

    Raises AwsError InvalidParameter: no private name, not verified, not accepted yet, VPC attributes off,
    or the name is taken in the VPC.
    """
    head = f"Private DNS can't be enabled because the service {service.name}"
    if not service.private_dns_name:
        text = f"{head} does not provide a private DNS name."
        raise AwsError("InvalidParameter", text)
    if service.private_dns_state != "verified":
        text = f"{head} has not verified the private DNS name."
        raise AwsError("InvalidParameter", text)
    waiting = service.acceptance_required if endpoint is None else not endpoint.accepted
    if waiting:
        text = (
            "Private DNS can only be enabled after the endpoint connection is accepted by the owner of "
            f"{service.name}."
        )
        raise AwsError("InvalidParameter", text)
    vpc_resolves(vpc)
    name_free(call, vpc, service.private_dns_name, endpoint)


def vpc_resolves(vpc: Vpc) -> None:
    """Check that a VPC's attributes allow private DNS. Raises AwsError InvalidParameter."""
    if not (vpc.dns_support and vpc.dns_hostnames):
        text = (
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes "
            f"set to true for {vpc.id}"
        )
        raise AwsError("InvalidParameter", text)


def name_free(call: Call, vpc: Vpc, name: str, endpoint: Endpoint | None = None) -> None:
    """Check that nothing else answers a private name in a VPC: no endpoint, and no private zone of that name.

    Raises AwsError InvalidParameter.
    """
    zone_name = name.lower().removeprefix("*.").removesuffix(".") + "."
    taken = call.world.dns.zone_on(f"{vpc.region}/{vpc.id}", zone_name) is not None
    for other in call.world.endpoints:
        if other.vpc_id != vpc.id or not other.private_dns_enabled or other.state in LEAVING_STATES:
            continue
        mine = endpoint is not None and other.id == endpoint.id
        taken = taken or (not mine and name.lower() in _private_names(call, other))
    if taken:
        text = (
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
            f"{name} in the VPC {vpc.id}"
        )
        raise AwsError("InvalidParameter", text)


def _private_names(call: Call, endpoint: Endpoint) -> set[str]:
    if endpoint.kind == "Resource":
        reached = resource_life.served(call.world, endpoint)
        names = {resource_life.private_name(endpoint, item).lower() for item in reached}
    else:
        service = call.world.services.get(endpoint.service_id)
        names = {service.private_dns_name.lower()} if service else set()
    return names - {""}


def room_in(call: Call, vpc: Vpc, kind: str) -> None:
    """Check the quota of a type; rejected, expired and failed endpoints count ([I], aws.md §2).

    Interface and Resource endpoints are counted apart (aws.md §4). Raises AwsError VpcEndpointLimitExceeded.
    """
    knobs = call.world.knobs
    most = knobs.resource_quota_per_vpc if kind == "Resource" else knobs.interface_quota_per_vpc
    mine = (item for item in call.world.endpoints if item.vpc_id == vpc.id and item.kind == kind)
    if sum(item.state not in GONE_STATES for item in mine) >= most:
        text = "The maximum number of VPC endpoints has been reached."
        raise AwsError("VpcEndpointLimitExceeded", text)
