"""The console's page of hosted zones, and what its forms mean."""

from typing import Any
from urllib.parse import urlencode

from endpoints.sandbox.control.views import zone_view
from endpoints.sandbox.world.world import World

_ZONES_MOST = 100
_RECORDS_MOST = 50  # shown of each


def page(world: World) -> tuple[str, dict[str, Any]]:
    """Return the page of the newest zones, each with its first record sets."""
    newest = list(world.dns.zones)[::-1]
    zones = [zone_view(world, zone) for zone in newest[:_ZONES_MOST]]
    for zone in zones:
        zone["more"] = max(0, len(zone["records"]) - _RECORDS_MOST)
        zone["records"] = zone["records"][:_RECORDS_MOST]
    return "zones.html", {"zones": zones, "total": len(newest)}


def meaning(path: list[str], form: dict[str, list[str]]) -> tuple[str, str, dict[str, Any], str] | None:
    """Return the control request that a form stands for and what to say after it; None for other forms."""

    def first(name: str) -> str:
        return form.get(name, [""])[0].strip()

    match path:
        case ["zones", key, "records"]:
            body = {"name": first("name"), "type": first("type"), "values": first("values").split()}
            return "PUT", f"zones/{key}/records", body, "The record set was put there by hand."
        case ["zones", key, "drop"]:
            about = urlencode({"name": first("name"), "type": first("type")})
            return "DELETE", f"zones/{key}/records?{about}", {}, "The record set was taken out by hand."
        case ["zones", key, "delete"]:
            return "DELETE", f"zones/{key}", {}, "The zone was deleted by hand."
    return None
