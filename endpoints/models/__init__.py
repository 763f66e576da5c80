"""Rows, constraints and querysets that start from the person."""

from endpoints.models.access import Actor, Principal, Role, RoleAssignment, role_on
from endpoints.models.claim import Claim, ClaimKind
from endpoints.models.endpoint import Attempt, Event, ReversePrivateEndpoint
from endpoints.models.installation import Installation, Moment, Network, Region, read_clock
from endpoints.models.people import ApiKey, User
from endpoints.models.tenancy import Organization, Service

__all__ = [
    "Actor",
    "ApiKey",
    "Attempt",
    "Claim",
    "ClaimKind",
    "Event",
    "Installation",
    "Moment",
    "Network",
    "Organization",
    "Principal",
    "Region",
    "ReversePrivateEndpoint",
    "Role",
    "RoleAssignment",
    "Service",
    "User",
    "read_clock",
    "role_on",
]
