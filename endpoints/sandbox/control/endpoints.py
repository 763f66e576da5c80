"""Control routes that do something to endpoints, as the customer or as fate."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from endpoints.sandbox.control.owner import LIVE, Routes, service_of, tags_of
from endpoints.sandbox.control.router import Ask, ControlError
from endpoints.sandbox.control.sharing import configuration_of
from endpoints.sandbox.control.views import endpoint_view
from endpoints.sandbox.services.ec2.create import dns_suffix, private_zone
from endpoints.sandbox.world import lifecycle, resource_life
from endpoints.sandbox.world.objects import Endpoint, SecurityGroup, Service, Subnet
from endpoints.sandbox.world.resources import ResourceConfiguration
from endpoints.sandbox.world.seed import OPERATOR
from endpoints.sandbox.world.tables import Table
from endpoints.sandbox.world.world import World, new_id

if TYPE_CHECKING:
    from endpoints.sandbox.app import Sandbox

Part = TypeVar("Part", Subnet, SecurityGroup)


def endpoint_of(world: World, key: str) -> Endpoint:
    """Return an endpoint. Raises ControlError 404."""
    endpoint = world.endpoints.get(key)
    if endpoint is None:
        raise ControlError(404, f"There is no endpoint {key}.")
    return endpoint


def act_on_endpoint(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Accept, reject, cut, restore, expire, fail, or by hand delete, retag or change.

    409 when its state does not allow that.
    """
    world, now = sandbox.world, sandbox.clock.now()
    endpoint, action = endpoint_of(world, ask.path["id"]), ask.path["action"]
    if endpoint.requester_managed:
        raise ControlError(409, f"{endpoint.id} belongs to a VPC connection; act on that.")
    simple: dict[str, Callable[[], bool]] = {
        "accept": lambda: lifecycle.accept(world, endpoint, now),
        "reject": lambda: lifecycle.reject(world, endpoint, now),
        "expire": lambda: lifecycle.expire(world, endpoint),
        "delete": lambda: lifecycle.delete(world, endpoint, now),
        "partial": lambda: resource_life.partial(world, endpoint, now),
        "restore": lambda: _restore(world, endpoint),
    }
    state = endpoint.state
    if action in simple:
        ask.only()
        done = simple[action]()
    elif action == "fail":
        body = ask.only(code=str, message=str)
        done = lifecycle.fail(world, endpoint, body.get("code", ""), body.get("message", ""))
    elif action == "cut":
        done = _cut(world, endpoint, hidden=ask.only(hidden=bool).get("hidden", False))
    elif action == "retag":
        endpoint.tags = tags_of(ask.only(tags=dict).get("tags", {}))
        world.save_endpoint(endpoint)
        done = True
    elif action == "change":
        _change(sandbox, endpoint, ask)
        done = True
    else:
        raise ControlError(404, f"An endpoint has no action {action!r}.")
    if not done:
        raise ControlError(409, f"{endpoint.id} is {state}; {action} does not apply.")
    return endpoint_view(world, endpoint, now)


def _change(sandbox: "Sandbox", endpoint: Endpoint, ask: Ask) -> None:
    """Give an endpoint other groups, subnets or private DNS at once, without a modification that runs.

    Raises ControlError 400 for what is not in its VPC, or when nothing is left.
    """
    body, world = ask.only(group_ids=list, subnet_ids=list, private_dns_enabled=bool), sandbox.world
    if endpoint.state in lifecycle.LEAVING_STATES:
        raise ControlError(409, f"{endpoint.id} is {endpoint.state}; change does not apply.")
    if "group_ids" in body:
        endpoint.group_ids = [group.id for group in _parts(world.groups, endpoint, body["group_ids"])]
    if "subnet_ids" in body:
        _move(world, endpoint, _parts(world.subnets, endpoint, body["subnet_ids"]), sandbox.clock.now())
    endpoint.private_dns_enabled = body.get("private_dns_enabled", endpoint.private_dns_enabled)
    endpoint.private_zone_id = endpoint.private_zone_id or private_zone()
    world.save_endpoint(endpoint)


def _move(world: World, endpoint: Endpoint, subnets: list[Subnet], now: float) -> None:
    for key in set(endpoint.subnet_ids) - {subnet.id for subnet in subnets}:
        nic = world.nic_in(endpoint, key)
        if nic is not None:
            world.release_nic(nic)
    for subnet in subnets:
        if subnet.id not in endpoint.subnet_ids:
            add = world.add_block if endpoint.kind == "Resource" else world.add_nic
            add(endpoint, subnet, now)
    endpoint.subnet_ids = [subnet.id for subnet in subnets]


def _parts(table: Table[Part], endpoint: Endpoint, keys: list[Any]) -> list[Part]:
    found = [table.get(key) for key in keys if isinstance(key, str)]
    parts = [item for item in found if item is not None and item.vpc_id == endpoint.vpc_id]
    if len(parts) < max(1, len(keys)):
        raise ControlError(400, f"Give ids of {endpoint.vpc_id}, at least one.")
    return parts


def _cut(world: World, endpoint: Endpoint, *, hidden: bool) -> bool:
    live = [item for item in world.associations_of(endpoint) if not item.cut]
    for association in live:
        resource_life.cut(world, association, hidden=hidden)
    return bool(live)


def _restore(world: World, endpoint: Endpoint) -> bool:
    gone = [item for item in world.associations_of(endpoint) if item.cut]
    for association in gone:
        resource_life.restore(world, association)
    return bool(gone)


def fabricate(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Make `count` endpoints of a service or a configuration at once, for tests of size.

    They are past quota and have no addresses.

    `{n}` in a tag's value becomes the endpoint's place, from 0; `{n:012}` in twelve digits.
    """
    body = ask.only(
        count=int, service_id=str, configuration_id=str, region=str, account=str, state=str, tags=dict
    )
    world, count = sandbox.world, body.get("count", 1)
    target: Service | ResourceConfiguration
    if "configuration_id" in body:
        target = configuration_of(world, body["configuration_id"])
    else:
        target = service_of(world, body.get("service_id", ""))
    if not 1 <= count <= 100_000:
        raise ControlError(400, "'count' is from 1 to 100000.")
    state = body.get("state", "available")
    if state not in (*LIVE, "rejected", "expired", "failed"):
        raise ControlError(400, f"Endpoints cannot be fabricated {state!r}.")
    region, account = body.get("region", target.region), body.get("account", OPERATOR)
    vpc = next((item for item in world.vpcs if (item.region, item.account) == (region, account)), None)
    if vpc is None:
        raise ControlError(404, f"The account {account} has no VPC in {region}.")
    tags, ids, now = tags_of(body.get("tags", {})), [], sandbox.clock.now()
    for n in range(count):
        endpoint = Endpoint(
            id=new_id("vpce"), number=world.next_number(), region=region, account=account,
            kind="Interface", vpc_id=vpc.id, service_id="", service_name="", service_region=region,
            state=state, created_at=now, dns_suffix=dns_suffix(), connection_id=new_id("vpce-con"),
            accepted=state == "available",
            tags={key: _numbered(value, n) for key, value in tags.items()},
        )  # fmt: skip
        if isinstance(target, Service):
            endpoint.service_id, endpoint.service_name = target.id, target.name
            endpoint.service_region = target.region
        else:
            endpoint.kind, endpoint.configuration_arn = "Resource", target.arn
            resource_life.associate(world, endpoint, now, now)
        world.save_endpoint(endpoint)
        ids.append(endpoint.id)
    return {"count": count, "ids": ids}


def _numbered(value: str, n: int) -> str:
    return value.replace("{n}", str(n)).replace("{n:012}", f"{n:012}")


ROUTES: Routes = (
    ("POST", "/_control/endpoints", fabricate),
    ("POST", "/_control/endpoints/{id}/{action}", act_on_endpoint),
)
