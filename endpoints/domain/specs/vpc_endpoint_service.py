"""VPC_ENDPOINT_SERVICE: an Interface endpoint to an owner's endpoint service. Source: aws.md §1a, §2, §5."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from endpoints.domain.dns import sort_interface_names
from endpoints.domain.pasted import SERVICE_NAME
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Details, Sighting
from endpoints.domain.specs.base import Held, HeldKind, Reading, Spec, match_fields
from endpoints.domain.specs.states import read_state
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType


@dataclass(frozen=True)
class VpcEndpointServiceSpec(Spec):
    """`service_name` is the whole name, `com.amazonaws.vpce.<region>.vpce-svc-…`; its region may be any."""

    type: ClassVar[EndpointType] = EndpointType.VPC_ENDPOINT_SERVICE
    fields: ClassVar[tuple[str, ...]] = ("vpcEndpointServiceName",)

    service_name: str
    service_region: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Build the spec from `{"vpcEndpointServiceName": …}`."""
        (name,) = cls.fields
        matched = match_fields(data, {name: SERVICE_NAME})[name]
        return cls(service_name=matched[0], service_region=matched["region"])

    def parameters(self) -> dict[str, str]:
        """Return the service name as it was given."""
        return {self.fields[0]: self.service_name}

    @property
    def source_region(self) -> str:
        """The region in the service name."""
        return self.service_region

    def check_region(self, region: str) -> None:
        """An endpoint service may lie in any region that its owner opened to ours; AWS tells."""

    def held(self) -> tuple[Held, ...]:
        """Claim the service name for the organization."""
        return (Held(HeldKind.SERVICE_NAME, self.service_name, True, self.fields[0], "name_taken"),)

    @classmethod
    def read(cls, seen: Sighting, details: Details, before: Status) -> Reading:
        """Read the state; the names are those of `DnsEntries`, told apart by shape."""
        status, reason, params = read_state(seen, before)
        if seen.state.casefold() == "partial":
            reason = Reason.AVAILABLE_IN_PART if status is Status.READY else Reason.PARTIAL_AT_AWS
        if status is not Status.READY:
            return Reading(status, reason, params)
        names = sort_interface_names(seen.dns_names)
        private = names.private if seen.private_dns_enabled else ()
        return Reading(status, reason, params, names.regional + names.zonal, private)
