"""Rows, constraints and querysets that start from the person."""

from endpoints.models.access import (
    Actor,
    ActorKind,
    Asker,
    Principal,
    Role,
    RoleAssignment,
    Team,
    role_on,
)
from endpoints.models.allowance import Allowance
from endpoints.models.attempt import Attempt, Event
from endpoints.models.audit import AuditEntry
from endpoints.models.breaker import Breaker
from endpoints.models.capacity import Room, quota_left, room_in_network, room_in_region
from endpoints.models.claim import AllowedPair, Claim, ClaimKind
from endpoints.models.console import HandOff, PipeDraft, Replacement, ReplacementMode
from endpoints.models.custom_name import CustomName
from endpoints.models.endpoint import ReversePrivateEndpoint
from endpoints.models.installation import (
    Installation,
    Moment,
    MovedClock,
    Network,
    ReadClock,
    Region,
    read_clock,
)
from endpoints.models.limits import Usage, Usages, usages_of
from endpoints.models.orphan import Orphan, OrphanEnding
from endpoints.models.people import ApiKey, User
from endpoints.models.pipe import (
    Affected,
    ClickPipe,
    affected_by,
    endpoints_of,
    is_depended_on,
    note_sources,
    sources_of,
    sources_of_all,
)
from endpoints.models.rates import Queued, RateBucket, Turn, in_queue
from endpoints.models.tenancy import Organization, Service

__all__ = [
    "Actor",
    "ActorKind",
    "Affected",
    "Allowance",
    "AllowedPair",
    "ApiKey",
    "Asker",
    "Attempt",
    "AuditEntry",
    "Breaker",
    "Claim",
    "ClaimKind",
    "ClickPipe",
    "CustomName",
    "Event",
    "HandOff",
    "Installation",
    "Moment",
    "MovedClock",
    "Network",
    "Organization",
    "Orphan",
    "OrphanEnding",
    "PipeDraft",
    "Principal",
    "Queued",
    "RateBucket",
    "ReadClock",
    "Region",
    "Replacement",
    "ReplacementMode",
    "ReversePrivateEndpoint",
    "Role",
    "RoleAssignment",
    "Room",
    "Service",
    "Team",
    "Turn",
    "Usage",
    "Usages",
    "User",
    "affected_by",
    "endpoints_of",
    "in_queue",
    "is_depended_on",
    "note_sources",
    "quota_left",
    "read_clock",
    "role_on",
    "room_in_network",
    "room_in_region",
    "sources_of",
    "sources_of_all",
    "usages_of",
]
