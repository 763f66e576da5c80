"""What the Terraform provider does with reverse private endpoints and their custom private DNS names.

Written from cloud-api.md §4, §5, §13 and §14: the local checks, the calls and polls of each step, and what
Terraform then calls an inconsistent result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.api.contract.wire import Failed, NotFound, Wire

EVERY = 5  # seconds between polls
POLLS_OF_CREATE = 121
POLLS_OF_DELETE = 601

State = dict[str, Any]

_OPTIONAL = {
    "vpc_endpoint_service_name": "vpcEndpointServiceName",
    "vpc_resource_configuration_id": "vpcResourceConfigurationId",
    "vpc_resource_share_arn": "vpcResourceShareArn",
    "msk_cluster_arn": "mskClusterArn",
    "msk_authentication": "mskAuthentication",
    "gcp_service_attachment": "gcpServiceAttachment",
}
_NEEDED = {
    "VPC_ENDPOINT_SERVICE": ("vpc_endpoint_service_name",),
    "VPC_RESOURCE": ("vpc_resource_configuration_id", "vpc_resource_share_arn"),
    "MSK_MULTI_VPC": ("msk_cluster_arn", "msk_authentication"),
    "GCP_PSC_SERVICE_ATTACHMENT": ("gcp_service_attachment",),
}


class Inconsistent(Failed):
    """Provider produced inconsistent result after apply."""


@dataclass
class Provider:
    """One provider block; the resources are its methods. A state is what Terraform keeps of a resource."""

    wire: Wire
    organization_id: str

    def _collection(self, service_id: str) -> str:
        return (
            f"/organizations/{self.organization_id}/services/{service_id}/clickpipesReversePrivateEndpoints"
        )

    # --- clickhouse_clickpipes_reverse_private_endpoint ---------------------------------------------------

    def create(self, config: Mapping[str, str]) -> State:
        """Create an endpoint and wait until it is no longer Provisioning. Raises Failed."""
        missing = [name for name in _NEEDED[config["type"]] if not config.get(name)]
        if missing:
            raise Failed(f"{missing} must be set")
        wanted = {"type": config["type"], "description": config["description"]}
        wanted |= {key: config[name] for name, key in _OPTIONAL.items() if name in config}
        body = {key: value for key, value in wanted.items() if value}
        made = self.wire.send("POST", self._collection(config["service_id"]), body)
        path = f"{self._collection(config['service_id'])}/{made.get('id', '')}"
        state = self._wait_for_end(path, config["service_id"])
        for name in ("service_id", "description", "type", *_OPTIONAL):
            if state[name] != config.get(name):
                raise Inconsistent(f"{name}: was {config.get(name)!r}, but now {state[name]!r}")
        return state

    def _wait_for_end(self, path: str, service_id: str) -> State:
        for number in range(POLLS_OF_CREATE):
            if number:
                self.wire.sleep(EVERY)
            try:
                found = self.wire.send("GET", path)
            except Failed:
                continue
            if found.get("status") != "Provisioning":
                return _state_of(found, service_id)
        raise Failed("it stayed in Provisioning; nothing is written to the state")

    def read(self, state: State) -> State | None:
        """Refresh; None takes it out of the state."""
        path = f"{self._collection(state['service_id'])}/{state['id']}"
        try:
            return _state_of(self.wire.send("GET", path), state["service_id"])
        except NotFound:
            return None

    def delete(self, state: State) -> None:
        """Delete, and wait until it is not found. Raises Failed, for a 404 at first too."""
        path = f"{self._collection(state['service_id'])}/{state['id']}"
        self.wire.send("DELETE", path)
        for number in range(POLLS_OF_DELETE):
            if number:
                self.wire.sleep(EVERY)
            try:
                self.wire.send("GET", path)
            except NotFound:
                return
            except Failed:
                continue
        raise Failed("it is still there")

    def import_endpoint(self, key: str) -> State:
        """Import `service_id:rpe_id`. Raises Failed."""
        service_id, endpoint_id = self._parts(key)
        found = self.read({"service_id": service_id, "id": endpoint_id})
        if found is None:
            raise Failed(f"cannot import {key}: it does not exist")
        return found

    # --- clickhouse_clickpipes_reverse_private_endpoint_custom_private_dns --------------------------------

    def set_names(self, service_id: str, endpoint_id: str, mapping: list[dict[str, str]]) -> State:
        """Create or update: one PATCH, whose answer becomes the state. Raises Failed."""
        sent = [_mapping_sent(one) for one in mapping]
        path = f"{self._collection(service_id)}/{endpoint_id}"
        found = self.wire.send("PATCH", path, {"customPrivateDnsMappings": sent})
        state = _names_of(found, service_id, endpoint_id)
        if state["mapping"] != mapping:
            raise Inconsistent(f"mapping: was {mapping}, but now {state['mapping']}")
        return state

    def read_names(self, state: State) -> State | None:
        """Refresh; None takes it out of the state."""
        service_id, endpoint_id = state["service_id"], state["reverse_private_endpoint_id"]
        try:
            found = self.wire.send("GET", f"{self._collection(service_id)}/{endpoint_id}")
        except NotFound:
            return None
        return _names_of(found, service_id, endpoint_id)

    def delete_names(self, state: State) -> None:
        """Clear the names; an endpoint that is gone has none. Raises Failed."""
        path = f"{self._collection(state['service_id'])}/{state['reverse_private_endpoint_id']}"
        try:
            self.wire.send("PATCH", path, {"customPrivateDnsMappings": []})
        except NotFound:
            return

    def import_names(self, key: str) -> State:
        """Import `service_id:rpe_id`. Raises Failed."""
        service_id, endpoint_id = self._parts(key)
        found = self.read_names({"service_id": service_id, "reverse_private_endpoint_id": endpoint_id})
        if found is None:
            raise Failed(f"cannot import {key}: it does not exist")
        return found

    @staticmethod
    def _parts(key: str) -> tuple[str, str]:
        if key.count(":") != 1:
            raise Failed(f"{key}: expected service_id:rpe_id")
        service_id, _, endpoint_id = key.partition(":")
        return service_id, endpoint_id


def plans(config: Mapping[str, str], state: State | None) -> str:
    """Return what a plan would do with an endpoint: create, replace, or nothing."""
    if state is None:
        return "create"
    inputs = ("service_id", "description", "type", *_OPTIONAL)
    return "nothing" if all(state[name] == config.get(name) for name in inputs) else "replace"


def _state_of(found: Mapping[str, Any], service_id: str) -> State:
    """Read an endpoint: what is missing or null is null, and an empty string is a value."""
    return {
        "service_id": service_id,
        "id": found.get("id", ""),
        "description": found.get("description", ""),
        "type": found.get("type", ""),
        "endpoint_id": found.get("endpointId") or "",
        "dns_names": found.get("dnsNames"),
        "private_dns_names": found.get("privateDnsNames"),
        "status": found.get("status", ""),
        "dns_targets": found.get("dnsTargets") or [],
        "private_dns_mappings": found.get("privateDnsMappings") or [],
        **{name: found.get(key) for name, key in _OPTIONAL.items()},
    }


def _names_of(found: Mapping[str, Any], service_id: str, endpoint_id: str) -> State:
    mapping = []
    for one in found.get("customPrivateDnsMappings") or []:
        target = one.get("targetId") or None
        mapping.append(
            {"private_dns_name": one["privateDnsName"], **({"target_id": target} if target else {})}
        )
    return {
        "id": f"{service_id}:{endpoint_id}",
        "service_id": service_id,
        "reverse_private_endpoint_id": endpoint_id,
        "mapping": mapping,
    }


def _mapping_sent(one: Mapping[str, str]) -> dict[str, str]:
    target = {"targetId": one["target_id"]} if "target_id" in one else {}
    return {"privateDnsName": one["private_dns_name"], **target}
