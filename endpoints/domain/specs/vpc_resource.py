"""VPC_RESOURCE: a Resource endpoint to a Lattice resource configuration, shared by RAM.

Source: aws.md §1b, §2, §5. Details: `{"associations": [{"id", "name", "private", "accessible", "code",
"text"}]}` from DescribeVpcEndpointAssociations: the resource configuration, its name and its owner's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from endpoints.domain.pasted import CONFIGURATION_ID, SHARE_ARN
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Details, Sighting
from endpoints.domain.specs.base import Family, Held, HeldKind, Reading, Spec, match_fields, must_lie_in
from endpoints.domain.specs.states import read_state
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType

_CONNECTED = ("available", "partial")


@dataclass(frozen=True)
class VpcResourceSpec(Spec):
    """`configuration_id` is `rcfg-…`; `share_arn` the RAM share that brings it, in `share_region`."""

    type: ClassVar[EndpointType] = EndpointType.VPC_RESOURCE
    fields: ClassVar[tuple[str, ...]] = ("vpcResourceConfigurationId", "vpcResourceShareArn")
    family: ClassVar[Family] = Family.RESOURCE
    prepares: ClassVar[bool] = True

    configuration_id: str
    share_arn: str
    share_region: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Build the spec from `{"vpcResourceConfigurationId": …, "vpcResourceShareArn": …}`."""
        configuration, share = cls.fields
        matches = match_fields(data, {configuration: CONFIGURATION_ID, share: SHARE_ARN})
        return cls(matches[configuration][0], matches[share][0], matches[share]["region"])

    def parameters(self) -> dict[str, str]:
        """Return both values as they were given."""
        return dict(zip(self.fields, (self.configuration_id, self.share_arn), strict=True))

    @property
    def owner_account(self) -> str:
        """The account in the share's ARN."""
        return self.share_arn.split(":")[4]

    @property
    def source_region(self) -> str:
        """The region in the share's ARN."""
        return self.share_region

    def check_region(self, region: str) -> None:
        """A resource cannot be reached from another region."""
        must_lie_in(self.fields[1], self.share_region, region)

    def held(self) -> tuple[Held, ...]:
        """Claim the share: it serves one endpoint (cloud-api.md §3.4)."""
        return (
            Held(HeldKind.RESOURCE_SHARE, self.share_arn.casefold(), False, self.fields[1], "share_taken"),
        )

    @classmethod
    def read(cls, seen: Sighting, details: Details, before: Status) -> Reading:
        """Ready = connected at AWS and an association is accessible; its names are the associations'."""
        status, reason, params = read_state(seen, before)
        if seen.state.casefold() not in _CONNECTED:
            if status is Status.READY:  # modifying
                return Reading(status, reason, params, _names(details))
            if status in (Status.REJECTED, Status.EXPIRED):  # nobody accepts such an endpoint
                reason = Reason.RESOURCE_UNREACHABLE
            return Reading(status, reason, params)
        if _is_accessible(details):
            partly = seen.state.casefold() == "partial"
            reason = Reason.AVAILABLE_IN_PART if partly else Reason.AVAILABLE
            return Reading(Status.READY, reason, dns_names=_names(details))
        failed = next((a for a in details.get("associations", ()) if a["code"] or a["text"]), None)
        if failed is not None:
            params = {"code": failed["code"], "message": failed["text"]}
            return Reading(Status.FAILED, Reason.RESOURCE_UNREACHABLE, params)
        if before in (Status.READY, Status.FAILED):
            return Reading(Status.FAILED, Reason.RESOURCE_UNREACHABLE)
        return Reading(Status.PROVISIONING, Reason.ASSOCIATING)

    @classmethod
    def wants_details(cls, seen: Sighting, details: Details) -> bool:
        """Ask as long as nothing accessible is known of a connected endpoint."""
        return seen.state.casefold() in _CONNECTED and not _is_accessible(details)

    @classmethod
    def may_change(cls, seen: Sighting, details: Details) -> bool:
        """The owner may delete the association at any time."""
        return seen.state.casefold() in _CONNECTED


def _is_accessible(details: Details) -> bool:
    return any(association["accessible"] for association in details.get("associations", ()))


def _names(details: Details) -> tuple[str, ...]:
    names = (a["name"] for a in details.get("associations", ()) if a["accessible"] and a["name"])
    return tuple(dict.fromkeys(names))
