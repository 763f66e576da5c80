"""The endpoint types: one spec each. A new type is a module here and a line in SPECS."""

from collections.abc import Mapping
from typing import Any

from endpoints.domain.specs.base import (
    DEFAULT_QUOTAS,
    Family,
    Held,
    HeldKind,
    Listed,
    Reading,
    Spec,
    SpecErrors,
)
from endpoints.domain.specs.msk_multi_vpc import Authentication, MskMultiVpcSpec
from endpoints.domain.specs.vpc_endpoint_service import VpcEndpointServiceSpec
from endpoints.domain.specs.vpc_resource import VpcResourceSpec
from endpoints.domain.types import EndpointType, SpecError

__all__ = [
    "DEFAULT_QUOTAS",
    "GOOGLE_TYPE",
    "SPECS",
    "Authentication",
    "Family",
    "Held",
    "HeldKind",
    "Listed",
    "MskMultiVpcSpec",
    "Reading",
    "Spec",
    "SpecErrors",
    "VpcEndpointServiceSpec",
    "VpcResourceSpec",
    "parse_spec",
    "parse_type",
]

SPECS: dict[EndpointType, type[Spec]] = {
    spec.type: spec for spec in (VpcEndpointServiceSpec, VpcResourceSpec, MskMultiVpcSpec)
}


GOOGLE_TYPE = "GCP_PSC_SERVICE_ATTACHMENT"
"""A type of the Cloud API that Postern has no endpoints of: it is AWS only."""


def parse_type(value: object) -> EndpointType:
    """Return the endpoint type that a text names; raises SpecError on field `type`."""
    if value is None or value == "":
        raise SpecError("type", "required")
    if value == GOOGLE_TYPE:
        raise SpecError("type", "aws_only", known=", ".join(EndpointType))
    try:
        return EndpointType(str(value))
    except ValueError:
        raise SpecError("type", "unknown_type", known=", ".join(EndpointType)) from None


def parse_spec(endpoint_type: EndpointType, data: Mapping[str, Any]) -> Spec:
    """Build the spec of a type from a mapping; fields of another type are refused. Raises SpecErrors."""
    spec = SPECS[endpoint_type]
    errors = [
        SpecError(field, "foreign_field", type=endpoint_type.value)
        for other in SPECS.values()
        for field in other.fields
        if field not in spec.fields and data.get(field) is not None
    ]
    try:
        parsed = spec.parse(data)
    except SpecErrors as several:
        raise SpecErrors([*several.errors, *errors]) from None
    if errors:
        raise SpecErrors(errors)
    return parsed
