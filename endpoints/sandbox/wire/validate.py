"""Checks of parsed parameters against the service model.

botocore's client checks required members, types and minimum lengths itself, but neither enum values nor
maxima, and other clients check nothing (aws.md §9).
"""

import re
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from endpoints.sandbox.wire.errors import invalid_value, missing_parameter


def validate(shape: Shape | None, params: dict[str, Any]) -> None:
    """Check parameters. Raises AwsError MissingParameter or InvalidParameterValue."""
    if isinstance(shape, StructureShape):
        _structure(shape, params, "")


def _structure(shape: StructureShape, value: dict[str, Any], path: str) -> None:
    for name in shape.required_members:
        if name not in value:
            raise missing_parameter(f"{path}{name}")
    for name, item in value.items():
        _value(shape.members[name], item, f"{path}{name}")


def _value(shape: Shape, value: Any, path: str) -> None:
    if isinstance(shape, StructureShape):
        _structure(shape, value, f"{path}.")
    elif isinstance(shape, ListShape):
        _range(shape, len(value), value, path)
        for number, item in enumerate(value, start=1):
            _value(shape.member, item, f"{path}.{number}")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            _value(shape.value, item, f"{path}.{key}")
    elif isinstance(shape, StringShape):
        if shape.enum and value not in shape.enum:
            raise invalid_value(value, path)
        _range(shape, len(value), value, path)
        _pattern(shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        _range(shape, value, value, path)


def _range(shape: Shape, size: float, value: Any, path: str) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        raise invalid_value(value, path)


def _pattern(shape: StringShape, value: str, path: str) -> None:
    pattern = shape.metadata.get("pattern")
    if not pattern:
        return
    try:
        matched = re.search(f"^(?:{pattern})$", value)
    except re.error:
        return  # A few models carry patterns of another dialect; AWS checks those, we cannot.
    if not matched:
        raise invalid_value(value, path)
