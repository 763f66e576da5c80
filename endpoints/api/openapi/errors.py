"""Examples of refusals: what each status says of an operation that has no example of its own."""

from endpoints.api.openapi.examples import ENDPOINT_ID, ORGANIZATION_ID, PIPE_ID, SERVICE_ID

COMMON: dict[int, str] = {
    400: "BAD_REQUEST: the request has NUL in it, or is not UTF-8",
    401: "UNAUTHORIZED: Send an API key with HTTP Basic: its id as the user, its secret as the password.",
    403: "FORBIDDEN: This takes the role operator.",
    411: "LENGTH_REQUIRED: send the body with its Content-Length",
    413: "CONTENT_TOO_LARGE: a body may have 262144 bytes",
    429: "TOO_MANY_REQUESTS: More calls than are allowed in a minute. Try again in 0.5 s.",
    500: "INTERNAL_ERROR: Something went wrong here; the log names this request id.",
}
_IDS = {
    "organization_id": ("organization", ORGANIZATION_ID),
    "service_id": ("service", SERVICE_ID),
    "endpoint_id": ("reverse private endpoint", ENDPOINT_ID),
    "pipe_id": ("ClickPipe", PIPE_ID),
}


def errors_at(path: str) -> dict[int, str]:
    """Return the examples for operations at an address, whose last id is the one that is wrong or unknown."""
    _, brace, after = path.rpartition("{")
    if not brace:
        return COMMON
    what, known = _IDS[after.partition("}")[0]]
    return {
        **COMMON,
        400: f"BAD_REQUEST: Invalid {what} id <string:not-a-uuid>",
        404: f"NOT_FOUND: {known}",
    }
