"""Output of the XML protocols, by the operation's output shape."""

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.world.moved import iso

# What XML 1.0 cannot carry; AWS refuses such input, but error messages quote it.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """Escape a text for XML; characters that XML cannot carry become U+FFFD."""
    return escape(_UNSPEAKABLE.sub("\ufffd", value))


def result(operation: OperationModel, value: dict[str, Any], request_id: str) -> bytes:
    """Spell an operation's result. Times in `value` are seconds since 1970."""
    name, model = operation.name, operation.service_model
    namespace = model.metadata.get("xmlNamespace", "")
    shape = operation.output_shape
    inner = "".join(_structure(shape, value)) if isinstance(shape, StructureShape) else ""
    if model.resolved_protocol == "ec2":
        if shape is None:
            inner = "<return>true</return>"
        inner = f"<requestId>{request_id}</requestId>{inner}"
        namespace = namespace.rstrip("/") + "/"
    else:
        wrapper = shape.serialization.get("resultWrapper", f"{name}Result") if shape else ""
        body = f"<{wrapper}>{inner}</{wrapper}>" if wrapper else ""
        inner = f"{body}<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}Response xmlns="{namespace}">'
    return f"{head}{inner}</{name}Response>".encode()


def document(shape: StructureShape, value: dict[str, Any], namespace: str) -> bytes:
    """Spell a result whose document is the output shape itself; members that travel in headers stay out."""
    headers = {name for name, member in shape.members.items() if "location" in member.serialization}
    body = {name: item for name, item in value.items() if name not in headers}
    inner = "".join(_structure(shape, body))
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{shape.name} xmlns="{namespace}">'
    return f"{head}{inner}</{shape.name}>".encode()


def error(error: AwsError, namespace: str, request_id: str) -> bytes:
    """Spell an error as `ErrorResponse`."""
    side = "Sender" if error.status < 500 else "Receiver"
    body = (
        f'<ErrorResponse xmlns="{namespace}"><Error><Type>{side}</Type>'
        f"<Code>{text(error.code)}</Code><Message>{text(error.message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return body.encode()


def _structure(shape: StructureShape, value: dict[str, Any]) -> Iterator[str]:
    members = shape.members
    unknown = value.keys() - members.keys()
    if unknown:
        raise KeyError(f"{shape.name} has no member {min(unknown)}")
    for name, member in members.items():
        item = value.get(name)
        if item is not None:
            yield from _element(member, member.serialization.get("name", name), item)


def _element(shape: Shape, tag: str, value: Any) -> Iterator[str]:
    if isinstance(shape, ListShape):
        flattened = bool(shape.serialization.get("flattened"))
        inner = tag if flattened else shape.member.serialization.get("name", "member")
        if not flattened:
            yield f"<{tag}>"
        for item in value:
            yield from _element(shape.member, inner, item)
        if not flattened:
            yield f"</{tag}>"
        return
    yield f"<{tag}>"
    if isinstance(shape, StructureShape):
        yield from _structure(shape, value)
    elif isinstance(shape, MapShape):
        raise NotImplementedError("No operation built so far answers with a map in XML.")
    else:
        yield _scalar(shape, value)
    yield f"</{tag}>"


def _scalar(shape: Shape, value: Any) -> str:
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name == "timestamp":
        return iso(value)
    return text(str(value))
