"""Control routes for MSK: clusters as their owner sets them, and the fate of VPC connections."""

import re
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from endpoints.sandbox.control.router import Ask, ControlError
from endpoints.sandbox.control.views import cluster_view, connection_view
from endpoints.sandbox.services.kafka.owner import policy_version
from endpoints.sandbox.world import connections, policy
from endpoints.sandbox.world.connections import LIVE_STATES
from endpoints.sandbox.world.msk import CLUSTER_STATES, SCHEMES, Cluster, Connection
from endpoints.sandbox.world.seed import OPERATOR, OWNER, ZONES
from endpoints.sandbox.world.world import World

if TYPE_CHECKING:
    from endpoints.sandbox.app import Sandbox

_SETTINGS: dict[str, type] = {
    "schemes": list, "authentication": list, "policy_principals": list, "policy_actions": list,
    "state": str, "kafka_version": str, "instance_type": str, "cluster_type": str,
}  # fmt: skip
_CHOICES = {"state": CLUSTER_STATES, "cluster_type": ("PROVISIONED", "SERVERLESS")}
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,63}")


def create_cluster(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Create a cluster; left out: owner's account, all zones, IAM and SCRAM over multi-VPC, operator allowed.

    `subnet_count` takes the first zones of the Region, one for each subnet.
    """
    body = ask.only(region=str, account=str, name=str, zone_ids=list, subnet_count=int, **_SETTINGS)
    world, region, account = sandbox.world, body.get("region", ""), body.get("account", OWNER)
    if region not in ZONES:
        raise ControlError(400, f"'region' must be one of {', '.join(ZONES)}.")
    if world.accounts.get(account) is None:
        raise ControlError(404, f"There is no account {account}.")
    name = body.get("name", "")
    if not _NAME.fullmatch(name):
        raise ControlError(400, "'name' has letters, digits and dashes, up to 64.")
    if any((item.region, item.account, item.name) == (region, account, name) for item in world.msk.clusters):
        raise ControlError(409, f"The account {account} has a cluster {name} in {region} already.")
    arn = f"arn:aws:kafka:{region}:{account}:cluster/{name}/{uuid.uuid4()}-1"
    cluster = Cluster(arn, region, account, name, _zones(region, body), sandbox.clock.now())
    settings: dict[str, Any] = {
        "schemes": ["SASL_IAM", "SASL_SCRAM"], "policy_principals": [f"arn:aws:iam::{OPERATOR}:root"],
    }  # fmt: skip
    _set(cluster, settings | {key: value for key, value in body.items() if key in _SETTINGS})
    return cluster_view(world.msk.clusters.put(cluster))


def _zones(region: str, body: dict[str, Any]) -> list[str]:
    known = sorted(zone_id for _, zone_id in ZONES[region])
    zone_ids: list[str] = body.get("zone_ids", known)
    count = body.get("subnet_count", len(zone_ids))
    if not zone_ids or len(set(zone_ids)) != len(zone_ids) or not set(zone_ids) <= set(known):
        raise ControlError(400, f"'zone_ids' are some of {', '.join(known)}, each once.")
    if not 1 <= count <= len(zone_ids):
        raise ControlError(400, "'subnet_count' is from 1 to the number of zones.")
    return zone_ids[:count]


def _set(cluster: Cluster, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            raise ControlError(400, f"'{name}' must be a list of texts.")
        if name in _CHOICES and value not in _CHOICES[name]:
            raise ControlError(400, f"'{name}' is one of {', '.join(_CHOICES[name])}.")
    for name, more in (("schemes", ()), ("authentication", ("UNAUTHENTICATED",))):
        unknown = set(values.get(name, [])) - {*SCHEMES, *more}
        if unknown:
            raise ControlError(400, f"There is no authentication {min(unknown)}.")
    _set_policy(cluster, values)
    for name, value in values.items():
        if not name.startswith("policy_"):
            setattr(cluster, name, value)


def _set_policy(cluster: Cluster, values: dict[str, Any]) -> None:
    in_force = policy.principals(cluster.policy)
    principals = values.get("policy_principals", in_force)
    if principals == in_force and "policy_actions" not in values:
        return  # so that a policy written by hand is not rewritten by saving other settings
    actions = values.get("policy_actions") or policy.actions(cluster.policy) or policy.CLIENT_ACTIONS
    cluster.policy = policy.write(cluster.id, principals, actions)
    cluster.policy_version = policy_version() if cluster.policy else ""


def change_cluster(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Change settings of a cluster; a scheme turned off deactivates its connections."""
    cluster = cluster_of(sandbox.world, ask)
    _set(cluster, ask.only(**_SETTINGS))
    sandbox.world.msk.clusters.put(cluster)
    connections.deactivate_all(sandbox.world, cluster, sandbox.clock.now())
    return cluster_view(cluster)


def delete_cluster(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Delete a cluster. 409 while connections live."""
    world, cluster = sandbox.world, cluster_of(sandbox.world, ask)
    live = [item.id for item in world.msk.connections_of(cluster) if item.state in LIVE_STATES]
    if live:
        raise ControlError(409, f"Reject {', '.join(live[:5])} first, or turn the scheme off.")
    world.msk.clusters.remove(cluster.id)
    return cluster_view(cluster)


def cluster_of(world: World, ask: Ask) -> Cluster:
    """Return the cluster that a request is about, `region` and `account` in the query helping."""
    return find_cluster(world, unquote(ask.path["id"]), ask.query.get("region"), ask.query.get("account"))


def find_cluster(world: World, key: str, region: str | None = None, account: str | None = None) -> Cluster:
    """Return a cluster by its ARN, the uuid at its end, or a name that only one has.

    Raises ControlError 404, 409 for a name that several have.
    """
    found = world.msk.cluster_of(key)
    if found is not None:
        return found
    named = [
        item
        for item in world.msk.clusters
        if key in (item.name, item.uuid) and region in (None, item.region) and account in (None, item.account)
    ]
    if not named:
        raise ControlError(404, f"There is no cluster {key}.")
    if len(named) > 1:
        raise ControlError(409, f"Several clusters are called {key}: say the ARN, or add ?region=.")
    return named[0]


def connection_of(world: World, key: str) -> Connection:
    """Return a connection by its ARN or the uuid at its end. Raises ControlError 404."""
    key = unquote(key)
    for connection in world.msk.connections:
        if key in (connection.id, connection.uuid):
            return connection
    raise ControlError(404, f"There is no VPC connection {key}.")


def act_on_connection(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Reject, fail, update, deactivate or delete a connection. 409 when its state does not allow that."""
    world, now = sandbox.world, sandbox.clock.now()
    connection, action = connection_of(world, ask.path["id"]), ask.path["action"]
    acts: dict[str, Callable[[], bool]] = {
        "reject": lambda: connections.reject(world, connection, now),
        "fail": lambda: connections.fail(world, connection),
        "deactivate": lambda: connections.deactivate(world, connection, now),
        "delete": lambda: connections.delete(world, connection, now),
    }
    state = connection.state
    if action == "update":
        seconds = ask.only(seconds=(int, float)).get("seconds", world.knobs.msk_creating_seconds)
        if not 0 <= seconds < 1e10:
            raise ControlError(400, "'seconds' is a number from 0 up.")
        done = connections.update(world, connection, now, float(seconds))
    elif action == "retag":
        tags = ask.only(tags=dict).get("tags", {})
        if not all(isinstance(item, str) for item in tags.values()):
            raise ControlError(400, "'tags' must map texts to texts.")
        connection.tags, done = tags, True
        world.msk.save(connection)
    elif action in acts:
        ask.only()
        done = acts[action]()
    else:
        raise ControlError(404, f"A VPC connection has no action {action!r}.")
    if not done:
        raise ControlError(409, f"{connection.id} is {state}; {action} does not apply.")
    return connection_view(connection)


ROUTES: tuple[tuple[str, str, Callable[["Sandbox", Ask], dict[str, Any]]], ...] = (
    ("POST", "/_control/clusters", create_cluster),
    ("PATCH", "/_control/clusters/{id}", change_cluster),
    ("DELETE", "/_control/clusters/{id}", delete_cluster),
    ("POST", "/_control/connections/{id}/{action}", act_on_connection),
)
