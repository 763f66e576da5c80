"""What the Terraform provider does with ClickPipes and with the size of what reads databases.

Written from cloud-api.md §7.1 and §7.3. Configurations are in the Cloud API's spelling, with `service_id`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.api.contract.pipe_state import Json, State, check, planned, read
from tests.api.contract.wire import Failed, NotFound, Wire

LONGEST = 120.0  # seconds of waiting for a state, and of the size of what reads databases ten minutes
LONGEST_CDC = 600.0
STANDS = ("Stopped", "Paused")
_PATCHED_OF_KAFKA = (
    "authentication", "iamRole", "caCertificate", "reversePrivateEndpointIds", "exactlyOnce",
)  # fmt: skip


@dataclass
class PipeProvider:
    """The resource's methods. `warnings` are what Terraform shows without failing."""

    wire: Wire
    organization_id: str
    warnings: list[str] = field(default_factory=list)

    def _service(self, service_id: str) -> str:
        return f"/organizations/{self.organization_id}/services/{service_id}"

    def _path(self, state: Mapping[str, Any]) -> str:
        return f"{self._service(state['service_id'])}/clickpipes/{state['id']}"

    def create(self, config: Mapping[str, Any]) -> State:
        """Create a ClickPipe, scale it if it has to be, and wait for its state. Raises Failed."""
        plan = planned(config)
        if plan["stopped"]:
            raise Failed("a ClickPipe cannot be created stopped")
        made = self.wire.send("POST", f"{self._service(plan['service_id'])}/clickpipes/", _body(config, plan))
        known = {"service_id": plan["service_id"], "id": made.get("id", "")}
        wanted = {
            name: value
            for name, value in (plan["scaling"] or {}).items()
            if (made.get("scaling") or {}).get(name) != value
        }
        if wanted:
            scaled = self.wire.send("PATCH", f"{self._path(known)}/scaling", wanted)
            known["id"] = scaled.get("id", "")
        return self._settle(known, plan)

    def _settle(self, known: Mapping[str, Any], plan: State) -> State:
        ends = _ends(plan)
        try:
            self._wait(known, lambda state: state in ends)
        except Failed as late:
            self.warnings.append(str(late))
        state = read(self.wire.send("GET", self._path(known)), plan)
        check(plan, state)
        return state

    def _wait(self, known: Mapping[str, Any], is_it: Callable[[str], bool]) -> None:
        """Poll with growing gaps; an error is only another try. Raises Failed when the time is up."""

        def asked() -> bool:
            return is_it(self.wire.send("GET", self._path(known)).get("state", ""))

        self._poll(asked, LONGEST, f"{known['id']} did not get there")

    def _poll(self, asked: Callable[[], bool], longest: float, late: str) -> None:
        gap, slept = 0.5, 0.0
        while True:
            try:
                if asked():
                    return
            except Failed as error:
                late = str(error)
            if slept + gap > longest:
                raise Failed(late)
            self.wire.sleep(gap)
            slept += gap
            gap = min(gap * 1.5, longest / 5)

    def read(self, state: State) -> State | None:
        """Refresh; None takes it out of the state."""
        try:
            return read(self.wire.send("GET", self._path(state)), state)
        except NotFound:
            return None

    def import_pipe(self, key: str) -> State:
        """Import `service_id:pipe_id`. Raises Failed."""
        service_id, _, one = key.partition(":")
        found = self.read({"service_id": service_id, "id": one})
        if found is None:
            raise Failed(f"cannot import {key}: it does not exist")
        return found

    def delete(self, state: State) -> None:
        """Delete by one call. Raises Failed, for a 404 too."""
        self.wire.send("DELETE", self._path(state))

    def update(
        self, state: State, config: Mapping[str, Any], *, rotated: bool = False, resync: bool = False
    ) -> State:
        """Change a ClickPipe in place; `rotated` are its credentials. Raises Failed."""
        plan = planned(config, state)
        changed = _differs(plan, state)
        if state["state"] == "Completed" and (changed or rotated or not resync):
            raise Failed("it is Completed: only a resync is possible")
        path = self._path(state)
        patch, tables = _patch(config, plan, state, rotated=rotated)
        live, paused = state["state"], False
        try:
            if tables and live not in STANDS:
                paused = True
                self._pause(state)
            if patch:
                live = self._patched(state, patch, may_pause=not paused).get("state", "")
            if plan["settings"] != state["settings"]:
                self.wire.send("PUT", f"{path}/settings", plan["settings"] or {})
            self._command(path, live, plan, is_changed=bool(patch))
        except Failed:
            if paused and not plan["stopped"]:
                self._start(path)
            raise
        if resync:
            self.wire.send("PATCH", f"{path}/state", {"command": "resync"})
        if plan["scaling"] is not None and plan["scaling"] != state["scaling"]:
            self.wire.send("PATCH", f"{path}/scaling", plan["scaling"])
        return self._settle(state, plan)

    def _patched(self, state: State, patch: Json, *, may_pause: bool) -> Json:
        try:
            return self.wire.send("PATCH", self._path(state), patch)
        except Failed as refused:
            if not may_pause or "must be paused to edit" not in str(refused):
                raise
        self._pause(state)
        return self.wire.send("PATCH", self._path(state), patch)

    def _pause(self, state: State) -> None:
        self.wire.send("PATCH", f"{self._path(state)}/state", {"command": "stop"})
        self._wait(state, lambda one: one in STANDS)

    def _command(self, path: str, live: str, plan: State, *, is_changed: bool) -> None:
        stands = live in (*STANDS, "Stopping", "Pausing")
        if plan["stopped"]:
            if is_changed or not stands:
                self.wire.send("PATCH", f"{path}/state", {"command": "stop"})
        elif stands or live == "Failed":
            self._start(path)

    def _start(self, path: str) -> None:
        try:
            self.wire.send("PATCH", f"{path}/state", {"command": "start"})
        except Failed as refused:
            if "ClickPipe is already running" not in str(refused):
                raise

    # --- clickhouse_clickpipe_cdc_infrastructure -----------------------------------------------------------

    def size_databases(self, service_id: str, cpu: int, memory: float) -> Json:
        """Set the size of what reads databases: PATCH, then poll until it reads so. Raises Failed."""
        path = f"{self._service(service_id)}/clickpipesCdcScaling"
        self._poll(lambda: bool(self.wire.send("GET", path)), LONGEST_CDC, "it is not there")
        wanted = {"replicaCpuMillicores": cpu, "replicaMemoryGb": memory}
        self.wire.send("PATCH", path, wanted)
        self._poll(lambda: self.wire.send("GET", path) == wanted, LONGEST_CDC, "it stayed as it was")
        return wanted


def plans(config: Mapping[str, Any], state: State) -> str:
    """Return what a plan would do with a ClickPipe that is there: change, or nothing."""
    return "change" if _differs(planned(config, state), state) else "nothing"


def _differs(plan: State, state: State) -> bool:
    try:
        check(plan, state)
    except Failed:
        return True
    return False


def _ends(plan: State) -> tuple[str, ...]:
    if plan["stopped"]:
        return STANDS
    ((kind, source),) = plan["source"].items()
    if kind == "kafka":
        return ("Running", "Failed")
    first = "Completed" if source["settings"]["replicationMode"] == "snapshot" else "Running"
    return (first, "Snapshot", "Failed")


def _body(config: Mapping[str, Any], plan: State) -> Json:
    """Return the body of a create: without what is null or empty; the size is set later."""
    ((kind, source),) = plan["source"].items()
    sent = _sent(source)
    if "credentials" in config["source"][kind]:
        sent["credentials"] = config["source"][kind]["credentials"]
    destination = {"database": plan["destination"]["database"]}
    if kind == "kafka":
        told = _sent(plan["destination"])
        if "tableDefinition" in told:
            definition = plan["destination"]["tableDefinition"]
            told["tableDefinition"] = {**_sent(definition), "sortingKey": definition["sortingKey"]}
        destination |= told
    if config["destination"].get("roles"):
        destination["roles"] = config["destination"]["roles"]
    body = {"name": plan["name"], "source": {kind: sent}, "destination": destination}
    return body | {name: plan[name] for name in ("fieldMappings", "settings") if plan[name]}


def _sent(block: Mapping[str, Any]) -> Json:
    """Return a block as it is sent: without what is null, not known yet, or an empty text or list."""
    sent: Json = {}
    for name, value in block.items():
        if isinstance(value, dict):
            value = _sent(value)
        elif isinstance(value, list):
            value = [_sent(one) if isinstance(one, dict) else one for one in value]
        if isinstance(value, bool | int | float) or (isinstance(value, str | dict | list) and value):
            sent[name] = value
    return sent


def _patch(config: Mapping[str, Any], plan: State, state: State, *, rotated: bool) -> tuple[Json, bool]:
    """Return the body of a change, and whether it changes table mappings, for which one must stand."""
    body: Json = {} if plan["name"] == state["name"] else {"name": plan["name"]}
    ((kind, source),) = plan["source"].items()
    had, tables = state["source"][kind], False
    credentials = {"credentials": config["source"][kind].get("credentials")} if rotated else {}
    if kind == "kafka":
        if source != had or rotated:
            told = _sent({name: source[name] for name in _PATCHED_OF_KAFKA})
            body["source"] = {kind: told | credentials}
    else:
        told, tables = _patch_of_database(source, had, rotated=rotated)
        if told:
            body["source"] = {kind: told | credentials}
    columns = plan["destination"]["columns"]
    if columns != state["destination"]["columns"] or plan["fieldMappings"] != state["fieldMappings"]:
        body["destination"] = {"columns": columns or []}
        if plan["fieldMappings"]:
            body["fieldMappings"] = plan["fieldMappings"]
    return body, tables


def _patch_of_database(plan: Json, had: Json, *, rotated: bool) -> tuple[Json, bool]:
    """Return what changes: mappings alone if nothing else does, or the connection is checked anew."""
    apart = ("tableMappings",)
    others = {name: value for name, value in plan.items() if name not in apart}
    is_other = rotated or others != {name: value for name, value in had.items() if name not in apart}
    new, old = plan["tableMappings"], had["tableMappings"]
    added, gone = [one for one in new if one not in old], [one for one in old if one not in new]
    deltas = _sent({"tableMappingsToAdd": added, "tableMappingsToRemove": gone})
    if not is_other:
        return deltas, bool(deltas)
    told = _sent({name: value for name, value in others.items() if name != "type"})
    return told | deltas, bool(deltas)
