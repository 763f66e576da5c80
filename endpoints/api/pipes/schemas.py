"""The bodies of ClickPipe requests. Unknown fields are refused, so that no secret slips by as something else.

Source: cloud-api.md §7.2; the lists of values are those of both clients.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, RootModel, TypeAdapter

from endpoints.api.pipes.parts import Body, Long, Short, Text
from endpoints.api.pipes.sources import ChangedSource, NewSource


class Engine(Body):
    """A table engine of ClickHouse."""

    type: Short
    versionColumnId: Short | None = None
    columnIds: list[Short] | None = None


class TableDefinition(Body):
    """The table that a ClickPipe makes."""

    engine: Engine
    sortingKey: list[Short] = []
    partitionBy: Text | None = None
    primaryKey: Text | None = None
    ttl: Text | None = None


class Column(Body):
    """A column of the destination."""

    name: Short
    type: Text


class Destination(Body):
    """Where the data goes; `roles` are write-only."""

    database: Short = "default"
    table: Short | None = None
    managedTable: bool | None = None
    tableDefinition: TableDefinition | None = None
    columns: list[Column] | None = None
    roles: list[Short] | None = None


class ChangedDestination(Body):
    """What is to change of the destination."""

    columns: list[Column]


class FieldMapping(Body):
    """A field of the source and the column that it goes to."""

    sourceField: Text
    destinationField: Text


_SETTING: TypeAdapter[str] = TypeAdapter(Long)
SettingsMap = dict[Short, Annotated[JsonValue, BeforeValidator(lambda value: _plain(value))]]


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        raise ValueError("give a text, a number or a truth value")
    if isinstance(value, str):
        return _SETTING.validate_python(value)  # JSON's own rule lets through what PostgreSQL cannot store
    return value


class PipeSettings(RootModel[SettingsMap]):
    """A ClickPipe's own settings, a flat map."""

    model_config = ConfigDict(strict=True)


class Scaling(Body):
    """How large a ClickPipe is."""

    replicas: Annotated[int, Field(ge=1, le=40)] | None = None
    replicaCpuMillicores: Annotated[int, Field(ge=125, le=2_000)] | None = None
    replicaMemoryGb: Annotated[float, Field(ge=0.5, le=8)] | None = None


class CdcScaling(Body):
    """How large what reads all databases of a service is."""

    replicaCpuMillicores: Annotated[int, Field(ge=1_000, le=32_000)] | None = None
    replicaMemoryGb: Annotated[float, Field(ge=4, le=128)] | None = None


class NewPipe(Body):
    """A request to create a ClickPipe."""

    name: Short
    source: NewSource
    destination: Destination
    fieldMappings: list[FieldMapping] | None = None
    settings: SettingsMap | None = None
    scaling: Scaling | None = None
    startPaused: bool | None = None


class PipeChange(Body):
    """A request to change a ClickPipe."""

    name: Short | None = None
    source: ChangedSource | None = None
    destination: ChangedDestination | None = None
    fieldMappings: list[FieldMapping] | None = None
    settings: SettingsMap | None = None


class StateChange(Body):
    """A command to a ClickPipe."""

    command: Literal["start", "stop", "resync"]
