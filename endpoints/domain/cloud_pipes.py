"""ClickPipes in the Cloud API's words: what is kept of a definition, how a change changes it, and states.

A definition is `{"source": {kind: {…}}, "destination": {…}, "fieldMappings": […], "settings": {…},
"scaling": {…}}` as it was sent, without its secrets. Source: cloud-api.md §7 and §13.
"""

from collections.abc import Mapping
from copy import deepcopy
from enum import StrEnum
from typing import Any

from endpoints.domain.dns import PORTS
from endpoints.domain.types import Source, SpecError

Json = dict[str, Any]

KINDS: dict[str, Source] = {
    "kafka": Source.KAFKA,
    "postgres": Source.POSTGRES,
    "mysql": Source.MYSQL,
    "mongodb": Source.MONGODB,
}
"""The API's name of each source."""

SMALLEST: Json = {"replicas": 1, "replicaCpuMillicores": 125, "replicaMemoryGb": 0.5}
"""How large a ClickPipe is where nobody said."""

KAFKAS_ENDPOINTS = "source.kafka.reversePrivateEndpointIds"
"""The field in which a ClickPipe names endpoints: only Kafka's do (cloud-api.md §7.2)."""

_SECRET = "credentials"
_ENDPOINTS = KAFKAS_ENDPOINTS.rpartition(".")[2]
_READ_COMMITTED = "kafka_read_committed"
_TOLD_TO_MONGODB: Json = {
    "syncIntervalSeconds": 60,
    "pullBatchSize": 100_000,
    "snapshotNumRowsPerPartition": 100_000,
    "snapshotNumberOfParallelTables": 1,
    "initialLoadParallelism": 1,
}
"""Settings of MongoDB that every answer must tell (cloud-api.md §13, 10; the last: later providers)."""

_FILLED_IN: dict[str, Json] = {
    "postgres": {"type": "postgres", "port": PORTS[Source.POSTGRES], "authentication": "basic"},
    "mysql": {"type": "mysql", "port": PORTS[Source.MYSQL], "authentication": "basic"},
    "mongodb": {},
}
"""What both clients send where nobody said otherwise."""

_KEYS = {
    "postgres": ("sourceSchemaName", "sourceTable", "targetTable"),
    "mysql": ("sourceSchemaName", "sourceTable", "targetTable"),
    "mongodb": ("sourceDatabaseName", "sourceCollection"),
}
"""What tells one table mapping from another."""


class PipeState(StrEnum):
    """The states that a recorded ClickPipe can be in; the first only in the answer that made it."""

    PROVISIONING = "Provisioning"
    RUNNING = "Running"
    STOPPED = "Stopped"
    PAUSED = "Paused"
    COMPLETED = "Completed"


STANDING = (PipeState.STOPPED, PipeState.PAUSED)


class Command(StrEnum):
    """What may be asked of a ClickPipe's state."""

    START = "start"
    STOP = "stop"
    RESYNC = "resync"


def kind_of(definition: Mapping[str, Any]) -> str:
    """Return the API's name of a definition's source."""
    (kind,) = definition["source"]
    return str(kind)


def source_of(definition: Mapping[str, Any]) -> Json:
    """Return what a definition says of its source."""
    source: Json = definition["source"][kind_of(definition)]
    return source


def of_the_console(source: Source, address: str) -> Json:
    """Return the definition of a ClickPipe of which only the address was told: nothing else is known."""
    (kind,) = (kind for kind, known in KINDS.items() if known is source)
    host, _, port = address.partition(",")[0].rpartition(":")
    said: dict[str, Json] = {
        "kafka": {"brokers": address, "topics": "", "format": "JSONEachRow"},
        "postgres": {"host": host, "port": int(port), "database": ""},
        "mysql": {"host": host, "port": int(port)},
        "mongodb": {"uri": f"mongodb://{address}", "readPreference": "primary"},
    }
    return kept({"source": {kind: said[kind]}, "destination": {}})


def kept(body: Mapping[str, Any]) -> Json:
    """Return what is kept of a checked request to create: all but secrets, roles and what was not said.

    What has to be told back although it was not sent is filled in.
    """
    ((kind, sent),) = _kinds_said(body["source"]).items()
    source = without_secrets(sent)
    if kind == "kafka":
        source = _named({"type": "kafka", "authentication": "PLAIN", **source})
    else:
        source = {**_FILLED_IN[kind], **source}
        told = _TOLD_TO_MONGODB if kind == "mongodb" else {}
        source["settings"] = {"replicationMode": "cdc", **told, **_said(source.get("settings", {}))}
        source.setdefault("tableMappings", [])
    destination = {name: value for name, value in _said(body["destination"]).items() if name != "roles"}
    definition: Json = {"source": {kind: source}, "destination": {"database": "default", **destination}}
    definition["scaling"] = {**SMALLEST, **_said(body.get("scaling") or {})}
    for name in ("fieldMappings", "settings"):
        if body.get(name):
            definition[name] = deepcopy(body[name])
    return definition


def _named(source: Json) -> Json:
    """Return a source without an empty list of endpoints: both clients take none for null, §13, 6."""
    return {name: value for name, value in source.items() if name != _ENDPOINTS or value}


def without_secrets(source: Mapping[str, Any]) -> Json:
    """Return a source without its credentials and those of its schema registry."""
    clean = {name: deepcopy(value) for name, value in _said(source).items() if name != _SECRET}
    registry = clean.get("schemaRegistry")
    if registry is not None:
        clean["schemaRegistry"] = {k: v for k, v in _said(registry).items() if k != _SECRET}
    return clean


def has_secrets(source: Mapping[str, Any]) -> bool:
    """Say whether a request brings what `without_secrets` leaves out of its source."""
    parts = [
        part for said in _kinds_said(source).values() for part in (said, said.get("schemaRegistry") or {})
    ]
    return any(part.get(_SECRET) for part in parts)


def changed(definition: Mapping[str, Any], patch: Mapping[str, Any], state: str) -> Json:
    """Return a definition after a checked request to change it; what the request does not say stays.

    Raises SpecError: `other_source`, or `must_be_paused` for table mappings of a ClickPipe that runs.
    """
    new: Json = deepcopy(dict(definition))
    if patch.get("source"):
        ((kind, sent),) = _kinds_said(patch["source"]).items()
        if kind != kind_of(definition):
            raise SpecError("source", "other_source", source=kind_of(definition))
        new["source"] = {kind: _changed_source(kind, source_of(definition), without_secrets(sent), state)}
    columns = (patch.get("destination") or {}).get("columns")
    if columns is not None:
        new["destination"]["columns"] = deepcopy(columns)
    for name in ("fieldMappings", "settings"):
        if patch.get(name) is not None:
            new[name] = deepcopy(patch[name])
    return new


def _changed_source(kind: str, old: Json, sent: Json, state: str) -> Json:
    adds, removes = sent.pop("tableMappingsToAdd", []), sent.pop("tableMappingsToRemove", [])
    settings = {**old.get("settings", {}), **_said(sent.pop("settings", {}))}
    new = _named({**old, **sent})
    # The provider leaves out a role that is not configured any more, and expects that none is told.
    if "authentication" in sent and "iamRole" not in sent and sent["authentication"] != "IAM_ROLE":
        new.pop("iamRole", None)
    if settings:
        new["settings"] = settings
    replaced = sent.get("tableMappings", old.get("tableMappings")) != old.get("tableMappings")
    if (adds or removes or replaced) and state not in STANDING:
        raise SpecError("source", "must_be_paused")
    if adds or removes:
        gone = {_key(kind, mapping) for mapping in [*removes, *adds]}
        stay = [mapping for mapping in new.get("tableMappings", []) if _key(kind, mapping) not in gone]
        new["tableMappings"] = [*stay, *adds]
    return new


def _key(kind: str, mapping: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(mapping.get(name) for name in _KEYS[kind])


def own_settings(definition: Mapping[str, Any]) -> Json:
    """Return a ClickPipe's own settings as whoever reads them to change them needs them.

    `clickhousectl settings update` keeps `kafka_read_committed` of a Kafka ClickPipe as it reads it, and
    stops where nothing is told of it (seen of 0.5.0).
    """
    settings: Json = {**definition.get("settings", {})}
    if kind_of(definition) == "kafka" and settings.get(_READ_COMMITTED) is None:
        settings[_READ_COMMITTED] = False
    return settings


def running_state(definition: Mapping[str, Any]) -> PipeState:
    """Return the state of a ClickPipe that nobody stopped; one that only takes a snapshot has taken it."""
    mode = source_of(definition).get("settings", {}).get("replicationMode")
    return PipeState.COMPLETED if mode == "snapshot" else PipeState.RUNNING


def first_state(definition: Mapping[str, Any], *, is_paused: bool) -> PipeState:
    """Return the state of a new ClickPipe, which may be asked for as one that is paused."""
    running = running_state(definition)
    return state_after(Command.STOP, definition, running) if is_paused else running


def state_after(command: Command, definition: Mapping[str, Any], state: str) -> PipeState:
    """Return the state after a command. Raises SpecError on `command`: `already_running`, `cannot_resync`."""
    streams = kind_of(definition) == "kafka"
    if command is Command.STOP:
        return PipeState.STOPPED if streams else PipeState.PAUSED
    if command is Command.RESYNC:
        if streams:
            raise SpecError("command", "cannot_resync")
        return running_state(definition)
    if state not in STANDING:
        raise SpecError("command", "already_running")
    return running_state(definition)


def _kinds_said(source: Mapping[str, Any]) -> Json:
    """Return what a request says of sources; how to check it (`validateSamples`) is nothing to keep."""
    return {kind: said for kind, said in _said(source).items() if kind in KINDS}


def _said(given: Mapping[str, Any]) -> Json:
    """Return what is not null: a client that leaves a field out may also send null."""
    return {name: value for name, value in given.items() if value is not None}
