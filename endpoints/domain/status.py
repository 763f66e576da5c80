"""The statuses of an endpoint and the facts about each. Source: cloud-api.md §3.2, aws.md §2."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """The statuses, in the Cloud API's spelling."""

    UNKNOWN = "Unknown"
    PROVISIONING = "Provisioning"
    PENDING_ACCEPTANCE = "PendingAcceptance"
    READY = "Ready"
    REJECTED = "Rejected"
    EXPIRED = "Expired"
    FAILED = "Failed"
    DELETING = "Deleting"


@dataclass(frozen=True)
class Facts:
    """What holds for every endpoint of a status.

    `tone` names the badge's colour; `in_motion` says that Postern or AWS is at work and pages follow by
    themselves; `grace` is how long an endpoint may stay in the status before cleanup removes it, None for
    ever; `retryable` says that a person may ask for a next attempt.
    """

    tone: str
    in_motion: bool = False
    grace: timedelta | None = None
    retryable: bool = False


FACTS: dict[Status, Facts] = {
    Status.UNKNOWN: Facts("neutral"),
    Status.PROVISIONING: Facts("info", in_motion=True),
    Status.PENDING_ACCEPTANCE: Facts("warning", grace=timedelta(days=1)),
    Status.READY: Facts("success"),
    Status.REJECTED: Facts("danger", grace=timedelta(days=1), retryable=True),
    Status.EXPIRED: Facts("danger", grace=timedelta(0), retryable=True),
    Status.FAILED: Facts("danger", grace=timedelta(days=7), retryable=True),
    Status.DELETING: Facts("neutral", in_motion=True),
}


def deadline(status: Status, since: datetime) -> datetime | None:
    """Return the moment at which cleanup may remove an endpoint that entered `status` at `since`.

    None when the status has no grace period. Source: cloud-api.md §3.4.
    """
    grace = FACTS[status].grace
    return None if grace is None else since + grace


_FROM_VPC_ENDPOINT_STATE = {
    "pendingacceptance": Status.PENDING_ACCEPTANCE,
    "pending": Status.PROVISIONING,
    "available": Status.READY,
    "partial": Status.PROVISIONING,
    "rejected": Status.REJECTED,
    "expired": Status.EXPIRED,
    "failed": Status.FAILED,
    "deleting": Status.DELETING,
}


def from_vpc_endpoint_state(state: str) -> Status:
    """Return the status that an EC2 VpcEndpoint state means, in any letter case. Source: aws.md §2."""
    return _FROM_VPC_ENDPOINT_STATE.get(state.casefold(), Status.UNKNOWN)
