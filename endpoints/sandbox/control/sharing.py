"""Control routes of the customer's resource configurations and shares (aws.md §10)."""

import re
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from endpoints.sandbox.control.owner import Routes, account_of
from endpoints.sandbox.control.router import Ask, ControlError
from endpoints.sandbox.control.views import configuration_view, invitation_view, share_view
from endpoints.sandbox.world import resource_life, sharing
from endpoints.sandbox.world.resources import (
    Invitation,
    ResourceConfiguration,
    ResourceGateway,
    ResourceShare,
)
from endpoints.sandbox.world.seed import OPERATOR, OWNER, ZONES
from endpoints.sandbox.world.world import World, new_id

if TYPE_CHECKING:
    from endpoints.sandbox.app import Sandbox

_TYPES = ("SINGLE", "ARN", "GROUP", "CHILD")
_STATUSES = (
    "ACTIVE", "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "CREATE_FAILED",
    "UPDATE_FAILED", "DELETE_FAILED",
)  # fmt: skip
_SETTINGS: dict[str, type] = {
    "status": str, "failure_reason": str, "ports": list, "custom_domain_name": str, "verified": bool,
    "zone_ids": list,
}  # fmt: skip


def create_configuration(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Create a resource configuration; left out: owner's account, SINGLE, port 9092, the existing gateway.

    `zone_ids` or `vpc_id` make a gateway for it alone; a CHILD takes `group_id` and its group's gateway.
    """
    body = ask.only(
        region=str, account=str, id=str, name=str, type=str, group_id=str, vpc_id=str, **_SETTINGS
    )
    world, now, region = sandbox.world, sandbox.clock.now(), body.get("region", "")
    if region not in ZONES:
        raise ControlError(400, f"'region' must be one of {', '.join(ZONES)}.")
    key, kind = body.get("id") or new_id("rcfg"), body.get("type", "SINGLE")
    if not re.fullmatch(r"rcfg-[0-9a-z]{17}", key) or world.configurations.get(key):
        raise ControlError(409, f"The id {key} is taken, or is not rcfg- with 17 digits.")
    group = world.configurations.get(body.get("group_id", ""))
    if kind not in _TYPES or (kind == "CHILD") != (group is not None and group.kind == "GROUP"):
        raise ControlError(
            400, f"'type' is one of {', '.join(_TYPES)}; a CHILD has the 'group_id' of a GROUP."
        )
    account = account_of(world, body.get("account", OWNER)).id
    settings = {name: value for name, value in body.items() if name in _SETTINGS}
    _check(region, settings)
    gateway_id = group.gateway_id if group else _gateway(world, region, account, body, now).id
    item = ResourceConfiguration(
        key, region, account, body.get("name", f"configuration-{key[-6:]}"), kind, gateway_id,
        [] if kind == "GROUP" else ["9092"], now, now, group_id=group.id if group else "",
        definition={"dnsResource": {"domainName": "kafka.internal.example.com", "ipAddressType": "IPV4"}},
    )  # fmt: skip
    _set(world, item, settings)
    return configuration_view(world, world.configurations.put(item))


def _gateway(world: World, region: str, account: str, body: dict[str, Any], now: float) -> ResourceGateway:
    own = [item for item in world.gateways if (item.region, item.account) == (region, account)]
    if own and "zone_ids" not in body and "vpc_id" not in body:
        return own[0]
    offered = sorted({zone_id for _, zone_id in ZONES[region]} - resource_life.NOT_LATTICE)
    key = new_id("rgw")
    vpc_id = body.get("vpc_id") or (own[0].vpc_id if own else new_id("vpc"))
    gateway = ResourceGateway(key, region, account, f"gateway-{key[-6:]}", vpc_id, offered, now)
    return world.gateways.put(gateway)


def change_configuration(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Change a resource configuration; `zone_ids` are those of its gateway."""
    world, item = sandbox.world, configuration_of(sandbox.world, ask.path["id"])
    settings = ask.only(**_SETTINGS)
    _check(item.region, settings)
    _set(world, item, settings)
    item.updated_at = sandbox.clock.now()
    return configuration_view(world, world.configurations.put(item))


def _check(region: str, values: dict[str, Any]) -> None:
    if values.get("status", "ACTIVE") not in _STATUSES:
        raise ControlError(400, f"'status' is one of {', '.join(_STATUSES)}.")
    for name in ("ports", "zone_ids"):
        if not all(isinstance(item, str) for item in values.get(name, [])):
            raise ControlError(400, f"'{name}' must be a list of texts.")
    unknown = set(values.get("zone_ids", [])) - {zone_id for _, zone_id in ZONES[region]}
    if unknown:
        raise ControlError(400, f"{region} has no zone {min(unknown)}.")


def _set(world: World, item: ResourceConfiguration, values: dict[str, Any]) -> None:
    for name in ("status", "failure_reason", "ports", "custom_domain_name"):
        setattr(item, name, values.get(name, getattr(item, name)))
    verified = values.get("verified", item.verification == "VERIFIED")
    item.verification = ("VERIFIED" if verified else "PENDING") if item.custom_domain_name else ""
    gateway = world.gateways.get(item.gateway_id)
    if gateway is not None and "zone_ids" in values:
        gateway.zone_ids = values["zone_ids"]
        world.gateways.put(gateway)


def delete_configuration(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Delete a resource configuration, even with endpoints: they lose what they reach."""
    item = configuration_of(sandbox.world, ask.path["id"])
    sandbox.world.configurations.remove(item.id)
    return configuration_view(sandbox.world, item)


def configuration_of(world: World, key: str) -> ResourceConfiguration:
    """Return the configuration with an id or ARN. Raises ControlError 404."""
    found = world.configurations.get(_last(key))
    if found is None:
        raise ControlError(404, f"There is no resource configuration {key}.")
    return found


def change_gateway(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Change the status or the zones of a resource gateway."""
    gateway = sandbox.world.gateways.get(ask.path["id"])
    if gateway is None:
        raise ControlError(404, f"There is no resource gateway {ask.path['id']}.")
    values = ask.only(status=str, zone_ids=list)
    _check(gateway.region, values)
    gateway.status = values.get("status", gateway.status)
    gateway.zone_ids = values.get("zone_ids", gateway.zone_ids)
    return {
        "id": sandbox.world.gateways.put(gateway).id,
        "status": gateway.status,
        "zone_ids": gateway.zone_ids,
    }


def create_share(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Share resource configurations, by ARN or id; left out: the owner shares with the operator."""
    body = ask.only(
        region=str, account=str, id=str, name=str, resource_arns=list, principals=list,
        same_organization=bool,
    )  # fmt: skip
    world, now = sandbox.world, sandbox.clock.now()
    account = account_of(world, body.get("account", OWNER)).id
    resources = [configuration_of(world, str(key)) for key in body.get("resource_arns", [])]
    region = body.get("region") or (resources[0].region if resources else "")
    if region not in ZONES or any((item.region, item.account) != (region, account) for item in resources):
        raise ControlError(400, "Say a 'region' that exists, and configurations of it and of the account.")
    key = body.get("id") or str(uuid.uuid4())
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key) or world.shares.get(key):
        raise ControlError(409, f"The id {key} is taken or no UUID.")
    principals = _principals(body)
    share = ResourceShare(
        key, region, account, body.get("name", f"share-{key[-6:]}"), now, now,
        same_organization=body.get("same_organization", False),
    )  # fmt: skip
    world.shares.put(share)
    for item in resources:
        sharing.add_resource(world, share, item.arn, now)
    for principal in principals:
        sharing.add_principal(world, share, principal, now)
    return share_view(world, share)


def delete_share(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Delete a share: the owner unshares for good. 409 when that was done."""
    world, share = sandbox.world, _active(sandbox.world, ask.path["id"])
    sharing.delete_share(world, share, sandbox.clock.now())
    return share_view(world, share)


def detach(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Take principals out, all when none are named; the share stays and can be shared again."""
    world, share = sandbox.world, _active(sandbox.world, ask.path["id"])
    wanted = ask.only(principals=list).get("principals")
    for item in sharing.associations_of(world, share, sharing.PRINCIPAL):
        if wanted is None or item.entity in wanted:
            sharing.detach(world, item, sandbox.clock.now())
    return share_view(world, share)


def attach(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Share with further principals, the operator when none are named; those who have it keep it."""
    world, share = sandbox.world, _active(sandbox.world, ask.path["id"])
    for principal in _principals(ask.only(principals=list)):
        sharing.add_principal(world, share, principal, sandbox.clock.now())
    return share_view(world, share)


def share_again(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Share anew with everybody who is detached, by a new invitation. 409 when nobody is."""
    world, share = sandbox.world, _active(sandbox.world, ask.path["id"])
    ask.only()
    detached = [
        item.entity
        for item in sharing.associations_of(world, share, sharing.PRINCIPAL)
        if item.status == "DISASSOCIATED"
    ]
    if not detached:
        raise ControlError(409, f"{share.id} is shared with, or offered to, all its principals.")
    sharing.share_again(world, share, sandbox.clock.now())
    return share_view(world, share)


def expire_invitation(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Let an invitation expire; `id` is its own, or its share's: the newest pending one. 409 if none is."""
    world, key = sandbox.world, _last(ask.path["id"])
    ask.only()
    found = [item for item in world.invitations if key in (item.id, item.share_id)]
    if not found:
        raise ControlError(404, f"There is no invitation {key}.")
    pending = [item for item in found if item.status == "PENDING"]
    if not pending:
        raise ControlError(409, f"The invitation is {found[-1].status}; expire does not apply.")
    invitation: Invitation = pending[-1]
    sharing.expire(world, invitation, sandbox.clock.now())
    return invitation_view(invitation)


def _principals(body: dict[str, Any]) -> list[str]:
    principals: list[Any] = body.get("principals", [OPERATOR])
    if not all(isinstance(item, str) and re.fullmatch(r"\d{12}", item) for item in principals):
        raise ControlError(400, "'principals' must be a list of account numbers.")
    return principals


def share_of(world: World, key: str) -> ResourceShare:
    """Return the share with an id or ARN. Raises ControlError 404."""
    share = world.shares.get(_last(key))
    if share is None:
        raise ControlError(404, f"There is no share {key}.")
    return share


def _active(world: World, key: str) -> ResourceShare:
    share = share_of(world, key)
    if share.status != "ACTIVE":
        raise ControlError(409, f"The share {share.id} is {share.status}.")
    return share


def _last(key: str) -> str:
    """Return the id in an ARN, which comes percent-encoded when it is in a path."""
    return unquote(key).rpartition("/")[2]


ROUTES: Routes = (
    ("POST", "/_control/resource-configurations", create_configuration),
    ("PATCH", "/_control/resource-configurations/{id}", change_configuration),
    ("DELETE", "/_control/resource-configurations/{id}", delete_configuration),
    ("PATCH", "/_control/resource-gateways/{id}", change_gateway),
    ("POST", "/_control/shares", create_share),
    ("DELETE", "/_control/shares/{id}", delete_share),
    ("POST", "/_control/shares/{id}/attach", attach),
    ("POST", "/_control/shares/{id}/detach", detach),
    ("POST", "/_control/shares/{id}/share-again", share_again),
    ("POST", "/_control/invitations/{id}/expire", expire_invitation),
)
