"""From a sighting to what a row should say; one reader per endpoint type. Source: aws.md §2, §5."""

from collections.abc import Callable
from dataclasses import dataclass, field

from endpoints.domain.dns import sort_interface_names
from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Sighting
from endpoints.domain.status import Status, from_vpc_endpoint_state
from endpoints.domain.types import EndpointType

_REASONS = {
    Status.PROVISIONING: Reason.CREATING,
    Status.PENDING_ACCEPTANCE: Reason.OWNER_MUST_ACCEPT,
    Status.READY: Reason.AVAILABLE,
    Status.REJECTED: Reason.REJECTED_BY_OWNER,
    Status.EXPIRED: Reason.NOT_ACCEPTED_IN_TIME,
    Status.FAILED: Reason.FAILED_AT_AWS,
    Status.DELETING: Reason.DELETING_AT_AWS,
    Status.UNKNOWN: Reason.UNKNOWN_STATE,
}


@dataclass(frozen=True)
class Reading:
    """What one sighting means. Names are published at Ready only: before it they do not answer."""

    status: Status
    reason: Reason
    params: dict[str, str] = field(default_factory=dict)
    dns_names: tuple[str, ...] = ()
    private_dns_names: tuple[str, ...] = ()


def read_interface(seen: Sighting, before: Status) -> Reading:
    """Read an Interface endpoint, given the status the row had before."""
    status = from_vpc_endpoint_state(seen.state)
    reason = _REASONS[status]
    params: dict[str, str] = {}
    if status is Status.PROVISIONING and before is Status.READY:
        status, reason = Status.READY, Reason.MODIFYING
    elif status is Status.PROVISIONING and before is Status.PENDING_ACCEPTANCE:
        reason = Reason.CONNECTING
    elif status is Status.FAILED:
        params = {"code": seen.error_code, "message": seen.error_text}
    elif status is Status.UNKNOWN:
        params = {"state": seen.state}
    if status is not Status.READY:
        return Reading(status, reason, params)
    names = sort_interface_names(seen.dns_names)
    private = names.private if seen.private_dns_enabled else ()
    return Reading(status, reason, params, names.regional + names.zonal, private)


READERS: dict[EndpointType, Callable[[Sighting, Status], Reading]] = {
    EndpointType.VPC_ENDPOINT_SERVICE: read_interface,
}
