"""What a reverse private endpoint can be: the types and, for each, one spec of its parameters.

A spec is built in one place from a form or from JSON (both are plain mappings of field name to value) and
saved with the row as that same mapping, so what was typed is echoed unchanged. Source: aws.md §1a,
cloud-api.md §3.1, ui.md §1.2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

DESCRIPTION_MAX = 255  # characters; cloud-api.md §3.1


class EndpointType(StrEnum):
    """The endpoint types, in the Cloud API's spelling."""

    VPC_ENDPOINT_SERVICE = "VPC_ENDPOINT_SERVICE"


class SpecError(ValueError):
    """A value that no spec can be built from.

    `field` is the JSON name of the field, `code` a closed word that `texts.py` turns into a sentence, and
    `params` what the sentence needs.
    """

    def __init__(self, field: str, code: str, **params: str) -> None:
        super().__init__(f"{field}: {code} {params or ''}".strip())
        self.field = field
        self.code = code
        self.params = params


def clean_text(field: str, value: object, *, maximum: int) -> str:
    """Return a stripped, non-empty, printable text of at most `maximum` characters; else raise SpecError."""
    if not isinstance(value, str):
        raise SpecError(field, "required" if value is None else "not_text")
    text = value.strip()
    if not text:
        raise SpecError(field, "required")
    if any(not (character.isprintable() or character == " ") for character in text):
        raise SpecError(field, "unprintable")
    if len(text) > maximum:
        raise SpecError(field, "too_long", maximum=str(maximum), length=str(len(text)))
    return text


def clean_description(value: object) -> str:
    """Return the description, 1 to 255 characters; else raise SpecError on field `description`."""
    return clean_text("description", value, maximum=DESCRIPTION_MAX)


@dataclass(frozen=True)
class VpcEndpointServiceSpec:
    """Parameters of an Interface endpoint to a VPC endpoint service (AWS PrivateLink).

    `service_name` is the whole name, `com.amazonaws.vpce.<region>.vpce-svc-<hex>`.
    """

    type: ClassVar[EndpointType] = EndpointType.VPC_ENDPOINT_SERVICE
    fields: ClassVar[tuple[str, ...]] = ("vpcEndpointServiceName",)

    service_name: str
    service_region: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> "VpcEndpointServiceSpec":
        """Build the spec from `{"vpcEndpointServiceName": …}`. Raises SpecError at that field."""
        field = cls.fields[0]
        name = clean_text(field, data.get(field), maximum=255)
        matched = _SERVICE_NAME.fullmatch(name)
        if matched is None:
            raise SpecError(field, _what_was_pasted(name))
        return cls(service_name=name, service_region=matched["region"])

    def parameters(self) -> dict[str, str]:
        """Return the mapping that `parse` reads and the API echoes."""
        return {self.fields[0]: self.service_name}


_SERVICE_NAME = re.compile(
    r"com\.amazonaws\.vpce\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.(?P<id>vpce-svc-[0-9a-f]{8,17})"
)
_ELSEWHERE = (
    # What people paste instead, most telling first: (pattern, code of the sentence that says so).
    (re.compile(r"vpce-svc-[0-9a-f]+"), "service_id_for_name"),
    (re.compile(r"vpce-[0-9a-f]+"), "endpoint_id_for_service_name"),
    (re.compile(r"arn:aws[\w-]*:.*"), "arn_for_service_name"),
    (re.compile(r"https?://.*"), "url_for_service_name"),
    (re.compile(r"com\.amazonaws\.(?!vpce\.).*"), "aws_service_for_service_name"),
    (re.compile(r"vpce-[0-9a-f]+.*\.vpce\.amazonaws\.com"), "dns_name_for_service_name"),
)


def _what_was_pasted(text: str) -> str:
    for pattern, code in _ELSEWHERE:
        if pattern.fullmatch(text):
            return code
    return "not_a_service_name"


Spec = VpcEndpointServiceSpec
SPECS: dict[EndpointType, type[Spec]] = {EndpointType.VPC_ENDPOINT_SERVICE: VpcEndpointServiceSpec}


def parse_type(value: object) -> EndpointType:
    """Return the endpoint type that a text names; raises SpecError on field `type`."""
    if value is None or value == "":
        raise SpecError("type", "required")
    try:
        return EndpointType(str(value))
    except ValueError:
        raise SpecError("type", "unknown_type", known=", ".join(EndpointType)) from None


def parse_spec(endpoint_type: EndpointType, data: Mapping[str, Any]) -> Spec:
    """Build the spec of a type from a mapping; fields of another type are refused. Raises SpecError."""
    spec = SPECS[endpoint_type]
    for other in SPECS.values():
        for field in other.fields:
            if field not in spec.fields and data.get(field) not in (None, ""):
                raise SpecError(field, "foreign_field", type=endpoint_type.value)
    return spec.parse(data)
