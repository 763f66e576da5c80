"""The console's pages of resource configurations and shares, and what their forms mean."""

from typing import Any

from endpoints.sandbox.control.sharing import configuration_of
from endpoints.sandbox.control.views import association_view, configuration_view, share_view
from endpoints.sandbox.world import sharing
from endpoints.sandbox.world.moved import iso
from endpoints.sandbox.world.objects import Endpoint
from endpoints.sandbox.world.resources import ResourceConfiguration, ResourceShare
from endpoints.sandbox.world.seed import OPERATOR, REGIONS
from endpoints.sandbox.world.world import World

_STATUSES = ("ACTIVE", "UPDATE_IN_PROGRESS", "CREATE_FAILED", "UPDATE_FAILED")
# What the buttons of a share stand for: method, path, and what to say after it.
_OF_SHARES = {
    "attach": ("POST", "shares/{}/attach", "It was shared with Postern."),
    "share-again": ("POST", "shares/{}/share-again", "It was shared again, by a new invitation."),
    "detach": ("POST", "shares/{}/detach", "Nobody is in the share any more."),
    "delete": ("DELETE", "shares/{}", "The share was deleted."),
    "expire": ("POST", "invitations/{}/expire", "The invitation expired."),
}
Page = tuple[str, dict[str, Any]]


def configurations(world: World, region: str) -> Page:
    """Return the page of all resource configurations, or of one Region's."""
    found = [item for item in world.configurations if region in ("", item.region)]
    found.sort(key=lambda item: (REGIONS.index(item.region), item.id))
    rows = [{**configuration_view(world, item), **_counts(world, item)} for item in found]
    return "configurations.html", {"configurations": rows, "regions": REGIONS, "region": region}


def _counts(world: World, item: ResourceConfiguration) -> dict[str, int]:
    endpoints = {one.endpoint_id for one in world.associations if one.configuration_id == item.id}
    return {"shares": len(_shares_of(world, item)), "endpoints": len(endpoints)}


def _shares_of(world: World, item: ResourceConfiguration) -> list[ResourceShare]:
    keys = [(share, f"{share.id}/{sharing.RESOURCE}/{item.arn}") for share in world.shares]
    return [share for share, key in keys if world.share_associations.get(key)]


def configuration(world: World, key: str, now: float) -> Page:
    """Return the page of one resource configuration, by its id. Raises ControlError 404."""
    item = configuration_of(world, key)
    bound = [one for one in world.associations if one.configuration_id == item.id]
    facts = {
        "configuration": configuration_view(world, item), "operator": OPERATOR,
        "statuses": dict.fromkeys((item.status, *_STATUSES)),
        "shares": [_row(world, share) for share in _shares_of(world, item)],
        "associations": [association_view(world, one, now) for one in bound[-200:]],
    }  # fmt: skip
    return "configuration.html", facts


def shares(world: World, region: str) -> Page:
    """Return the page of all shares, or of one Region's."""
    found = [share for share in world.shares if region in ("", share.region)]
    found.sort(key=lambda share: (REGIONS.index(share.region), share.created_at, share.id))
    rows = [_row(world, share) for share in found]
    return "shares.html", {"shares": rows, "regions": REGIONS, "region": region}


def _row(world: World, share: ResourceShare) -> dict[str, Any]:
    view = share_view(world, share)
    principals = [{"account": account, "status": status} for account, status in view["principals"].items()]
    states = set(view["principals"].values())
    active = share.status == "ACTIVE"
    offers = [
        {**view, "expires": _short(item.expires_at)}
        for view, item in zip(
            view["invitations"], (one for one in world.invitations if one.share_id == share.id), strict=True
        )
    ]
    return {
        **view, "principals": principals, "invitations": offers, "created": _short(share.created_at),
        "resources": [arn.rpartition("/")[2] for arn in view["resources"]],
        "pending": any(item["status"] == "PENDING" for item in offers), "active": active,
        "can_attach": active and OPERATOR not in view["principals"],
        "can_share_again": active and "DISASSOCIATED" in states,
        "can_detach": active and bool(states - {"DISASSOCIATED"}),
    }  # fmt: skip


def endpoint_facts(world: World, endpoint: Endpoint) -> dict[str, Any]:
    """Return what an endpoint's page has to know more of a Resource endpoint."""
    cut = [item.cut for item in world.associations_of(endpoint)]
    coming = endpoint.kind == "Resource" and endpoint.state in ("pending", "available", "partial")
    key = endpoint.configuration_arn.rpartition("/")[2]
    return {
        "configuration_page": f"/_console/configurations/{key}", "can_cut": not all(cut),
        "can_restore": any(cut), "can_be_partial": coming,
        "can_expire": coming or endpoint.state == "pendingAcceptance",
    }  # fmt: skip


def _short(seconds: float) -> str:
    return iso(seconds)[:19].replace("T", " ")


def meaning(path: list[str], form: dict[str, list[str]]) -> tuple[str, str, dict[str, Any], str] | None:
    """Return the control request that a form stands for and what to say after it; None for other forms."""

    def first(name: str) -> str:
        return form.get(name, [""])[0].strip()

    match path:
        case ["configurations"]:
            body = {"region": first("region"), **_settings(form)}
            body |= {"name": first("name")} if first("name") else {}
            return "POST", "resource-configurations", body, "The resource configuration was created."
        case ["configurations", key]:
            body = {**_settings(form), "status": first("status")}
            return "PATCH", f"resource-configurations/{key}", body, "The settings were saved."
        case ["configurations", key, "delete"]:
            return "DELETE", f"resource-configurations/{key}", {}, f"{key} was deleted."
        case ["configurations", key, "share"]:
            share = {"resource_arns": [key], "principals": first("principal").split()}
            same = first("same_organization") == "on"
            return "POST", "shares", {**share, "same_organization": same}, f"{key} was shared."
        case ["shares", key, action] if action in _OF_SHARES:
            method, target, said = _OF_SHARES[action]
            return method, target.format(key), {}, said
    return None


def _settings(form: dict[str, list[str]]) -> dict[str, Any]:
    def first(name: str) -> str:
        return form.get(name, [""])[0].strip()

    return {
        "ports": first("ports").replace(",", " ").split(), "custom_domain_name": first("domain"),
        "verified": first("verified") == "on",
    }  # fmt: skip
