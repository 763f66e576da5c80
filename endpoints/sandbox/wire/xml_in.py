"""Input of the protocol `rest-xml`, by the operation's input shape."""

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from botocore.model import ListShape, MapShape, Shape, StructureShape

from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.wire.query_in import scalar


@dataclass
class Element:
    """One element of a document: its name without a namespace, its text, and what is in it."""

    name: str
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def named(self, name: str) -> list["Element"]:
        """Return the children of a name."""
        return [child for child in self.children if child.name == name]


class _NoDoctype(Exception):
    pass


def document(body: bytes) -> Element | None:
    """Return the root of a document; None for an empty body. Raises AwsError MalformedInput.

    A document type is refused: nobody needs one, and its entities may grow without end.
    """
    if not body.strip():
        return None
    top = Element("")
    path = [top]
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(name.rpartition(" ")[2])
        path[-1].children.append(element)
        path.append(element)

    def text(found: str) -> None:
        path[-1].text += found

    def doctype(*_: object) -> None:
        raise _NoDoctype

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: path.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, _NoDoctype, ValueError) as error:
        raise AwsError("MalformedInput", "The request body is not valid XML.") from error
    return top.children[0]


def structure(shape: StructureShape, element: Element, path: str = "") -> dict[str, Any]:
    """Turn an element into parameters named as in the model.

    Members that are absent are absent from the result, unknown elements are passed over. Members that
    travel elsewhere are not looked for. Raises AwsError InvalidParameterValue for a scalar that does not
    read.
    """
    params = {}
    for name, member in shape.members.items():
        if "location" in member.serialization:
            continue
        found = element.named(member.serialization.get("name", name))
        if found:
            params[name] = _value(member, found, f"{path}{name}")
    return params


def _value(shape: Shape, found: list[Element], path: str) -> Any:
    last = found[-1]
    if isinstance(shape, StructureShape):
        return structure(shape, last, f"{path}.")
    if isinstance(shape, ListShape):
        items = last.named(shape.member.serialization.get("name", "member"))
        return [_value(shape.member, [item], f"{path}.{place}") for place, item in enumerate(items, start=1)]
    if isinstance(shape, MapShape):
        raise NotImplementedError("No operation built so far takes a map in XML.")
    return scalar(shape, last.text, path)
