"""Input of the protocols `query` and `ec2`: a form whose names spell nested structures."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from endpoints.sandbox.wire.errors import AwsError, invalid_value
from endpoints.sandbox.wire.http import Request

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_ALWAYS = frozenset({"Action", "Version"})


def form(request: Request) -> dict[str, str]:
    """Return the form fields of the body, or of the query string of a GET. Raises AwsError when malformed."""
    try:
        raw = request.body.decode() if request.method == "POST" else urlsplit(request.target).query
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=20_000)
    except (UnicodeDecodeError, ValueError) as error:
        raise AwsError("MalformedQueryString", "The query string contains a syntax error.") from error
    return dict(pairs)


def parse(operation: OperationModel, fields: dict[str, str]) -> dict[str, Any]:
    """Turn form fields into parameters by the operation's input shape.

    A member that is not sent is absent from the result, which is not the same as false or empty. Raises
    AwsError: UnknownParameter for a field that the shape does not have, InvalidParameterValue for a
    scalar that does not read.
    """
    reader = _Reader(fields, operation.service_model.resolved_protocol == "ec2")
    shape = operation.input_shape
    params = reader.structure(shape, "") if isinstance(shape, StructureShape) else {}
    left = set(fields) - reader.used - _ALWAYS
    if left:
        raise AwsError("UnknownParameter", f"The parameter {min(left)} is not recognized")
    return params


class _Reader:
    def __init__(self, fields: dict[str, str], ec2: bool) -> None:
        self.fields, self.ec2 = fields, ec2
        self.used: set[str] = set()
        self.prefixes = {name[:dot] for name in fields for dot in _dots(name)}

    def structure(self, shape: StructureShape, prefix: str) -> dict[str, Any]:
        found = {}
        for name, member in shape.members.items():
            key = prefix + self._wire_name(name, member)
            if key in self.fields or key in self.prefixes:
                value = self._value(member, key)
                if value is not None:
                    found[name] = value
        return found

    def _wire_name(self, name: str, member: Shape) -> str:
        location = member.serialization.get("name")
        if not self.ec2:
            return location or name
        if "queryName" in member.serialization:
            return str(member.serialization["queryName"])
        return location[:1].upper() + location[1:] if location else name

    def _value(self, shape: Shape, key: str) -> Any:
        if isinstance(shape, StructureShape):
            return self.structure(shape, f"{key}.")
        if isinstance(shape, ListShape):
            return self._list(shape, key)
        if key not in self.fields:
            return None
        self.used.add(key)
        return scalar(shape, self.fields[key], key)

    def _list(self, shape: ListShape, key: str) -> list[Any]:
        base = key
        if not self.ec2 and not shape.serialization.get("flattened"):
            base = f"{key}.{shape.member.serialization.get('name', 'member')}"
        start = len(base) + 1
        names = [name for name in (*self.fields, *self.prefixes) if name.startswith(f"{base}.")]
        numbers = {name[start:].partition(".")[0] for name in names}
        ordered = sorted(int(number) for number in numbers if number.isascii() and number.isdigit())
        items = [self._value(shape.member, f"{base}.{number}") for number in ordered]
        return [item for item in items if item is not None]


def _dots(name: str) -> list[int]:
    return [index for index, letter in enumerate(name) if letter == "."]


def scalar(shape: Shape, text: str, key: str) -> Any:
    """Read a scalar that came as text. Raises AwsError InvalidParameterValue naming `key`."""
    kind = shape.type_name
    try:
        if kind == "boolean":
            return {"true": True, "false": False}[text.lower()]
        if kind in ("integer", "long"):
            if not _WHOLE.fullmatch(text):
                raise ValueError(text)
            return int(text)
        if kind in ("float", "double"):
            return float(text)
    except (KeyError, ValueError) as error:
        raise invalid_value(text, key) from error
    return text
