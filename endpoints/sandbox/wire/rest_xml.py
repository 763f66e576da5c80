"""Protocol `rest-xml` (route53): parameters in path, query and an XML document; XML out."""

import re
from typing import Any

from botocore.model import OperationModel, ServiceModel, StructureShape

from endpoints.sandbox.wire import xml_in, xml_out
from endpoints.sandbox.wire.errors import AwsError, InvalidInput
from endpoints.sandbox.wire.http import Request, Response
from endpoints.sandbox.wire.json_errors import status_of
from endpoints.sandbox.wire.rest import RestJson, elsewhere

# Ids go out with the kind in front, and come in with or without it (aws.md §9).
_IDS = frozenset({"ResourceId", "ChangeId", "TagResourceId"})
_KIND = re.compile(r"^/(?:hostedzone|change|healthcheck|delegationset)/")


class RestXml(RestJson):
    """Finds operations as `rest-json` does, by method and path."""

    def parse(self, request: Request, operation: OperationModel) -> dict[str, Any]:
        """Return the parameters from wherever the model puts them. Raises AwsError."""
        shape = operation.input_shape
        if not isinstance(shape, StructureShape):
            return {}
        root = xml_in.document(request.body)
        if root is not None and root.name != shape.serialization.get("name", shape.name):
            raise AwsError("MalformedInput", f"The root of the request is {root.name!r}.")
        params = elsewhere(request, operation, shape)
        if root is not None:
            params |= xml_in.structure(shape, root)
        return {name: _bare(shape, name, value) for name, value in params.items()}

    def refusal(self, model: ServiceModel, error: AwsError) -> AwsError:
        """Return an error about the input as InvalidInput; others as they are."""
        return AwsError("InvalidInput", error.message) if isinstance(error, InvalidInput) else error

    def result(self, operation: OperationModel, value: dict[str, Any], request_id: str) -> Response:
        """Spell a result with the operation's status, some members as headers."""
        status, shape = int(operation.http.get("responseCode", 200)), operation.output_shape
        headers = {"x-amzn-requestid": request_id}
        if not isinstance(shape, StructureShape):
            return Response(status, b"", "text/xml", headers)
        for name, member in shape.members.items():
            if member.serialization.get("location") == "header" and name in value:
                headers[member.serialization.get("name", name)] = str(value[name])
        namespace = _namespace(operation.service_model)
        return Response(status, xml_out.document(shape, value, namespace), "text/xml", headers)

    def error(self, model: ServiceModel | None, error: AwsError, request_id: str) -> Response:
        """Spell an error as `ErrorResponse`, with the status that the model gives it."""
        body = xml_out.error(error, _namespace(model) if model else "", request_id)
        return Response(status_of(model, error), body, "text/xml", {"x-amzn-requestid": request_id})


def _bare(shape: StructureShape, name: str, value: Any) -> Any:
    if name == "ResourceIds" and isinstance(value, list):
        return [_KIND.sub("", item) for item in value]
    return _KIND.sub("", value) if shape.members[name].name in _IDS else value


def _namespace(model: ServiceModel) -> str:
    return f"https://{model.metadata.get('globalEndpoint', '')}/doc/{model.api_version}/"
