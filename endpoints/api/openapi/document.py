"""The OpenAPI document of the API, made from its code: ninja's own, in the envelope, with examples.

Source of the envelope: cloud-api.md §2.
"""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from pydantic.json_schema import models_json_schema

from endpoints.api.openapi.errors import errors_at
from endpoints.api.openapi.examples import REQUEST_ID
from endpoints.api.openapi.operations import OPERATIONS, Said

_ALWAYS = (400, 401, 429, 500)
_REFERENCE = "#/components/schemas/{model}"
_ID = {"type": "string", "format": "uuid"}
_HEADERS = {
    401: {"WWW-Authenticate": "Asks for HTTP Basic."},
    429: {
        "X-RateLimit-Reset": "Seconds until there is room, with a fraction.",
        "Retry-After": "The same in whole seconds.",
    },
}
_ABOUT = (
    "The addresses of the ClickHouse Cloud API for reverse private endpoints, ClickPipes, organizations and"
    " services, and some of Postern's own. Every address also works with a slash at its end; none redirects."
    " HEAD answers wherever GET does. Any other method is a 405 with the header Allow, any other address a"
    " 404, both in the envelope. Answers are in English."
)


@cache
def document_of(api: NinjaAPI) -> dict[str, Any]:
    """Return the document: OpenAPI 3.1, for the server that sends it."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/v1"))
    schemas: dict[str, Any] = made["components"]["schemas"]
    schemas["Error"] = _object(status={"type": "integer"}, requestId=_ID, error={"type": "string"})
    schemas |= _bodies()
    for path, method, operation in operations_of(made):
        _complete(path, method, operation)
    made["info"]["description"] = _ABOUT
    made["servers"] = [{"url": "/"}]
    used = dict.fromkeys(tag for _, _, operation in operations_of(made) for tag in operation["tags"])
    made["tags"] = [{"name": name} for name in used]
    return made


def operations_of(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and description of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _bodies() -> dict[str, Any]:
    known = {said.body for said in OPERATIONS.values() if said.body is not None}
    ordered = sorted(known, key=lambda body: body.__name__)
    _, definitions = models_json_schema([(body, "validation") for body in ordered], ref_template=_REFERENCE)
    return dict(definitions["$defs"])


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Put one operation's results into the envelope, and add its body, examples and refusals."""
    name = next(known for known in OPERATIONS if operation["operationId"].endswith(f"_{known}"))
    said = OPERATIONS[name]
    operation["operationId"] = name
    operation["summary"] = name.replace("_", " ").capitalize()
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter["schema"] = _ID
    result = operation["responses"][200].get("content", {}).get("application/json", {}).get("schema")
    operation["responses"] = {"200": _success(result, said)}
    examples = errors_at(path) | said.errors
    for status in _refusals(path, method, said):
        operation["responses"][str(status)] = _refusal(status, examples[status])
    if said.body is not None:
        content = {"schema": {"$ref": _REFERENCE.format(model=said.body.__name__)}, "example": said.sent}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}


def _refusals(path: str, method: str, said: Said) -> list[int]:
    found = {*_ALWAYS, *said.errors}
    if "{" in path:
        found.add(404)
    if method != "get":
        found |= {403, 411, 413}
    return sorted(found)


def _success(result: dict[str, Any] | None, said: Said) -> dict[str, Any]:
    example = {"status": 200, "requestId": REQUEST_ID}
    fields: dict[str, Any] = {"status": {"const": 200}, "requestId": _ID}
    if said.result is not None and result is not None:
        fields["result"] = result
        example["result"] = said.result
    content = {"schema": _object(**fields), "example": example}
    return {"description": "Done.", "content": {"application/json": content}}


def _refusal(status: int, error: str) -> dict[str, Any]:
    example = {"status": status, "requestId": REQUEST_ID, "error": error}
    content = {"schema": {"$ref": _REFERENCE.format(model="Error")}, "example": example}
    told: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {"application/json": content},
    }
    if status in _HEADERS:
        told["headers"] = {
            name: {"schema": {"type": "string"}, "description": about}
            for name, about in _HEADERS[status].items()
        }
    return told


def _object(**fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(fields), "properties": fields}
