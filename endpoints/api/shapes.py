"""What the API shows of an endpoint. Source: cloud-api.md §3.2, §13 and §14."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import WithJsonSchema

from endpoints.domain.status import Status
from endpoints.models import ReversePrivateEndpoint


def _list(*fields: str) -> WithJsonSchema:
    """Describe a list of objects with these texts, all but `targetId` always there."""
    texts = {name: {"type": "string"} for name in fields}
    required = [name for name in fields if name != "targetId"]
    item = {"type": "object", "properties": texts, "required": required, "additionalProperties": False}
    return WithJsonSchema({"type": "array", "items": item})


class EndpointShape(Schema):
    """One reverse private endpoint, in the Cloud API's spelling; a field of another type is null."""

    id: str
    serviceId: str
    description: str
    type: str
    vpcEndpointServiceName: str | None = None
    vpcResourceConfigurationId: str | None = None
    vpcResourceShareArn: str | None = None
    mskClusterArn: str | None = None
    mskAuthentication: str | None = None
    gcpServiceAttachment: str | None = None
    customPrivateDnsMappings: Annotated[list[dict[str, str]], _list("privateDnsName", "targetId")] = []
    endpointId: str | None
    dnsNames: list[str]
    privateDnsNames: list[str]
    dnsTargets: Annotated[list[dict[str, str]], _list("id", "kind", "internalDnsName")] = []
    privateDnsMappings: Annotated[list[dict[str, str]], _list("privateDnsName", "internalDnsName")] = []
    status: Annotated[str, WithJsonSchema({"type": "string", "enum": list(Status)})]

    @classmethod
    def of(cls, endpoint: ReversePrivateEndpoint, now: datetime) -> "EndpointShape":
        """Return the shape of a row (`with_details`) at a (moved) time."""
        known: dict[str, Any] = {
            "id": str(endpoint.pk),
            "serviceId": str(endpoint.service_id),
            "description": endpoint.description,
            "type": endpoint.type,
            "endpointId": endpoint.external_id or None,
            "dnsNames": endpoint.dns_names,
            "privateDnsNames": endpoint.private_dns_names,
            "customPrivateDnsMappings": endpoint.custom_dns,
            "dnsTargets": endpoint.dns_targets,
            "privateDnsMappings": endpoint.private_mappings,
            "status": endpoint.shown_status(now),
        }
        return cls(**known, **endpoint.parameters)
