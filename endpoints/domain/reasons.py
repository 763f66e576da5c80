"""Closed lists of the words that rows and events carry; `texts.py` makes sentences of them when read."""

from enum import StrEnum


class Reason(StrEnum):
    """Why an endpoint has the status it has."""

    # Provisioning
    REQUESTED = "requested"
    CREATING = "creating"
    CONNECTING = "connecting"
    REPLACING = "replacing"
    WAITING_FOR_SHARE = "waiting_for_share"
    SHARE_ACCEPTED = "share_accepted"
    ASSOCIATING = "associating"
    PARTIAL_AT_AWS = "partial_at_aws"
    READING_BROKERS = "reading_brokers"
    NO_ROOM = "no_room"
    AWS_UNAVAILABLE = "aws_unavailable"
    OPERATOR_MUST_ACT = "operator_must_act"
    WRITES_PAUSED = "writes_paused"
    # Pending acceptance, Ready
    OWNER_MUST_ACCEPT = "owner_must_accept"
    AVAILABLE = "available"
    AVAILABLE_IN_PART = "available_in_part"
    BROKERS_REFUSED = "brokers_refused"
    MODIFYING = "modifying"
    # Rejected, Expired, Failed
    REJECTED_BY_OWNER = "rejected_by_owner"
    REJECTED_BY_CLUSTER_OWNER = "rejected_by_cluster_owner"
    INVITATION_REJECTED = "invitation_rejected"
    NOT_ACCEPTED_IN_TIME = "not_accepted_in_time"
    FAILED_AT_AWS = "failed_at_aws"
    REMOVED_OUTSIDE = "removed_outside"
    SERVICE_NOT_FOUND = "service_not_found"
    SERVICE_NOT_INTERFACE = "service_not_interface"
    REGION_NOT_SUPPORTED = "region_not_supported"
    NO_COMMON_ZONE = "no_common_zone"
    NO_NETWORK = "no_network"
    REFUSED_BY_AWS = "refused_by_aws"
    SHARE_NOT_FOUND = "share_not_found"
    INVITATION_EXPIRED = "invitation_expired"
    SHARE_GONE = "share_gone"
    SHARE_HOLDS_OTHER = "share_holds_other"
    CONFIGURATION_UNUSABLE = "configuration_unusable"
    CONFIGURATION_NOT_SHARED = "configuration_not_shared"
    RESOURCE_UNREACHABLE = "resource_unreachable"
    CLUSTER_NOT_VISIBLE = "cluster_not_visible"
    CLUSTER_NOT_ACTIVE = "cluster_not_active"
    CLUSTER_UNFIT = "cluster_unfit"
    SCHEME_OFF = "scheme_off"
    ZONES_DIFFER = "zones_differ"
    CONNECTION_OF_OTHERS = "connection_of_others"
    TURNED_OFF_BY_OWNER = "turned_off_by_owner"
    FAILED_WITHOUT_REASON = "failed_without_reason"
    # Deleting
    REMOVAL_REQUESTED = "removal_requested"
    DEADLINE_PASSED = "deadline_passed"
    DELETING_AT_AWS = "deleting_at_aws"
    # Unknown
    UNKNOWN_STATE = "unknown_state"


NAMES_OUR_ACCOUNT = frozenset({Reason.BROKERS_REFUSED, Reason.CLUSTER_NOT_VISIBLE})
"""Reasons read from a sighting whose sentences name the account that the owner should permit."""


class EventCode(StrEnum):
    """What happened to an endpoint, one line of its timeline each."""

    REQUESTED = "requested"
    STATUS_CHANGED = "status_changed"
    SHARE_FOUND = "share_found"
    ACCEPT_SENT = "accept_sent"
    ACCEPT_ANSWERED = "accept_answered"
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
