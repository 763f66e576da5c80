"""What the document says of each operation beside what its code says: bodies, examples, refusals."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from endpoints.api.openapi import bodies, examples
from endpoints.api.pipes import schemas


@dataclass(frozen=True)
class Said:
    """An example of the result (None where there is none), the body and an example of it, more refusals."""

    result: Any = None
    body: type[BaseModel] | None = None
    sent: Any = None
    refusals: tuple[int, ...] = ()


_PIPE = Said(examples.PIPE)

OPERATIONS: dict[str, Said] = {
    "list_organizations": Said([examples.ORGANIZATION]),
    "get_organization": Said(examples.ORGANIZATION),
    "list_services": Said([examples.SERVICE]),
    "get_service": Said(examples.SERVICE),
    "change_state": Said(examples.SERVICE, bodies.ServiceStatePatchRequest, {"command": "awake"}),
    "list_endpoints": Said([examples.ENDPOINT]),
    "create_endpoint": Said(
        examples.STARTED, bodies.CreateReversePrivateEndpoint, examples.NEW_ENDPOINT, (409,)
    ),
    "get_endpoint": Said(examples.ENDPOINT),
    "update_endpoint": Said(examples.ENDPOINT, bodies.UpdateReversePrivateEndpoint, examples.NAMES, (409,)),
    "delete_endpoint": Said(),
    "get_situation": Said(examples.SITUATION),
    "list_events": Said([examples.EVENT]),
    "list_removed": Said([examples.TOMBSTONE]),
    "preview_removal": Said(examples.REMOVAL),
    "retry_endpoint": Said(examples.STARTED, bodies.RetryRequest, {}, (409,)),
    "wait_for_status": Said(examples.ENDPOINT, refusals=(408, 409)),
    "list_pipes": Said([examples.PIPE]),
    "create_pipe": Said(
        examples.PIPE | {"state": "Provisioning"}, schemas.NewPipe, examples.NEW_PIPE, (409,)
    ),
    "get_pipe": _PIPE,
    "change_pipe": Said(examples.PIPE, schemas.PipeChange, {"name": "orders-cdc"}, (409,)),
    "delete_pipe": Said(),
    "scale_pipe": Said(
        examples.PIPE, schemas.Scaling, {"replicas": 1, "replicaCpuMillicores": 125, "replicaMemoryGb": 0.5}
    ),
    "command_pipe": Said(examples.PIPE, schemas.StateChange, {"command": "start"}),
    "get_settings": Said(examples.SETTINGS),
    "set_settings": Said(examples.SETTINGS, schemas.PipeSettings, examples.SETTINGS),
    "get_cdc_scaling": Said(examples.CDC_SCALING),
    "scale_cdc": Said(examples.CDC_SCALING, schemas.CdcScaling, examples.CDC_SCALING),
}
"""By the name of the function that answers."""
