"""One class per AWS protocol. A new one is a class here or in a file beside, and a line in `_PROTOCOLS`."""

from typing import Any, Protocol

from botocore.model import OperationModel, ServiceModel

from endpoints.sandbox.wire import query_in, xml_out
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.wire.http import Request, Response
from endpoints.sandbox.wire.json_rpc import Json
from endpoints.sandbox.wire.rest import RestJson
from endpoints.sandbox.wire.rest_xml import RestXml


class WireProtocol(Protocol):
    """How a service reads requests and writes answers."""

    def operation_name(self, request: Request, model: ServiceModel) -> str:
        """Return the name of the operation asked for; it need not exist. Raises AwsError when unreadable."""

    def parse(self, request: Request, operation: OperationModel) -> dict[str, Any]:
        """Return the parameters. Raises AwsError when they do not read."""

    def refusal(self, model: ServiceModel, error: AwsError) -> AwsError:
        """Return what the service says about input that its model refuses."""

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

    def refusal(self, model: ServiceModel, error: AwsError) -> AwsError:
        """Leave an error as it is: the checks speak EC2's words."""
        return error

    def result(self, operation: OperationModel, value: dict[str, Any], request_id: str) -> Response:
        """Spell a result as XML."""
        return _xml(200, xml_out.result(operation, value, request_id), request_id)

    def error(self, model: ServiceModel | None, error: AwsError, request_id: str) -> Response:
        """Spell an error as `ErrorResponse`."""
        namespace = model.metadata.get("xmlNamespace", "") if model else ""
        return _xml(error.status, xml_out.error(error, namespace, request_id), request_id)


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


_PROTOCOLS: dict[str, WireProtocol] = {
    "ec2": Ec2(),
    "query": Query(),
    "json": Json(),
    "rest-json": RestJson(),
    "rest-xml": RestXml(),
}


def for_model(model: ServiceModel | None) -> WireProtocol:
    """Return the protocol of a service; errors alone for a service that nobody knows."""
    name = model.resolved_protocol if model else "json"
    return _PROTOCOLS.get(name, _PROTOCOLS["json"])


def _xml(status: int, body: bytes, request_id: str) -> Response:
    headers = {"x-amzn-requestid": request_id}
    return Response(status, body, "text/xml;charset=UTF-8", headers)
