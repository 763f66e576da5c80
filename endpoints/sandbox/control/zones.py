"""Control routes for Route 53: what somebody changed by hand, past every rule."""

from typing import TYPE_CHECKING, Any

from endpoints.sandbox.control.owner import Routes
from endpoints.sandbox.control.router import Ask, ControlError
from endpoints.sandbox.control.views import zone_view
from endpoints.sandbox.world import names
from endpoints.sandbox.world.dns import HostedZone, RecordSet, record_id
from endpoints.sandbox.world.world import World

if TYPE_CHECKING:
    from endpoints.sandbox.app import Sandbox


def zone_of(world: World, key: str) -> HostedZone:
    """Return a zone by its id. Raises ControlError 404."""
    zone = world.dns.zones.get(key)
    if zone is None:
        raise ControlError(404, f"There is no hosted zone {key}.")
    return zone


def put_record(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Put a record set in place of the one of its name and type, if any."""
    world, zone = sandbox.world, zone_of(sandbox.world, ask.path["id"])
    body = ask.only(name=str, type=str, ttl=int, values=list, alias=dict)
    name, kind = names.kept(body.get("name", "")), body.get("type", "")
    values, alias = body.get("values", []), body.get("alias", {})
    if not names.lies_in(name, zone.name) or not kind:
        raise ControlError(400, f"'name' lies in {zone.name}, and 'type' is a type of records.")
    if not all(isinstance(value, str) for value in values) or bool(values) == bool(alias):
        raise ControlError(400, "There are 'values', a list of texts, or there is an 'alias'.")
    if alias and set(alias) != {"HostedZoneId", "DNSName", "EvaluateTargetHealth"}:
        raise ControlError(400, "'alias' has HostedZoneId, DNSName and EvaluateTargetHealth.")
    key, ttl = record_id(zone.id, name, kind), 0 if alias else body.get("ttl", 60)
    world.dns.put_record(RecordSet(key, zone.id, name, kind, ttl, values, alias))
    return zone_view(world, zone)


def drop_record(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Take out the record set of a `name` and a `type` (in the query)."""
    world, zone = sandbox.world, zone_of(sandbox.world, ask.path["id"])
    name, kind = names.kept(ask.query.get("name", "")), ask.query.get("type", "")
    record = world.dns.records.get(record_id(zone.id, name, kind))
    if record is None:
        raise ControlError(404, f"The zone {zone.name} has no {kind} record set {name}")
    world.dns.drop_record(record)
    return zone_view(world, zone)


def delete_zone(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Delete a zone with all that is in it."""
    world, zone = sandbox.world, zone_of(sandbox.world, ask.path["id"])
    shown = zone_view(world, zone)
    world.dns.drop_zone(zone)
    return shown


def retag(sandbox: "Sandbox", ask: Ask) -> dict[str, Any]:
    """Replace a zone's tags."""
    world, zone = sandbox.world, zone_of(sandbox.world, ask.path["id"])
    tags = ask.only(tags=dict).get("tags", {})
    if not all(isinstance(item, str) for item in tags.values()):
        raise ControlError(400, "'tags' must map texts to texts.")
    zone.tags = tags
    world.dns.zones.put(zone)
    return zone_view(world, zone)


ROUTES: Routes = (
    ("PUT", "/_control/zones/{id}/records", put_record),
    ("DELETE", "/_control/zones/{id}/records", drop_record),
    ("POST", "/_control/zones/{id}/retag", retag),
    ("DELETE", "/_control/zones/{id}", delete_zone),
)
