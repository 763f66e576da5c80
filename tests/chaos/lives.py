"""What may befall an endpoint from its request to the calm, and how often of a hundred of its kind."""

from enum import StrEnum

from endpoints.domain.types import EndpointType


class Act(StrEnum):
    """What people, owners and strangers do to an endpoint."""

    REMOVE = "remove"
    RETRY = "retry"
    ACCEPT = "accept"
    REJECT = "reject"
    EXPIRE = "expire"
    SHARE = "share"
    CUT = "cut"
    DELETE_BY_HAND = "delete by hand"


INTENTS = frozenset({Act.REMOVE, Act.RETRY})
"""The acts of our own people; the others happen in AWS."""


class Kind(StrEnum):
    """The kinds of source that behave differently; LATE_SHARE: the owner shares only after a while."""

    AUTOMATIC = "automatic"
    ACCEPTANCE = "acceptance"
    SHARED = "shared"
    LATE_SHARE = "late share"
    CLUSTER = "cluster"


TYPES = {
    Kind.AUTOMATIC: EndpointType.VPC_ENDPOINT_SERVICE,
    Kind.ACCEPTANCE: EndpointType.VPC_ENDPOINT_SERVICE,
    Kind.SHARED: EndpointType.VPC_RESOURCE,
    Kind.LATE_SHARE: EndpointType.VPC_RESOURCE,
    Kind.CLUSTER: EndpointType.MSK_MULTI_VPC,
}

KINDS = {Kind.AUTOMATIC: 30, Kind.ACCEPTANCE: 20, Kind.SHARED: 20, Kind.LATE_SHARE: 5, Kind.CLUSTER: 25}
"""Of a hundred endpoints."""

Life = tuple[Act, ...]

_HAND = Act.DELETE_BY_HAND
_LEFT_ALONE: Life = ()
_COMMON: dict[Life, int] = {
    (Act.REMOVE,): 30,
    (_HAND,): 5,
    (_HAND, Act.RETRY): 8,
    (_HAND, Act.REMOVE): 5,
}
_REJECTED: dict[Life, int] = {
    (Act.REJECT,): 5,
    (Act.REJECT, Act.RETRY): 8,
    (Act.REJECT, Act.REMOVE): 4,
}

LIVES: dict[Kind, dict[Life, int]] = {
    Kind.AUTOMATIC: {_LEFT_ALONE: 35, **_COMMON, **_REJECTED},
    Kind.ACCEPTANCE: {
        _LEFT_ALONE: 12,
        (Act.REMOVE,): 16,
        (Act.ACCEPT,): 20,
        (Act.ACCEPT, Act.REMOVE): 14,
        (Act.ACCEPT, Act.REJECT): 4,
        (Act.ACCEPT, _HAND, Act.RETRY, Act.ACCEPT): 6,
        (Act.REJECT,): 6,
        (Act.REJECT, Act.RETRY): 5,
        (Act.REJECT, Act.RETRY, Act.ACCEPT): 7,
        (Act.REJECT, Act.REMOVE): 4,
        (Act.EXPIRE,): 6,
    },
    Kind.SHARED: {_LEFT_ALONE: 44, **_COMMON, (Act.CUT,): 8},
    Kind.LATE_SHARE: {(Act.SHARE,): 60, (Act.SHARE, Act.REMOVE): 20, (Act.REMOVE,): 20},
    Kind.CLUSTER: {_LEFT_ALONE: 35, **_COMMON, **_REJECTED},
}
"""By kind: what happens one after the other, and how many of a hundred live so."""
