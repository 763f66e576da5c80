"""What Terraform keeps of a ClickPipe, read from an answer as strictly as the provider reads it.

Written from cloud-api.md §13, 6 to 15.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.api.contract.pipe_schema import DEFINITION, MAPPINGS, MUST_BE_TOLD, SETTINGS, SOURCES, UNKNOWN
from tests.api.contract.provider import Inconsistent
from tests.api.contract.wire import Failed

State = dict[str, Any]
Json = dict[str, Any]


class Crashed(Failed):
    """The provider dereferenced what was not there."""


def planned(config: Mapping[str, Any], before: State | None = None) -> State:
    """Return the plan of a block, with its defaults filled in. Credentials and roles are written only."""
    ((kind, source),) = config["source"].items()
    had: Json = before["source"][kind] if before else {}
    told = {name: value for name, value in source.items() if name not in _APART}
    plan = SOURCES[kind].planned(told, had or None)
    if kind != "kafka":
        plan["settings"] = SETTINGS[kind].planned(source["settings"], had.get("settings"))
        plan["tableMappings"] = [MAPPINGS[kind].planned(one) for one in source["tableMappings"]]
    destination = {"database": "default", "managedTable": True, **config["destination"]}
    definition = destination.get("tableDefinition")
    if definition:
        destination["tableDefinition"] = DEFINITION.planned(definition)
    destination = {**dict.fromkeys(("table", "tableDefinition", "columns")), **destination}
    return {
        "service_id": config["service_id"],
        "name": config["name"],
        "source": {kind: plan},
        "destination": {name: value for name, value in destination.items() if name != "roles"},
        "fieldMappings": config.get("fieldMappings"),
        "settings": config.get("settings"),
        "scaling": config.get("scaling"),
        "stopped": config.get("stopped", False),
    }


_APART = ("credentials", "settings", "tableMappings")


def read(found: Mapping[str, Any], plan: State) -> State:
    """Return the state that an answer becomes, where `plan` is what the state has to be, or was."""
    for name in ("createdAt", "updatedAt"):
        if found.get(name) is not None:
            _check_time(found[name])
    sources = {kind: source for kind, source in found.get("source", {}).items() if source is not None}
    if len(sources) != 1:
        raise Inconsistent(f"source: {sorted(sources)}")
    ((kind, source),) = sources.items()
    mine: Json = (plan.get("source") or {}).get(kind) or {}
    return {
        "service_id": plan["service_id"],
        "id": found.get("id", ""),
        "name": found.get("name", ""),
        "state": found.get("state", ""),
        "source": {kind: _kafka(source) if kind == "kafka" else _database(kind, source, mine)},
        "destination": _destination(kind, found.get("destination") or {}, plan.get("destination") or {}),
        "fieldMappings": found.get("fieldMappings") or None,
        "settings": found.get("settings") or None,
        "scaling": _scaling(found.get("scaling"), plan.get("scaling")),
        "stopped": plan.get("stopped", False),
    }


def _check_time(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise Failed(f"not a time of RFC 3339: {text}") from error
    if "T" not in text:
        raise Failed(f"not a time of RFC 3339: {text}")


def _kafka(source: Mapping[str, Any]) -> Json:
    state = {name: source.get(name) for name in SOURCES["kafka"].names}
    state["consumerGroup"] = source.get("consumerGroup") or ""
    for name in ("type", "format", "brokers", "topics", "authentication"):
        state[name] = source.get(name) or ""
    if state["schemaRegistry"] is not None:
        registry = state["schemaRegistry"]
        state["schemaRegistry"] = {name: registry.get(name, "") for name in ("url", "authentication")}
    if state["offset"] is not None:
        offset = state["offset"]
        state["offset"] = {"strategy": offset.get("strategy", "")} | (
            {"timestamp": offset["timestamp"]} if offset.get("timestamp") is not None else {}
        )
    return state


def _database(kind: str, source: Mapping[str, Any], plan: Json) -> Json:
    state = {name: source.get(name) for name in SOURCES[kind].names}
    for name in ("iamRole", "tlsHost", "caCertificate"):
        if name in state:
            state[name] = state[name] or None
    for name in ("type", "authentication"):
        if name in state:
            state[name] = state[name] or SOURCES[kind].defaults[name]
    for name in ("disableTls", "skipCertVerification"):
        if name in state and state[name] is None:
            state[name] = plan.get(name, False)
    if not isinstance(source.get("settings"), dict):
        raise Crashed(f"source.{kind}.settings is {source.get('settings')!r}")
    state["settings"] = _settings(kind, source["settings"], plan.get("settings") or {})
    known = {_key(kind, one): one for one in plan.get("tableMappings") or []}
    mappings = [_mapping(kind, one, known.get(_key(kind, one))) for one in source.get("tableMappings") or []]
    state["tableMappings"] = sorted(mappings, key=lambda one: _key(kind, one))
    return state


def _settings(kind: str, told: Mapping[str, Any], plan: Json) -> Json:
    state = {name: told.get(name) for name in SETTINGS[kind].names}
    for name in SETTINGS[kind].defaults:  # what an answer does not tell of these stays as it was planned
        if state[name] is None and plan:
            state[name] = plan[name]
    for name in MUST_BE_TOLD.get(kind, ()):
        if state[name] is None:
            state[name] = plan.get(name, UNKNOWN)
    return state


def _key(kind: str, mapping: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(mapping.get(name) for name in MAPPINGS[kind].required[:2])


def _mapping(kind: str, told: Mapping[str, Any], plan: Json | None) -> Json:
    state = {name: told.get(name) for name in MAPPINGS[kind].names}
    for name in ("excludedColumns", "sortingKeys"):
        if name in state and not state[name]:
            state[name] = [] if plan and plan[name] is not None else None
    for name in ("partitionKey", "partitionByExpr"):
        if name in state:
            state[name] = state[name] or None
    if "useCustomSortingKey" in state:
        state["useCustomSortingKey"] = bool(state["useCustomSortingKey"])
    if plan is not None:
        state["tableEngine"] = plan["tableEngine"] and (state["tableEngine"] or plan["tableEngine"])
    return state


def _destination(kind: str, told: Mapping[str, Any], plan: Json) -> Json:
    state: Json = {"database": told.get("database", "")}
    if kind != "kafka":
        return state | {
            "managedTable": plan.get("managedTable", True),
            "table": None,
            "tableDefinition": None,
            "columns": None,
        }
    state |= {name: told.get(name) for name in ("table", "managedTable")}
    state["columns"] = told.get("columns") or []
    state["tableDefinition"] = None
    if told.get("tableDefinition") is not None:
        definition = {name: told["tableDefinition"].get(name) for name in DEFINITION.names}
        mine = ((plan.get("tableDefinition") or {}).get("engine")) or {}
        engine = {"type": str(definition["engine"]["type"]).removesuffix("()")}
        kept = {name: mine[name] for name in ("versionColumnId", "columnIds") if name in mine}
        sorting = definition["sortingKey"] or []
        state["tableDefinition"] = {**definition, "engine": {**engine, **kept}, "sortingKey": sorting}
    return state


def _scaling(told: Mapping[str, Any] | None, plan: Json | None) -> Json | None:
    """Read it only where it is configured; what is too small to be true has not arrived yet."""
    if plan is None or told is None:
        return plan
    least = {"replicas": 1, "replicaCpuMillicores": 125, "replicaMemoryGb": 0.5}
    state = {}
    for name, minimum in least.items():
        value = told.get(name)
        state[name] = value if value is not None and value >= minimum else plan.get(name)
    return state


def check(plan: State, state: State) -> None:
    """Compare what was planned with what came back. Raises Inconsistent."""
    _compare("", plan, {name: value for name, value in state.items() if name not in ("id", "state")})


def _compare(where: str, plan: Any, state: Any) -> None:
    if state is UNKNOWN:
        raise Inconsistent(f"{where}: still unknown after apply")
    if plan is UNKNOWN:
        return
    if isinstance(plan, dict) and isinstance(state, dict) and where != ".settings":
        for name in plan.keys() | state.keys():
            if not (where == ".scaling" and name not in plan):
                _compare(f"{where}.{name}", plan.get(name), state.get(name))
        return
    if where.endswith(".tableMappings"):
        plan = sorted(plan, key=repr)
        state = sorted(state, key=repr)
    if plan != state or _types(plan) != _types(state):
        raise Inconsistent(f"{where}: was {plan!r}, but now {state!r}")


def _types(value: Any) -> Any:
    """Return the JSON types inside a value: 1 and true are equal to Python only."""
    if isinstance(value, dict):
        return {name: _types(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_types(one) for one in value]
    return "number" if type(value) in (int, float) else type(value).__name__
