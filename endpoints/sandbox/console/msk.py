"""The console's pages of MSK clusters and their VPC connections, and what their forms mean."""

from typing import Any

from endpoints.sandbox.control.kafka import find_cluster
from endpoints.sandbox.control.views import cluster_view, connection_view
from endpoints.sandbox.world.connections import LEAVING_STATES
from endpoints.sandbox.world.moved import iso
from endpoints.sandbox.world.msk import CLUSTER_STATES, SCHEMES, Connection
from endpoints.sandbox.world.seed import OPERATOR, REGIONS
from endpoints.sandbox.world.world import World

_PRINCIPAL = f"arn:aws:iam::{OPERATOR}:root"
Page = tuple[str, dict[str, Any]]


def clusters(world: World, region: str) -> Page:
    """Return the page of all clusters, or of one Region's."""
    rows = []
    for cluster in sorted(world.msk.clusters, key=lambda item: (REGIONS.index(item.region), item.name)):
        if region in ("", cluster.region):
            count = len(world.msk.connections_of(cluster))
            rows.append({**cluster_view(cluster), "connections": count})
    return "clusters.html", {"clusters": rows, "regions": REGIONS, "region": region}


def cluster(world: World, key: str) -> Page:
    """Return the page of one cluster, by the uuid of its ARN. Raises ControlError 404."""
    found = find_cluster(world, key)
    connections = [_row(item) for item in world.msk.connections_of(found)[-200:]]
    facts = {
        "cluster": cluster_view(found), "connections": connections,
        "schemes": [{"name": name, "on": name in found.schemes} for name in SCHEMES],
        "states": CLUSTER_STATES, "principal": _PRINCIPAL,
    }  # fmt: skip
    return "cluster.html", facts


def _row(connection: Connection) -> dict[str, Any]:
    return {
        **connection_view(connection),
        "created": _short(connection.created_at),
        "next": {state: _short(at) for state, at in connection.schedule.items()},
        "can_reject": connection.state == "AVAILABLE",
        "can_leave": connection.state not in LEAVING_STATES,
    }


def _short(seconds: float) -> str:
    return iso(seconds)[:19].replace("T", " ")


def meaning(path: list[str], form: dict[str, list[str]]) -> tuple[str, str, dict[str, Any], str] | None:
    """Return the control request that a form stands for and what to say after it; None for other forms."""

    def first(name: str) -> str:
        return form.get(name, [""])[0].strip()

    match path:
        case ["clusters"]:
            body = {"region": first("region"), "name": first("name")}
            return "POST", "clusters", body, "The cluster was created."
        case ["clusters", key]:
            settings = {
                "schemes": [name for name in form.get("schemes", []) if name],
                "policy_principals": first("policy_principals").split(), "state": first("state"),
            }  # fmt: skip
            return "PATCH", f"clusters/{key}", settings, "The settings were saved."
        case ["clusters", key, "policy"]:
            principals = {"policy_principals": first("principal").split()}
            said = "The policy is in force." if first("principal") else "The policy was dropped."
            return "PATCH", f"clusters/{key}", principals, said
        case ["clusters", key, "delete"]:
            return "DELETE", f"clusters/{key}", {}, "The cluster was deleted."
        case ["connections", key, action]:
            return "POST", f"connections/{key}/{action}", {}, f"Done: {action} {key}."
    return None
