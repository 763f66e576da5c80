"""Control routes that act as the customer, or as fate: accounts, services, endpoints, networks."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from endpoints.sandbox.control.router import Ask, ControlError
from endpoints.sandbox.control.views import endpoint_view, service_view
from endpoints.sandbox.services.ec2.create import dns_suffix
from endpoints.sandbox.services.ec2.tags import read_tags
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world import lifecycle
from endpoints.sandbox.world.objects import Account, Endpoint, Service
from endpoints.sandbox.world.seed import OPERATOR, OWNER, ZONES, service_name
from endpoints.sandbox.world.world import World, new_id

if TYPE_CHECKING:
    from endpoints.sandbox.app import Sandbox

_SETTINGS: dict[str, type] = {
    "acceptance_required": bool, "allowed_principals": list, "supported_regions": list, "zone_ids": list,
    "private_dns_name": str, "private_dns_state": str, "tags": dict,
}  # fmt: skip
_LIVE = frozenset({"pendingAcceptance", "pending", "available"})


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
    if world.accounts.get(account) is None:
        raise ControlError(404, f"There is no account {account}.")
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
        values = {**values, "tags": _tags(values["tags"])}
    for name, value in values.items():
        setattr(service, name, value)


def delete_service(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Delete a service. 409 while connections live, as AWS refuses then (aws.md §10)."""
    world, service = sandbox.world, service_of(sandbox.world, ask.path["id"])
    live = [e.id for e in world.endpoints if e.service_id == service.id and e.state in _LIVE]
    if live:
        raise ControlError(409, f"ExistingVpcEndpointConnections: reject {', '.join(live[:5])} first.")
    world.services.remove(service.id)
    return service_view(service)


def service_of(world: World, key: str) -> Service:
    """Return a service. Raises ControlError 404."""
    service = world.services.get(key)
    if service is None:
        raise ControlError(404, f"There is no endpoint service {key}.")
    return service


def endpoint_of(world: World, key: str) -> Endpoint:
    """Return an endpoint. Raises ControlError 404."""
    endpoint = world.endpoints.get(key)
    if endpoint is None:
        raise ControlError(404, f"There is no endpoint {key}.")
    return endpoint


def act_on_endpoint(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Accept, reject, expire, fail, or by hand delete or retag. 409 when its state does not allow that."""
    world, now = sandbox.world, sandbox.clock.now()
    endpoint, action = endpoint_of(world, ask.path["id"]), ask.path["action"]
    if endpoint.requester_managed:
        raise ControlError(409, f"{endpoint.id} belongs to a VPC connection; act on that.")
    simple: dict[str, Callable[[], bool]] = {
        "accept": lambda: lifecycle.accept(world, endpoint, now),
        "reject": lambda: lifecycle.reject(world, endpoint),
        "expire": lambda: lifecycle.expire(world, endpoint),
        "delete": lambda: lifecycle.delete(world, endpoint, now),
    }
    state = endpoint.state
    if action in simple:
        ask.only()
        done = simple[action]()
    elif action == "fail":
        body = ask.only(code=str, message=str)
        done = lifecycle.fail(world, endpoint, body.get("code", ""), body.get("message", ""))
    elif action == "retag":
        endpoint.tags = _tags(ask.only(tags=dict).get("tags", {}))
        world.save_endpoint(endpoint)
        done = True
    else:
        raise ControlError(404, f"An endpoint has no action {action!r}.")
    if not done:
        raise ControlError(409, f"{endpoint.id} is {state}; {action} does not apply.")
    return endpoint_view(world, endpoint)


def _tags(value: dict[str, Any]) -> dict[str, str]:
    if not all(isinstance(item, str) for item in value.values()):
        raise ControlError(400, "'tags' must map texts to texts.")
    try:
        return read_tags({"Key": key, "Value": item} for key, item in value.items())
    except AwsError as error:
        raise ControlError(400, error.message) from error


def fabricate(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Make `count` endpoints of a service at once, past quota and addresses, for tests of size.

    `{n}` in a tag's value becomes the endpoint's place, from 0.
    """
    body = ask.only(count=int, service_id=str, region=str, account=str, state=str, tags=dict)
    world, count = sandbox.world, body.get("count", 1)
    service = service_of(world, body.get("service_id", ""))
    if not 1 <= count <= 100_000:
        raise ControlError(400, "'count' is from 1 to 100000.")
    state = body.get("state", "available")
    if state not in (*_LIVE, "rejected", "expired", "failed"):
        raise ControlError(400, f"Endpoints cannot be fabricated {state!r}.")
    region, account = body.get("region", service.region), body.get("account", OPERATOR)
    vpc = next((item for item in world.vpcs if (item.region, item.account) == (region, account)), None)
    if vpc is None:
        raise ControlError(404, f"The account {account} has no VPC in {region}.")
    tags, ids = _tags(body.get("tags", {})), []
    for n in range(count):
        endpoint = Endpoint(
            id=new_id("vpce"), number=world.next_number(), region=region, account=account,
            kind="Interface", vpc_id=vpc.id, service_id=service.id, service_name=service.name,
            service_region=service.region, state=state, created_at=sandbox.clock.now(),
            dns_suffix=dns_suffix(), connection_id=new_id("vpce-con"), accepted=state == "available",
            tags={key: value.replace("{n}", str(n)) for key, value in tags.items()},
        )  # fmt: skip
        world.save_endpoint(endpoint)
        ids.append(endpoint.id)
    return {"count": count, "ids": ids}


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


ROUTES: tuple[tuple[str, str, Callable[["Sandbox", Ask], dict[str, Any]]], ...] = (
    ("POST", "/_control/services", create_service),
    ("PATCH", "/_control/services/{id}", change_service),
    ("DELETE", "/_control/services/{id}", delete_service),
    ("POST", "/_control/endpoints", fabricate),
    ("POST", "/_control/endpoints/{id}/{action}", act_on_endpoint),
    ("POST", "/_control/accounts", create_account),
    ("PATCH", "/_control/vpcs/{id}", change_vpc),
    ("PATCH", "/_control/subnets/{id}", change_subnet),
)
