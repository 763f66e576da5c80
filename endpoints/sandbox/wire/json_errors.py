"""Errors of the JSON protocols: a header and a small document (aws.md §9)."""

import json
from typing import Any

from botocore.model import ServiceModel, StructureShape

from endpoints.sandbox.wire.errors import AwsError, InvalidInput
from endpoints.sandbox.wire.http import Response

# What each service calls input that its model refuses; elsewhere it is ValidationException.
_INVALID = {
    "kafka": "BadRequestException", "ram": "InvalidParameterException", "vpc-lattice": "ValidationException",
    "service-quotas": "IllegalArgumentException", "sqs": "InvalidParameterValue",
}  # fmt: skip


# SQS once spoke the query protocol; clients are still told the code of then, in a header.
_QUERY_CODES = {
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue", "QueueNameExists": "QueueAlreadyExists",
    **{
        code: f"AWS.SimpleQueueService.{code}"
        for code in (
            "BatchEntryIdsNotDistinct", "EmptyBatchRequest", "InvalidBatchEntryId", "UnsupportedOperation",
            "TooManyEntriesInBatchRequest",
        )
    },
}  # fmt: skip


def refusal(model: ServiceModel, error: AwsError) -> AwsError:
    """Return an error about the input in the service's own words; others as they are."""
    if not isinstance(error, InvalidInput):
        return error
    # Which of these the service has, `members_of` finds out.
    name = error.name[:1].lower() + error.name[1:]
    members = {
        "invalidParameter": name,
        "reason": "fieldValidationFailed",
        "fieldList": [{"name": name, "message": error.message}],
    }
    return AwsError(_INVALID.get(model.service_name, "ValidationException"), error.message, 400, members)


def spell(model: ServiceModel | None, error: AwsError, request_id: str, content_type: str) -> Response:
    """Spell an error: code in the header and as `__type`, message and modelled members in the body."""
    body = {"__type": error.code, "message": error.message, **members_of(model, error)}
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code}
    if model is not None and "awsQueryCompatible" in model.metadata:
        side = "Sender" if error.status < 500 else "Receiver"
        headers["x-amzn-query-error"] = f"{_QUERY_CODES.get(error.code, error.code)};{side}"
    return Response(status_of(model, error), json.dumps(body).encode(), content_type, headers)


def status_of(model: ServiceModel | None, error: AwsError) -> int:
    """Return the HTTP status: the error's own, or the model's where it left that at 400."""
    modelled = modelled_status(model, error.code)
    return modelled if modelled and error.status == 400 else error.status


def modelled_status(model: ServiceModel | None, code: str) -> int | None:
    """Return the HTTP status that the model gives an error; None when it says nothing."""
    shape = _shape(model, code)
    found = (shape.metadata.get("error") or {}).get("httpStatusCode") if shape else None
    return int(found) if found else None


def members_of(model: ServiceModel | None, error: AwsError) -> dict[str, Any]:
    """Return the error's further members that the model knows, named as on the wire."""
    shape = _shape(model, error.code)
    if shape is None:
        return {}
    known = {member.serialization.get("name", name) for name, member in shape.members.items()}
    return {name: value for name, value in error.members.items() if name in known}


def _shape(model: ServiceModel | None, code: str) -> StructureShape | None:
    if model is None:
        return None
    found = (shape for shape in model.error_shapes if shape.name == code)
    return next((shape for shape in found if isinstance(shape, StructureShape)), None)
