"""Protocol `json` (service-quotas): the operation in a header, a JSON document in and out."""

from typing import Any

from botocore.model import OperationModel, ServiceModel, StructureShape

from endpoints.sandbox.wire import json_errors, json_in, json_out
from endpoints.sandbox.wire.errors import AwsError
from endpoints.sandbox.wire.http import Request, Response


class Json:
    """Reads `X-Amz-Target`, and answers with the content type of the model's JSON version."""

    def operation_name(self, request: Request, model: ServiceModel) -> str:
        """Return the target header's operation, or the method and path when there is none."""
        target = request.headers.get("x-amz-target", "")
        return target.rpartition(".")[2] or f"{request.method} {request.path}"

    def parse(self, request: Request, operation: OperationModel) -> dict[str, Any]:
        """Return the parameters of the document. Raises AwsError."""
        shape, found = operation.input_shape, json_in.document(request)
        return json_in.structure(shape, found) if isinstance(shape, StructureShape) else {}

    def refusal(self, model: ServiceModel, error: AwsError) -> AwsError:
        """Put an error about the input in the service's words."""
        return json_errors.refusal(model, error)

    def result(self, operation: OperationModel, value: dict[str, Any], request_id: str) -> Response:
        """Spell a result."""
        headers = {"x-amzn-RequestId": request_id}
        kind = _content_type(operation.service_model)
        return Response(200, json_out.body(operation, value), kind, headers)

    def error(self, model: ServiceModel | None, error: AwsError, request_id: str) -> Response:
        """Spell an error."""
        return json_errors.spell(model, error, request_id, _content_type(model))


def _content_type(model: ServiceModel | None) -> str:
    return f"application/x-amz-json-{model.metadata.get('jsonVersion') or '1.1' if model else '1.1'}"
