"""What the document says of each operation beside what its code says: bodies, examples, refusals."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from endpoints.api.openapi import bodies, examples
from endpoints.api.pipes import schemas


@dataclass(frozen=True)
class Said:
    """An example of the result (None where there is none), the body and an example of it, and of refusals.

    `errors` are those that fit this operation better than what is said of all, and those that only it has.
    """

    result: Any = None
    body: type[BaseModel] | None = None
    sent: Any = None
    errors: dict[int, str] = field(default_factory=dict)


_PIPE_NAME_TAKEN = (
    f"CONFLICT: name: The ClickPipe {examples.PIPE_ID} of this service has this name already. Choose another."
)
_NAME_TAKEN = (
    "CONFLICT: customPrivateDnsMappings: db.example.com is taken: another endpoint answers for it, or for a"
    " name that overlaps with it. It is held by the endpoint “Customers”"
    f" ({examples.HOLDER_ID}) of the service “orders” of your organization."
)
_PIPE = Said(examples.PIPE)

OPERATIONS: dict[str, Said] = {
    "list_organizations": Said([examples.ORGANIZATION]),
    "get_organization": Said(examples.ORGANIZATION),
    "list_services": Said(
        [examples.SERVICE],
        errors={400: "BAD_REQUEST: filter: Filter by labels: filter=tag:key=value"},
    ),
    "get_service": Said(examples.SERVICE),
    "change_state": Said(
        examples.SERVICE,
        bodies.ServiceStatePatchRequest,
        {"command": "awake"},
        {400: "BAD_REQUEST: command: Send one of start, stop, awake."},
    ),
    "list_endpoints": Said([examples.ENDPOINT]),
    "create_endpoint": Said(
        examples.STARTED,
        bodies.CreateReversePrivateEndpoint,
        examples.NEW_ENDPOINT,
        {400: "BAD_REQUEST: vpcEndpointServiceName: Enter a value.", 409: _NAME_TAKEN},
    ),
    "get_endpoint": Said(examples.ENDPOINT),
    "update_endpoint": Said(
        examples.ENDPOINT,
        bodies.UpdateReversePrivateEndpoint,
        examples.NAMES,
        {
            400: "BAD_REQUEST: description: Only customPrivateDnsMappings can be changed.",
            409: _NAME_TAKEN,
        },
    ),
    "delete_endpoint": Said(
        errors={
            403: "FORBIDDEN: This takes the role admin, because ClickPipes depend on it: orders-cdc.",
        }
    ),
    "get_situation": Said(examples.SITUATION),
    "list_events": Said([examples.EVENT]),
    "list_removed": Said([examples.TOMBSTONE]),
    "preview_removal": Said(examples.REMOVAL),
    "retry_endpoint": Said(
        examples.STARTED,
        bodies.RetryRequest,
        {},
        {400: "BAD_REQUEST: Send an empty object: {}", 409: _NAME_TAKEN},
    ),
    "wait_for_status": Said(
        examples.ENDPOINT,
        errors={
            400: "BAD_REQUEST: timeout: Send 300 or less.",
            408: (
                "REQUEST_TIMEOUT: The endpoint is still PendingAcceptance: The connection waits for the owner"
                " of the endpoint service to accept it. In the AWS console of the account that owns"
                f" {examples.SERVICE_NAME}: Endpoint Services → Endpoint connections → Actions → Accept"
                " endpoint connection request."
            ),
            409: (
                "CONFLICT: The endpoint is Rejected and will not be Ready: The owner of the endpoint service"
                " rejected the connection. Ask the owner of the endpoint service why, and retry when they are"
                " ready to accept."
            ),
            429: (
                "TOO_MANY_REQUESTS: This key waits in 4 calls here already, and others need room as well. Try"
                " again in 5 s."
            ),
        },
    ),
    "list_pipes": Said([examples.PIPE]),
    "create_pipe": Said(
        examples.PIPE | {"state": "Provisioning"},
        schemas.NewPipe,
        examples.NEW_PIPE,
        {
            400: "BAD_REQUEST: source: Give exactly one of kafka, postgres, mysql and mongodb.",
            409: _PIPE_NAME_TAKEN,
        },
    ),
    "get_pipe": _PIPE,
    "change_pipe": Said(
        examples.PIPE,
        schemas.PipeChange,
        {"name": "orders-cdc"},
        {400: "BAD_REQUEST: name: This must be text.", 409: _PIPE_NAME_TAKEN},
    ),
    "delete_pipe": Said(),
    "scale_pipe": Said(
        examples.PIPE,
        schemas.Scaling,
        {"replicas": 1, "replicaCpuMillicores": 125, "replicaMemoryGb": 0.5},
        {400: "BAD_REQUEST: replicas: Send 40 or less."},
    ),
    "command_pipe": Said(
        examples.PIPE,
        schemas.StateChange,
        {"command": "start"},
        {400: "BAD_REQUEST: command: Send 'start', 'stop' or 'resync'."},
    ),
    "get_settings": Said(examples.SETTINGS),
    "set_settings": Said(
        examples.SETTINGS,
        schemas.PipeSettings,
        examples.SETTINGS,
        {400: "BAD_REQUEST: streaming_max_insert_wait_ms: Give a text, a number or a truth value."},
    ),
    "get_cdc_scaling": Said(examples.CDC_SCALING),
    "scale_cdc": Said(
        examples.CDC_SCALING,
        schemas.CdcScaling,
        examples.CDC_SCALING,
        {400: "BAD_REQUEST: replicaCpuMillicores: Send 1000 or more."},
    ),
}
"""By the name of the function that answers."""
