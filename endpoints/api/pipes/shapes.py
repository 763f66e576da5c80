"""What the API shows of a ClickPipe. Source: cloud-api.md §7.2 and §13, 6 to 15."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema

from endpoints.api.pipes import told
from endpoints.domain.cloud_pipes import STANDING, PipeState, kind_of
from endpoints.models import ClickPipe


class PipeShape(Schema):
    """One ClickPipe, in the Cloud API's spelling; secrets are not kept, and so never shown."""

    id: str
    serviceId: str
    name: str
    state: Annotated[str, told.STATE]
    scaling: Annotated[dict[str, Any], told.SCALING]
    source: Annotated[dict[str, Any], told.SOURCE]
    destination: Annotated[dict[str, Any], told.DESTINATION]
    fieldMappings: Annotated[list[dict[str, str]], told.FIELD_MAPPINGS]
    settings: Annotated[dict[str, Any], told.SETTINGS]
    createdAt: datetime
    updatedAt: datetime

    @classmethod
    def of(cls, pipe: ClickPipe, *, made_now: bool = False) -> "PipeShape":
        """Return the shape of a row; one that was `made_now` is on its way, unless it starts paused."""
        definition = pipe.full_definition
        kind = kind_of(definition)
        source = {**definition["source"][kind]}
        if kind == "kafka":
            source.setdefault("consumerGroup", f"clickpipes-{pipe.pk}")
        return cls(
            id=str(pipe.pk),
            serviceId=str(pipe.service_id),
            name=pipe.name,
            state=PipeState.PROVISIONING if made_now and pipe.state not in STANDING else pipe.state,
            scaling=definition["scaling"],
            source={kind: source},
            destination=definition["destination"],
            fieldMappings=definition.get("fieldMappings", []),
            settings=definition.get("settings", {}),
            createdAt=pipe.created_at,
            updatedAt=pipe.updated_at or pipe.created_at,
        )
