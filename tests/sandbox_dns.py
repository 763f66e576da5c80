"""The part of the sandbox's client that is about Route 53."""

from typing import Any

Json = dict[str, Any]


class DnsControl:
    """Control of hosted zones; `tests.sandbox_client.Sandbox` is one. Methods raise ControlFailed."""

    def ask(self, method: str, path: str, body: Json | None = None, **query: object) -> Json:
        """Make one control request."""
        raise NotImplementedError

    def state(self) -> Json:
        """Return the whole world."""
        raise NotImplementedError

    def zones(self, **equal: object) -> list[Json]:
        """Return the hosted zones whose members equal those given, with their `records`."""
        found = self.state()["zones"]
        return [zone for zone in found if all(zone[name] == value for name, value in equal.items())]

    def put_record_by_hand(self, zone_id: str, name: str, kind: str, **settings: Any) -> Json:
        """Someone changes a record set by hand: `ttl` and `values`, or `alias`."""
        return self.ask("PUT", f"/zones/{zone_id}/records", {"name": name, "type": kind, **settings})

    def drop_record_by_hand(self, zone_id: str, name: str, kind: str) -> Json:
        """Someone deletes a record set by hand."""
        return self.ask("DELETE", f"/zones/{zone_id}/records", None, name=name, type=kind)

    def delete_zone_by_hand(self, zone_id: str) -> Json:
        """Someone deletes a zone by hand, with everything in it."""
        return self.ask("DELETE", f"/zones/{zone_id}")

    def retag_zone(self, zone_id: str, tags: dict[str, str]) -> Json:
        """Someone replaces a zone's tags by hand."""
        return self.ask("POST", f"/zones/{zone_id}/retag", {"tags": tags})
