"""What can go wrong at AWS, as few kinds as the engine tells apart. Source: aws.md §3.

The adapter translates, the reconciler decides. `raw_code`, `raw_text` and `request_id` are AWS's own words,
for operators; people read the sentence that belongs to the reason code.
"""

from collections.abc import Mapping

from endpoints.domain.capacity import SubnetRoom
from endpoints.domain.reasons import Reason


class Unplaceable(Exception):
    """No request can be made of this endpoint; `reason` and `params` say why to a person."""

    def __init__(self, reason: Reason, **params: str) -> None:
        super().__init__(f"{reason} {params}")
        self.reason = reason
        self.params = params


class NoRoom(Exception):
    """Every network that would fit is full. The operators' to fix; `params` say what is full where.

    `rooms` is the room that was seen, by subnet, where blocks were looked for.
    """

    def __init__(self, rooms: Mapping[str, SubnetRoom] | None = None, /, **params: str) -> None:
        super().__init__(f"{params}")
        self.rooms = rooms or {}
        self.params = params


class ProviderError(Exception):
    """Any trouble at AWS, with the operation that met it."""

    def __init__(self, operation: str, raw_code: str, raw_text: str, request_id: str = "") -> None:
        super().__init__(f"{operation}: {raw_code}: {raw_text}")
        self.operation = operation
        self.raw_code = raw_code
        self.raw_text = raw_text
        self.request_id = request_id


class Unanswered(ProviderError):
    """No answer, or a 5xx: whether the call took effect is not known."""


class Throttled(ProviderError):
    """AWS asked us to slow down, or to wait for a running change; nothing was done."""


class OperatorError(ProviderError):
    """Ours to fix: credentials, permissions, quota, network set-up. Nothing was done."""


class UserError(ProviderError):
    """The requester's or the owner's to fix, such as a wrong name. Nothing was done."""
