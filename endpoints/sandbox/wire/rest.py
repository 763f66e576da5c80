"""Protocol `rest-json` (kafka, ram, vpc-lattice): parameters in path, query, headers and a JSON document."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

from endpoints.sandbox.wire import json_errors, json_in, json_out
from endpoints.sandbox.wire.errors import AwsError, not_built
from endpoints.sandbox.wire.http import Request, Response
from endpoints.sandbox.wire.query_in import scalar

_LABEL = re.compile(r"\{(\w+)\+?\}")


class RestJson:
    """Finds operations by method and path. A label takes all it can, slashes too: ARNs have some."""

    def operation_name(self, request: Request, model: ServiceModel) -> str:
        """Return the operation that method and path name, or these two when there is none."""
        for method, pattern, name in _routes(model):
            if method == request.method and pattern.fullmatch(request.path):
                return name
        return f"{request.method} {request.path}"

    def parse(self, request: Request, operation: OperationModel) -> dict[str, Any]:
        """Return the parameters from wherever the model puts them. Raises AwsError."""
        shape = operation.input_shape
        if not isinstance(shape, StructureShape):
            return {}
        if "payload" in shape.serialization:
            raise not_built(f"{operation.name}, whose body is one member")
        params = json_in.structure(shape, json_in.document(request))
        return params | elsewhere(request, operation, shape)

    def refusal(self, model: ServiceModel, error: AwsError) -> AwsError:
        """Put an error about the input in the service's words."""
        return json_errors.refusal(model, error)

    def result(self, operation: OperationModel, value: dict[str, Any], request_id: str) -> Response:
        """Spell a result with the operation's status; 204 has no body."""
        status = int(operation.http.get("responseCode", 200))
        body = b"" if status == 204 else json_out.body(operation, value)
        return Response(status, body, "application/json", {"x-amzn-RequestId": request_id})

    def error(self, model: ServiceModel | None, error: AwsError, request_id: str) -> Response:
        """Spell an error."""
        return json_errors.spell(model, error, request_id, "application/json")


@lru_cache(maxsize=16)
def _routes(model: ServiceModel) -> list[tuple[str, re.Pattern[str], str]]:
    """Return (method, path pattern, operation), those with the longest fixed text first."""
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        found.append((http["method"], _path(http), name))
    found.sort(key=lambda route: len(_LABEL.sub("", route[1])), reverse=True)
    return [(method, _pattern(path), name) for method, path, name in found]


def _path(http: dict[str, Any]) -> str:
    return str(http["requestUri"]).partition("?")[0]


@lru_cache(maxsize=256)
def _pattern(path: str) -> re.Pattern[str]:
    fixed = _LABEL.split(path)
    parts = [f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(fixed)]
    return re.compile("".join(parts))


def elsewhere(request: Request, operation: OperationModel, shape: StructureShape) -> dict[str, Any]:
    """Return the parameters that travel in path, query and headers. Raises AwsError."""
    match = _pattern(_path(operation.http)).fullmatch(request.path)
    labels = {name: unquote(text) for name, text in match.groupdict().items()} if match else {}
    query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
    params = {}
    for name, member in shape.members.items():
        key = member.serialization.get("name", name)
        texts: list[str] = []
        match member.serialization.get("location"):
            case "uri":
                texts = [labels[key]] if key in labels else []
            case "querystring":
                texts = query.get(key, [])
            case "header":
                texts = [request.headers[key.lower()]] if key.lower() in request.headers else []
        if texts:
            params[name] = _read(member, texts, name)
    return params


def _read(shape: Shape, texts: list[str], name: str) -> Any:
    if isinstance(shape, ListShape):
        return [scalar(shape.member, text, name) for text in texts]
    return scalar(shape, texts[-1], name)
