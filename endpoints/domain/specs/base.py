"""What every endpoint type says of itself: parameters, place, claims, and how its sightings are read."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from endpoints.domain.pasted import clean_value
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Details, Sighting
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source, SpecError


class Family(StrEnum):
    """Which of AWS's quotas per VPC an endpoint counts against. Source: aws.md §4, "Quotas"."""

    INTERFACE = "interface"
    RESOURCE = "resource"


DEFAULT_QUOTAS = {Family.INTERFACE: 50, Family.RESOURCE: 200}
"""AWS's own quotas, for each VPC; an account may have more."""


class Listed(StrEnum):
    """Which listing of AWS shows the objects of a type; each is complete, or fails, by itself."""

    ENDPOINTS = "endpoints"
    CONNECTIONS = "connections"


class HeldKind(StrEnum):
    """What an endpoint may hold of which there is only one."""

    SERVICE_NAME = "service_name"
    MSK_SLOT = "msk_slot"
    RESOURCE_SHARE = "resource_share"


@dataclass(frozen=True)
class Held:
    """One claim of an endpoint, as a normalised key.

    `shared`: other endpoints of the same organization may hold it too. `field` is the JSON name at which a
    refusal is shown, `refusal` its code.
    """

    kind: HeldKind
    key: str
    shared: bool
    field: str
    refusal: str


@dataclass(frozen=True)
class Reading:
    """What one sighting means. Names are published at Ready only: before it they do not answer.

    `connection_string` is one that carries its own ports, "" where there is none.
    """

    status: Status
    reason: Reason
    params: dict[str, str] = field(default_factory=dict)
    dns_names: tuple[str, ...] = ()
    private_dns_names: tuple[str, ...] = ()
    connection_string: str = ""


class Spec(ABC):
    """The parameters of one endpoint, checked; built from a form or from JSON by `parse`.

    Class facts: `fields` are the JSON names in their order; `sources` what the type may lead to; `family`
    its quota; `listed` where its objects are seen; `prepares`: something must be found or accepted before a
    network is chosen; `repeatable`: its create call carries a token, so that sending it again brings back the
    first answer.
    """

    type: ClassVar[EndpointType]
    fields: ClassVar[tuple[str, ...]]
    sources: ClassVar[tuple[Source, ...]] = tuple(Source)
    family: ClassVar[Family] = Family.INTERFACE
    listed: ClassVar[Listed] = Listed.ENDPOINTS
    prepares: ClassVar[bool] = False
    repeatable: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Build the spec from a mapping of JSON names. Raises SpecErrors with every wrong field."""

    @abstractmethod
    def parameters(self) -> dict[str, str]:
        """Return the mapping that `parse` reads and the API echoes: values as they were given."""

    @abstractmethod
    def check_region(self, region: str) -> None:
        """Raise SpecErrors unless the source may be reached from ClickPipes in `region`."""

    @abstractmethod
    def held(self) -> tuple[Held, ...]:
        """Return what an endpoint of this spec claims for itself."""

    @property
    def owner_account(self) -> str:
        """The AWS account of the source's owner, "" where the parameters do not tell it."""
        return ""

    @property
    @abstractmethod
    def source_region(self) -> str:
        """The AWS region in which the source lies, as the parameters tell it."""

    @classmethod
    @abstractmethod
    def read(cls, seen: Sighting, details: Details, before: Status) -> Reading:
        """Return what a sighting means, given the newest details and the status the row had before.

        Asked only for what should live: a deletion that it shows is somebody else's.
        """

    @classmethod
    def wants_details(cls, seen: Sighting, details: Details) -> bool:
        """Say whether a listing alone does not tell enough, so that details must be read."""
        return False

    @classmethod
    def may_change(cls, seen: Sighting, details: Details) -> bool:
        """Say whether details may change although nothing moves, so that they are read again every hour."""
        return False


class SpecErrors(ValueError):
    """All wrong fields of a spec at once, in the fields' order."""

    def __init__(self, errors: list[SpecError]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


def must_lie_in(field_name: str, found: str, region: str) -> None:
    """Raise SpecErrors at a field whose source lies in another region than the ClickPipes."""
    if found != region:
        raise SpecErrors([SpecError(field_name, "wrong_region", region=found, wanted=region)])


def match_fields(data: Mapping[str, Any], shapes: Mapping[str, re.Pattern[str]]) -> dict[str, re.Match[str]]:
    """Return the match of every field with its shape. Raises SpecErrors with every field that has none."""
    matches: dict[str, re.Match[str]] = {}
    errors: list[SpecError] = []
    for name, shape in shapes.items():
        try:
            matches[name] = clean_value(name, data.get(name), shape)
        except SpecError as error:
            errors.append(error)
    if errors:
        raise SpecErrors(errors)
    return matches
