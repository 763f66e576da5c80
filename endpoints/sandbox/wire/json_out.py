"""Output of the JSON protocols, by the operation's output shape."""

import base64
import json
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from endpoints.sandbox.wire.moments import spell


def body(operation: OperationModel, value: dict[str, Any]) -> bytes:
    """Spell an operation's result. Times in `value` are seconds since 1970, None is absent."""
    shape = operation.output_shape
    found = _structure(shape, value) if isinstance(shape, StructureShape) else {}
    return json.dumps(found, ensure_ascii=False).encode()


def _structure(shape: StructureShape, value: dict[str, Any]) -> dict[str, Any]:
    members = shape.members
    unknown = value.keys() - members.keys()
    if unknown:
        raise KeyError(f"{shape.name} has no member {min(unknown)}")
    return {
        member.serialization.get("name", name): _value(member, value[name])
        for name, member in members.items()
        if value.get(name) is not None
    }


def _value(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, value)
    if isinstance(shape, ListShape):
        return [_value(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _value(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return spell(value, shape.serialization.get("timestampFormat", "unixTimestamp"))
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return value
