"""One class per AWS protocol. A new one is a class here or in a file beside, and a line in `_PROTOCOLS`."""

import json
from typing import Any, Protocol

from botocore.model import OperationModel, ServiceModel

from endpoints.sandbox.wire import query_in, xml_out
from endpoints.sandbox.wire.errors import AwsError, not_built
from endpoints.sandbox.wire.http import Request, Response


class WireProtocol(Protocol):
    """How a service reads requests and writes answers."""

    def operation_name(self, request: Request, model: ServiceModel) -> str:
        """Return the name of the operation asked for; it need not exist. Raises AwsError when unreadable."""

    def parse(self, request: Request, operation: OperationModel) -> dict[str, Any]:
        """Return the parameters. Raises AwsError when they do not read."""

    def result(self, operation: OperationModel, value: dict[str, Any], request_id: str) -> Response:
        """Spell a result."""

    def error(self, model: ServiceModel | None, error: AwsError, request_id: str) -> Response:
        """Spell an error."""


class Query:
    """Protocol `query` (sts): a form in, XML with a result wrapper out."""

    def operation_name(self, request: Request, model: ServiceModel) -> str:
        """Return the form's `Action`. Raises AwsError MissingAction."""
        name = query_in.form(request).get("Action")
        if not name:
            raise AwsError("MissingAction", "The request must contain the parameter Action")
        return name

    def parse(self, request: Request, operation: OperationModel) -> dict[str, Any]:
        """Return the parameters of the form. Raises AwsError."""
        return query_in.parse(operation, query_in.form(request))

    def result(self, operation: OperationModel, value: dict[str, Any], request_id: str) -> Response:
        """Spell a result as XML."""
        return _xml(200, xml_out.result(operation, value, request_id), request_id)

    def error(self, model: ServiceModel | None, error: AwsError, request_id: str) -> Response:
        """Spell an error as `ErrorResponse`."""
        namespace = model.metadata.get("xmlNamespace", "") if model else ""
        side = "Sender" if error.status < 500 else "Receiver"
        body = (
            f'<ErrorResponse xmlns="{namespace}"><Error><Type>{side}</Type>'
            f"<Code>{xml_out.text(error.code)}</Code><Message>{xml_out.text(error.message)}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        return _xml(error.status, body.encode(), request_id)


class Ec2(Query):
    """Protocol `ec2`: as `query`, with flat lists in, `item` elements out, and its own error document."""

    def error(self, model: ServiceModel | None, error: AwsError, request_id: str) -> Response:
        """Spell an error as `Response/Errors/Error`."""
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Response><Errors><Error><Code>{xml_out.text(error.code)}</Code>"
            f"<Message>{xml_out.text(error.message)}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
        return _xml(error.status, body.encode(), request_id)


class ErrorsOnly:
    """Protocols of services that are not built yet: enough to refuse them in AWS's shape."""

    def __init__(self, *, xml: bool = False) -> None:
        self._xml = xml

    def operation_name(self, request: Request, model: ServiceModel) -> str:
        """Return the target header's operation, or the method and path."""
        target = request.headers.get("x-amz-target", "")
        return target.rpartition(".")[2] or f"{request.method} {request.path}"

    def parse(self, request: Request, operation: OperationModel) -> dict[str, Any]:
        """Refuse. Raises AwsError."""
        raise not_built(operation.name)

    def result(self, operation: OperationModel, value: dict[str, Any], request_id: str) -> Response:
        """Refuse: nothing of this protocol is built. Raises AwsError."""
        raise not_built(operation.name)

    def error(self, model: ServiceModel | None, error: AwsError, request_id: str) -> Response:
        """Spell an error as rest-xml does, or in the header and body that JSON clients read."""
        if self._xml:
            return Query().error(model, error, request_id)
        body = json.dumps({"__type": error.code, "message": error.message}).encode()
        headers = {"x-amzn-requestid": request_id, "x-amzn-errortype": error.code}
        return Response(error.status, body, "application/json", headers)


_PROTOCOLS: dict[str, WireProtocol] = {
    "ec2": Ec2(),
    "query": Query(),
    "json": ErrorsOnly(),
    "rest-json": ErrorsOnly(),
    "rest-xml": ErrorsOnly(xml=True),
}


def for_model(model: ServiceModel | None) -> WireProtocol:
    """Return the protocol of a service; errors alone for a service that nobody knows."""
    name = model.resolved_protocol if model else "json"
    return _PROTOCOLS.get(name, _PROTOCOLS["json"])


def _xml(status: int, body: bytes, request_id: str) -> Response:
    headers = {"x-amzn-requestid": request_id}
    return Response(status, body, "text/xml;charset=UTF-8", headers)
