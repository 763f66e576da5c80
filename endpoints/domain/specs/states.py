"""What the states of EC2 VPC endpoints mean, for every type that is one. Source: aws.md §2."""

from endpoints.domain.reasons import Reason
from endpoints.domain.sighting import Sighting
from endpoints.domain.status import Status, from_vpc_endpoint_state

_REASONS = {
    Status.PROVISIONING: Reason.CREATING,
    Status.PENDING_ACCEPTANCE: Reason.OWNER_MUST_ACCEPT,
    Status.READY: Reason.AVAILABLE,
    Status.REJECTED: Reason.REJECTED_BY_OWNER,
    Status.EXPIRED: Reason.NOT_ACCEPTED_IN_TIME,
    Status.FAILED: Reason.FAILED_AT_AWS,
    Status.DELETING: Reason.DELETING_OUTSIDE,
    Status.UNKNOWN: Reason.UNKNOWN_STATE,
}


def read_state(seen: Sighting, before: Status) -> tuple[Status, Reason, dict[str, str]]:
    """Return status, reason and its parameters, given the status the row had before."""
    status = from_vpc_endpoint_state(seen.state)
    if status is Status.PROVISIONING and before is Status.READY:
        return Status.READY, Reason.MODIFYING, {}
    if status is Status.PROVISIONING and before is Status.PENDING_ACCEPTANCE:
        return status, Reason.CONNECTING, {}
    if status is Status.FAILED:
        return status, Reason.FAILED_AT_AWS, {"code": seen.error_code, "message": seen.error_text}
    if status is Status.UNKNOWN:
        return status, Reason.UNKNOWN_STATE, {"state": seen.state}
    return status, _REASONS[status], {}
