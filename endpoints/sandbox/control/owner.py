"""Control routes that act as the customer, or as fate: accounts, services, networks."""

import ipaddress
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from endpoints.sandbox.control.router import Ask, ControlError
from endpoints.sandbox.control.views import service_view
from endpoints.sandbox.services.ec2.tags import read_tags
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world.objects import Account, SecurityGroup, Service, Subnet
from endpoints.sandbox.world.seed import OPERATOR, OWNER, ZONES, service_name
from endpoints.sandbox.world.world import World, new_id

if TYPE_CHECKING:
    from endpoints.sandbox.app import Sandbox

_SETTINGS: dict[str, type] = {
    "acceptance_required": bool, "allowed_principals": list, "supported_regions": list, "zone_ids": list,
    "private_dns_name": str, "private_dns_state": str, "tags": dict,
}  # fmt: skip
LIVE = frozenset({"pendingAcceptance", "pending", "available"})


def create_service(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Create an endpoint service; left out: owner's account, operator allowed, all zones, own Region."""
    body = ask.only(region=str, account=str, id=str, **_SETTINGS)
    world, region = sandbox.world, body.get("region", "")
    if region not in ZONES:
        raise ControlError(400, f"'region' must be one of {', '.join(ZONES)}.")
    key = body.get("id") or new_id("vpce-svc")
    if not key.startswith("vpce-svc-") or world.services.get(key):
        raise ControlError(409, f"The id {key} is taken or does not begin with vpce-svc-.")
    account = body.get("account", OWNER)
    account_of(world, account)
    service = Service(
        key, region, account, service_name(region, key), False, [f"arn:aws:iam::{OPERATOR}:root"],
        [region], [zone_id for _, zone_id in ZONES[region]], sandbox.clock.now(),
    )  # fmt: skip
    _set(service, {name: value for name, value in body.items() if name in _SETTINGS})
    return service_view(world.services.put(service))


def change_service(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Change settings of a service; connections that exist stay as they are."""
    service = service_of(sandbox.world, ask.path["id"])
    _set(service, ask.only(**_SETTINGS))
    return service_view(sandbox.world.services.put(service))


def _set(service: Service, values: dict[str, Any]) -> None:
    for name in ("allowed_principals", "supported_regions", "zone_ids"):
        if not all(isinstance(item, str) for item in values.get(name, [])):
            raise ControlError(400, f"'{name}' must be a list of texts.")
    if values.get("private_dns_state", "verified") not in ("verified", "pendingVerification", "failed"):
        raise ControlError(400, "'private_dns_state' is verified, pendingVerification or failed.")
    unknown = set(values.get("zone_ids", [])) - {zone_id for _, zone_id in ZONES[service.region]}
    if unknown:
        raise ControlError(400, f"{service.region} has no zone {min(unknown)}.")
    unknown = set(values.get("supported_regions", [])) - set(ZONES)
    if unknown:
        raise ControlError(400, f"The sandbox has no Region {min(unknown)}.")
    if "tags" in values:
        values = {**values, "tags": tags_of(values["tags"])}
    for name, value in values.items():
        setattr(service, name, value)


def delete_service(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Delete a service. 409 while connections live, as AWS refuses then (aws.md §10)."""
    world, service = sandbox.world, service_of(sandbox.world, ask.path["id"])
    live = [e.id for e in world.endpoints if e.service_id == service.id and e.state in LIVE]
    if live:
        raise ControlError(409, f"ExistingVpcEndpointConnections: reject {', '.join(live[:5])} first.")
    world.services.remove(service.id)
    return service_view(service)


def account_of(world: World, key: str) -> Account:
    """Return an account. Raises ControlError 404."""
    account = world.accounts.get(key)
    if account is None:
        raise ControlError(404, f"There is no account {key}.")
    return account


def service_of(world: World, key: str) -> Service:
    """Return a service. Raises ControlError 404."""
    service = world.services.get(key)
    if service is None:
        raise ControlError(404, f"There is no endpoint service {key}.")
    return service


def tags_of(value: dict[str, Any]) -> dict[str, str]:
    """Return tags, checked. Raises ControlError 400."""
    if not all(isinstance(item, str) for item in value.values()):
        raise ControlError(400, "'tags' must map texts to texts.")
    try:
        return read_tags({"Key": key, "Value": item} for key, item in value.items())
    except AwsError as error:
        raise ControlError(400, error.message) from error


def create_account(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Create an account, with access keys if named."""
    body = ask.only(id=str, name=str, access_keys=list)
    key = body.get("id", "")
    if len(key) != 12 or not key.isdigit() or sandbox.world.accounts.get(key):
        raise ControlError(409, f"'id' must be twelve digits that no account has; got {key!r}.")
    keys = body.get("access_keys", [])
    if not all(isinstance(item, str) for item in keys):
        raise ControlError(400, "'access_keys' must be a list of texts.")
    return asdict(sandbox.world.accounts.put(Account(key, body.get("name", "account"), keys)))


def change_vpc(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Switch the DNS attributes of a VPC."""
    vpc = sandbox.world.vpcs.get(ask.path["id"])
    if vpc is None:
        raise ControlError(404, f"There is no VPC {ask.path['id']}.")
    for name, value in ask.only(dns_support=bool, dns_hostnames=bool).items():
        setattr(vpc, name, value)
    return asdict(sandbox.world.vpcs.put(vpc))


def create_subnet(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Create a subnet in a VPC, in one of its Region's zones, such as one with room for many endpoints."""
    body = ask.only(vpc_id=str, cidr=str, zone_id=str)
    world = sandbox.world
    vpc = world.vpcs.get(body.get("vpc_id", ""))
    if vpc is None:
        raise ControlError(404, f"There is no VPC {body.get('vpc_id')}.")
    names = {zone_id: name for name, zone_id in ZONES[vpc.region]}
    zone_id = body.get("zone_id", "")
    if zone_id not in names:
        raise ControlError(400, f"'zone_id' must be one of {', '.join(sorted(names))}.")
    cidr = ipaddress.IPv4Network(body.get("cidr", ""))
    others = [ipaddress.IPv4Network(item.cidr) for item in world.subnets if item.vpc_id == vpc.id]
    if not cidr.subnet_of(ipaddress.IPv4Network(vpc.cidr)) or any(map(cidr.overlaps, others)):
        raise ControlError(409, f"{cidr} is not free in {vpc.id}, {vpc.cidr}.")
    key = new_id("subnet")
    subnet = Subnet(key, vpc.region, vpc.account, vpc.id, str(cidr), zone_id, names[zone_id])
    return {**asdict(world.subnets.put(subnet)), "available": world.free_count(subnet)}


def change_subnet(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Reserve addresses in a subnet, as if other things had them."""
    subnet = sandbox.world.subnets.get(ask.path["id"])
    if subnet is None:
        raise ControlError(404, f"There is no subnet {ask.path['id']}.")
    reserved = ask.only(reserved=list).get("reserved", [])
    if not all(isinstance(item, str) for item in reserved):
        raise ControlError(400, "'reserved' must be a list of addresses.")
    taken = sandbox.world.addresses.get(subnet.id, {})
    subnet.reserved = [item for item in dict.fromkeys(reserved) if item not in taken]
    sandbox.world.subnets.put(subnet)
    return {**asdict(subnet), "available": sandbox.world.free_count(subnet)}


def create_group(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Create a security group in a VPC."""
    body = ask.only(vpc_id=str, name=str, id=str)
    vpc = sandbox.world.vpcs.get(body.get("vpc_id", ""))
    if vpc is None:
        raise ControlError(404, f"There is no VPC {body.get('vpc_id', '')!r}.")
    key = body.get("id") or new_id("sg")
    if not key.startswith("sg-") or sandbox.world.groups.get(key):
        raise ControlError(409, f"The id {key} is taken or does not begin with sg-.")
    group = SecurityGroup(key, vpc.region, vpc.account, vpc.id, body.get("name", key))
    return asdict(sandbox.world.groups.put(group))


Routes = tuple[tuple[str, str, Callable[["Sandbox", Ask], dict[str, Any]]], ...]
ROUTES: Routes = (
    ("POST", "/_control/services", create_service),
    ("PATCH", "/_control/services/{id}", change_service),
    ("DELETE", "/_control/services/{id}", delete_service),
    ("POST", "/_control/accounts", create_account),
    ("POST", "/_control/security-groups", create_group),
    ("PATCH", "/_control/vpcs/{id}", change_vpc),
    ("POST", "/_control/subnets", create_subnet),
    ("PATCH", "/_control/subnets/{id}", change_subnet),
)
