"""MSK_MULTI_VPC: a managed VPC connection to an MSK cluster. Source: aws.md §1c, §2, §5.

Details: `{"state", "brokers", "refused"}` of an AVAILABLE connection (GetBootstrapBrokers: the string with
its ports, or the code with which it was refused), `{"state", "diagnosis"}` of one that failed: the Reason
that a fresh look at the cluster gave.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from endpoints.domain.dns import broker_hosts
from endpoints.domain.pasted import CLUSTER_ARN
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Details, Sighting
from endpoints.domain.specs.base import Held, HeldKind, Listed, Reading, Spec, match_fields, must_lie_in
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source


class Authentication(StrEnum):
    """The authentication schemes that a connection can be made for."""

    SASL_IAM = "SASL_IAM"
    SASL_SCRAM = "SASL_SCRAM"


_AUTHENTICATION = re.compile("|".join(Authentication))
_STATES: dict[str, tuple[Status, Reason]] = {
    "creating": (Status.PROVISIONING, Reason.CREATING),
    "updating": (Status.PROVISIONING, Reason.CREATING),
    "rejecting": (Status.REJECTED, Reason.REJECTED_BY_CLUSTER_OWNER),
    "rejected": (Status.REJECTED, Reason.REJECTED_BY_CLUSTER_OWNER),
    "deactivating": (Status.FAILED, Reason.TURNED_OFF_BY_OWNER),
    "inactive": (Status.FAILED, Reason.TURNED_OFF_BY_OWNER),
    "deleting": (Status.DELETING, Reason.DELETING_OUTSIDE),
}


@dataclass(frozen=True)
class MskMultiVpcSpec(Spec):
    """`cluster_arn` as it was given, with or without its uuid; `slot` names the cluster either way."""

    type: ClassVar[EndpointType] = EndpointType.MSK_MULTI_VPC
    fields: ClassVar[tuple[str, ...]] = ("mskClusterArn", "mskAuthentication")
    sources: ClassVar[tuple[Source, ...]] = (Source.KAFKA,)
    listed: ClassVar[Listed] = Listed.CONNECTIONS
    repeatable: ClassVar[bool] = False

    cluster_arn: str
    cluster_region: str
    slot: str
    authentication: Authentication

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Build the spec from `{"mskClusterArn": …, "mskAuthentication": …}`."""
        cluster, authentication = cls.fields
        matches = match_fields(data, {cluster: CLUSTER_ARN, authentication: _AUTHENTICATION})
        arn = matches[cluster]
        slot = "/".join(arn[part] for part in ("partition", "region", "account", "name"))
        return cls(arn[0], arn["region"], slot, Authentication(matches[authentication][0]))

    def parameters(self) -> dict[str, str]:
        """Return both values as they were given."""
        return dict(zip(self.fields, (self.cluster_arn, self.authentication.value), strict=True))

    @property
    def owner_account(self) -> str:
        """The account in the cluster's ARN."""
        return self.cluster_arn.split(":")[4]

    @property
    def source_region(self) -> str:
        """The region in the cluster's ARN."""
        return self.cluster_region

    def check_region(self, region: str) -> None:
        """MSK connects VPCs of one region only."""
        must_lie_in(self.fields[0], self.cluster_region, region)

    def held(self) -> tuple[Held, ...]:
        """Claim the cluster's one connection of this authentication."""
        key = f"{self.slot}/{self.authentication}"
        return (Held(HeldKind.MSK_SLOT, key, False, self.fields[0], "msk_slot_taken"),)

    @classmethod
    def read(cls, seen: Sighting, details: Details, before: Status) -> Reading:
        """Read the state; the names are those of the bootstrap brokers."""
        state = seen.state.casefold()
        known = details if details.get("state") == state else {}
        if state == "available":
            return _read_available(known)
        if state == "failed":
            reason = Reason(known.get("diagnosis", Reason.FAILED_WITHOUT_REASON))
            return Reading(Status.FAILED, reason, dict(known.get("params", {})))
        if state == "updating" and before is Status.READY:
            return Reading(Status.READY, Reason.MODIFYING, **_addresses(details.get("brokers", "")))
        if state not in _STATES:
            return Reading(Status.UNKNOWN, Reason.UNKNOWN_STATE, {"state": seen.state})
        status, reason = _STATES[state]
        return Reading(status, reason)

    @classmethod
    def wants_details(cls, seen: Sighting, details: Details) -> bool:
        """Ask once for each state that does not explain itself."""
        state = seen.state.casefold()
        return state in ("available", "failed") and details.get("state") != state

    @classmethod
    def may_change(cls, seen: Sighting, details: Details) -> bool:
        """An owner may allow later what was refused."""
        return seen.state.casefold() == "available" and not details.get("brokers")


def _read_available(known: Details) -> Reading:
    if not known:
        return Reading(Status.PROVISIONING, Reason.READING_BROKERS)
    if not known.get("brokers"):
        return Reading(Status.READY, Reason.BROKERS_REFUSED, {"code": known.get("refused", "")})
    return Reading(Status.READY, Reason.AVAILABLE, **_addresses(known["brokers"]))


def _addresses(brokers: str) -> dict[str, Any]:
    # Broker names are private names of the owner's side (cloud-api.md §3.2).
    return {"private_dns_names": broker_hosts(brokers), "connection_string": brokers}
