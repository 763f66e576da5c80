"""Input of the JSON protocols, by the operation's input shape."""

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from endpoints.sandbox.wire.errors import AwsError, invalid_value
from endpoints.sandbox.wire.http import Request


def document(request: Request) -> dict[str, Any]:
    """Return the JSON object of the body; an empty body is an empty object. Raises SerializationException."""
    if not request.body.strip():
        return {}
    try:
        found = json.loads(request.body)
    except ValueError as error:
        raise AwsError("SerializationException", "The request body is not valid JSON.") from error
    if not isinstance(found, dict):
        raise AwsError("SerializationException", "The request body must be a JSON object.")
    return found


def structure(shape: StructureShape, found: dict[str, Any], path: str = "") -> dict[str, Any]:
    """Turn a JSON object into parameters named as in the model.

    Members that are absent or null are absent from the result; members that the model does not know are
    passed over, as AWS does. Members that travel elsewhere (path, query, headers) are not looked for.
    Raises AwsError InvalidParameterValue for a value of another type.
    """
    params = {}
    for name, member in shape.members.items():
        raw = found.get(member.serialization.get("name", name))
        if raw is not None and "location" not in member.serialization:
            params[name] = _value(member, raw, f"{path}{name}")
    return params


def _value(shape: Shape, raw: Any, path: str) -> Any:
    if isinstance(shape, StructureShape):
        return structure(shape, _typed(raw, path, dict), f"{path}.")
    if isinstance(shape, ListShape):
        items = enumerate(_typed(raw, path, list), start=1)
        return [_value(shape.member, item, f"{path}.{number}") for number, item in items]
    if isinstance(shape, MapShape):
        pairs = _typed(raw, path, dict).items()
        return {key: _value(shape.value, item, f"{path}.{key}") for key, item in pairs}
    return _SCALARS.get(shape.type_name, _text)(raw, path)


def _typed(raw: Any, path: str, *kinds: type) -> Any:
    if not isinstance(raw, kinds) or (isinstance(raw, bool) and bool not in kinds):
        raise invalid_value(raw, path)
    return raw


def _text(raw: Any, path: str) -> Any:
    return _typed(raw, path, str)


def _blob(raw: Any, path: str) -> bytes:
    try:
        return base64.b64decode(_typed(raw, path, str), validate=True)
    except binascii.Error as error:
        raise invalid_value(raw, path) from error


_SCALARS: dict[str, Callable[[Any, str], Any]] = {
    "boolean": lambda raw, path: _typed(raw, path, bool),
    "integer": lambda raw, path: _typed(raw, path, int),
    "long": lambda raw, path: _typed(raw, path, int),
    "float": lambda raw, path: _typed(raw, path, int, float),
    "double": lambda raw, path: _typed(raw, path, int, float),
    "timestamp": lambda raw, path: _typed(raw, path, int, float, str),
    "blob": _blob,
}
