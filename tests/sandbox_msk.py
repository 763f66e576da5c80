"""The part of the sandbox's client that is about MSK: clusters and VPC connections."""

import urllib.parse
from typing import Any

Json = dict[str, Any]


class MskControl:
    """Control of MSK; `tests.sandbox_client.Sandbox` is one. Methods raise ControlFailed when refused."""

    def ask(self, method: str, path: str, body: Json | None = None, **query: object) -> Json:
        """Make one control request."""
        raise NotImplementedError

    def state(self) -> Json:
        """Return the whole world."""
        raise NotImplementedError

    def clusters(self, **wanted: object) -> list[Json]:
        """Return the MSK clusters whose members equal those given, e.g. `region=…, name=…`."""
        found: list[Json] = self.state()["clusters"]
        return [item for item in found if all(item[name] == value for name, value in wanted.items())]

    def create_cluster(self, region: str, name: str, **settings: Any) -> Json:
        """Create a cluster; left out: owner's account, all zones, both SASL schemes, operator allowed."""
        return self.ask("POST", "/clusters", {"region": region, "name": name, **settings})

    def change_cluster(self, key: str, region: str | None = None, **settings: Any) -> Json:
        """Change settings of a cluster, by ARN or by name and Region; schemes left out are turned off."""
        return self.ask("PATCH", f"/clusters/{_quoted(key)}", settings, region=region)

    def delete_cluster(self, key: str, region: str | None = None) -> Json:
        """Delete a cluster without live connections."""
        return self.ask("DELETE", f"/clusters/{_quoted(key)}", region=region)

    def connections(self, **wanted: object) -> list[Json]:
        """Return the MSK VPC connections whose members equal those given, e.g. `state=…`."""
        found: list[Json] = self.state()["connections"]
        return [item for item in found if all(item[name] == value for name, value in wanted.items())]

    def reject_connection(self, key: str) -> Json:
        """The cluster's owner rejects a connection, by ARN or uuid."""
        return self.ask("POST", f"/connections/{_quoted(key)}/reject", {})

    def fail_connection(self, key: str) -> Json:
        """MSK gives up on a connection."""
        return self.ask("POST", f"/connections/{_quoted(key)}/fail", {})

    def update_connection(self, key: str, seconds: float | None = None) -> Json:
        """MSK works on an AVAILABLE connection for moved `seconds`; left out: as long as creating takes."""
        body = {} if seconds is None else {"seconds": seconds}
        return self.ask("POST", f"/connections/{_quoted(key)}/update", body)

    def deactivate_connection(self, key: str) -> Json:
        """The connection goes INACTIVE, as when its scheme is turned off."""
        return self.ask("POST", f"/connections/{_quoted(key)}/deactivate", {})

    def delete_connection(self, key: str) -> Json:
        """Someone deletes a connection behind Postern's back."""
        return self.ask("POST", f"/connections/{_quoted(key)}/delete", {})

    def retag_connection(self, key: str, tags: dict[str, str]) -> Json:
        """Someone replaces a connection's tags by hand."""
        return self.ask("POST", f"/connections/{_quoted(key)}/retag", {"tags": tags})


def _quoted(key: str) -> str:
    return urllib.parse.quote(key, safe="")
