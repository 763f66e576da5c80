"""What the API shows of an endpoint. Source: cloud-api.md §3.2, §13 and §14."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import F, Prefetch
from ninja import Schema
from pydantic import TypeAdapter, WithJsonSchema

from endpoints.domain.status import Status
from endpoints.models import Region, ReversePrivateEndpoint
from endpoints.models.endpoint import EndpointQuerySet
from endpoints.models.installation import Moment, ReadClock
from endpoints.models.written import Written

_READ = (
    "id", "service_id", "description", "type", "parameters", "external_id", "dns_names", "private_dns_names",
    "custom_dns", "status", "generation", "observed_generation", "removal_requested_at", "removed_at",
    "created_at", "region",
)  # fmt: skip
_LOOKED = ("listed_at", "failing_since", "connections_listed_at", "connections_failing_since")


def _readable(rows: EndpointQuerySet) -> EndpointQuerySet:
    """Return the same rows with what a shape shows, and nothing else of them."""
    return rows.with_details().only(*_READ)


def read_many(rows: EndpointQuerySet) -> list[ReversePrivateEndpoint]:
    """Return rows for their shapes, in two queries: regions are few, so each is read once."""
    return list(_readable(rows).prefetch_related(Prefetch("region", Region.objects.only(*_LOOKED))))


def written(rows: EndpointQuerySet, *stand_ins: UUID) -> Written[ReversePrivateEndpoint]:
    """Return the query for one of these rows and PostgreSQL's clock, to be asked by `read_written`."""
    looked = {f"region_{name}": F(f"region__{name}") for name in _LOOKED}
    return Written(_readable(rows).annotate(clock=ReadClock(), **looked).order_by(), *stand_ins)


def read_written(
    query: Written[ReversePrivateEndpoint], values: Mapping[UUID, UUID]
) -> tuple[ReversePrivateEndpoint, datetime] | None:
    """Return a row for its shape and the (moved) time, in one query."""
    found = query.row(values)
    if found is None:
        return None
    told = found.__dict__
    told["details"] = json.loads(told["details"] or "null")
    looked = {name: told[f"region_{name}"] for name in _LOOKED}
    found.region = Region(name=found.region_id, **looked)
    return found, Moment.of(told["clock"]).now


def _list(*fields: str, **more: str) -> WithJsonSchema:
    """Describe a list of objects with these texts, all but `targetId` always there; `more` is told of it."""
    texts = {name: {"type": "string"} for name in fields}
    required = [name for name in fields if name != "targetId"]
    item = {"type": "object", "properties": texts, "required": required, "additionalProperties": False}
    return WithJsonSchema({"type": "array", "items": item, **more})


_CUSTOM = _list(
    "privateDnsName",
    "targetId",
    description="The custom private DNS names: recorded, not served. Nothing answers them yet.",
)


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
    customPrivateDnsMappings: Annotated[list[dict[str, str]], _CUSTOM] = []
    endpointId: str | None
    dnsNames: list[str]
    privateDnsNames: list[str]
    dnsTargets: Annotated[list[dict[str, str]], _list("id", "kind", "internalDnsName")] = []
    privateDnsMappings: Annotated[list[dict[str, str]], _list("privateDnsName", "internalDnsName")] = []
    status: Annotated[str, WithJsonSchema({"type": "string", "enum": list(Status)})]

    @classmethod
    def of(cls, endpoint: ReversePrivateEndpoint, now: datetime) -> "EndpointShape":
        """Return the shape of a row (`with_details`) at a (moved) time; what is our own is not checked."""
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
        return cls.model_construct(**known, **endpoint.parameters)


_ONE, _MANY = TypeAdapter(EndpointShape), TypeAdapter(list[EndpointShape])


def one_as_json(endpoint: ReversePrivateEndpoint, now: datetime) -> bytes:
    """Return the shape of a row as JSON."""
    return _ONE.dump_json(EndpointShape.of(endpoint, now))


def many_as_json(endpoints: Iterable[ReversePrivateEndpoint], now: datetime) -> bytes:
    """Return the shapes of rows as a JSON array."""
    return _MANY.dump_json([EndpointShape.of(endpoint, now) for endpoint in endpoints])
