"""How the document describes what is told of a ClickPipe: as it may be sent, without secrets and limits.

An answer repeats what was sent, so its shapes follow from those of requests; values are not checked again.
"""

from typing import Any

from pydantic import BaseModel, WithJsonSchema

from endpoints.api.pipes import kafka, schemas, sources
from endpoints.domain.cloud_pipes import PipeState

Json = dict[str, Any]

_NEVER_TOLD = ("credentials", "roles", "tableMappingsToAdd", "tableMappingsToRemove")
_LIMITS = ("minLength", "maxLength", "minimum", "maximum", "maxItems", "title", "default")
_SOURCES: dict[str, tuple[type[BaseModel], tuple[str, ...]]] = {
    "kafka": (kafka.Kafka, ("type", "authentication", "consumerGroup")),
    "postgres": (sources.Postgres, ("type", "port", "authentication", "settings", "tableMappings")),
    "mysql": (sources.MySql, ("type", "port", "authentication", "settings", "tableMappings")),
    "mongodb": (sources.Mongo, ("settings", "tableMappings")),
}


def described(model: type[BaseModel], always: tuple[str, ...] = ()) -> Json:
    """Return the schema of what is told of a part; `always` is there although it need not be sent."""
    whole = model.model_json_schema()
    definitions = whole.pop("$defs", {})
    told: Json = _told(whole, definitions)
    told["required"] = sorted({*told.get("required", []), *always} - {*_NEVER_TOLD})
    return told


def _told(schema: Any, definitions: Json) -> Any:
    if isinstance(schema, list):
        return [_told(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _told(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    told = {name: _told(value, definitions) for name, value in schema.items() if name != "properties"}
    told = {name: value for name, value in told.items() if name not in _LIMITS}
    if "properties" in schema:
        known = schema["properties"].items()
        told["properties"] = {
            name: _told(value, definitions) for name, value in known if name not in _NEVER_TOLD
        }
    return told


STATE = WithJsonSchema({"type": "string", "enum": list(PipeState)})
SCALING = WithJsonSchema(described(schemas.Scaling, ("replicas", "replicaCpuMillicores", "replicaMemoryGb")))
CDC_SCALING = WithJsonSchema(described(schemas.CdcScaling, ("replicaCpuMillicores", "replicaMemoryGb")))
SOURCE = WithJsonSchema(
    {
        "type": "object",
        "description": "Exactly one source.",
        "properties": {kind: described(model, always) for kind, (model, always) in _SOURCES.items()},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
)
DESTINATION = WithJsonSchema(described(schemas.Destination, ("database",)))
FIELD_MAPPINGS = WithJsonSchema({"type": "array", "items": described(schemas.FieldMapping)})
SETTINGS = WithJsonSchema(
    {
        "type": "object",
        "description": "Those that were sent.",
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    }
)
