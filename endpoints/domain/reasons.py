"""Closed lists of the words that rows and events carry; `texts.py` makes sentences of them when read."""

from enum import StrEnum


class Reason(StrEnum):
    """Why an endpoint has the status it has."""

    # Provisioning
    REQUESTED = "requested"
    CREATING = "creating"
    CONNECTING = "connecting"
    REPLACING = "replacing"
    AWS_UNAVAILABLE = "aws_unavailable"
    OPERATOR_MUST_ACT = "operator_must_act"
    WRITES_PAUSED = "writes_paused"
    # Pending acceptance, Ready
    OWNER_MUST_ACCEPT = "owner_must_accept"
    AVAILABLE = "available"
    MODIFYING = "modifying"
    # Rejected, Expired, Failed
    REJECTED_BY_OWNER = "rejected_by_owner"
    NOT_ACCEPTED_IN_TIME = "not_accepted_in_time"
    FAILED_AT_AWS = "failed_at_aws"
    REMOVED_OUTSIDE = "removed_outside"
    SERVICE_NOT_FOUND = "service_not_found"
    SERVICE_NOT_INTERFACE = "service_not_interface"
    REGION_NOT_SUPPORTED = "region_not_supported"
    NO_COMMON_ZONE = "no_common_zone"
    NO_NETWORK = "no_network"
    NAME_TAKEN = "name_taken"
    REFUSED_BY_AWS = "refused_by_aws"
    # Deleting
    REMOVAL_REQUESTED = "removal_requested"
    DEADLINE_PASSED = "deadline_passed"
    DELETING_AT_AWS = "deleting_at_aws"
    # Unknown
    UNKNOWN_STATE = "unknown_state"


class EventCode(StrEnum):
    """What happened to an endpoint, one line of its timeline each."""

    REQUESTED = "requested"
    STATUS_CHANGED = "status_changed"
    PLACED = "placed"
    CREATE_SENT = "create_sent"
    CREATE_ANSWERED = "create_answered"
    CREATE_REFUSED = "create_refused"
    CREATE_UNANSWERED = "create_unanswered"
    ADOPTED = "adopted"
    PRIVATE_DNS_ON = "private_dns_on"
    PRIVATE_DNS_TAKEN = "private_dns_taken"
    RETRY_REQUESTED = "retry_requested"
    REMOVAL_REQUESTED = "removal_requested"
    DEADLINE_PASSED = "deadline_passed"
    DELETE_SENT = "delete_sent"
    DELETE_REFUSED = "delete_refused"
    GONE_AT_AWS = "gone_at_aws"
    SEEN_AGAIN = "seen_again"
    REMOVED_OUTSIDE = "removed_outside"
    REMOVED = "removed"
    AWS_TROUBLE = "aws_trouble"
