"""Time to Ready on the pages where people wait for it."""

from dataclasses import dataclass
from functools import cached_property

from endpoints.domain.status import Status
from endpoints.models.pace import usual_time_to_ready
from endpoints.texts.pace import pace_text
from endpoints.web.shown import Shown

_WAITS = (Status.PROVISIONING, Status.PENDING_ACCEPTANCE)


@dataclass(frozen=True)
class Pace:
    """How long one endpoint takes; `_time_to_ready.html` draws it.

    The usual time is read when it is drawn, so that a poll without news reads nothing.
    """

    one: Shown

    @cached_property
    def text(self) -> str:
        """So far, and usually; "" once it is Ready, or ended otherwise."""
        endpoint = self.one.endpoint
        if self.one.status not in _WAITS:
            return ""
        # After a retry the time since the request tells nothing.
        so_far = self.one.now - endpoint.created_at if endpoint.generation == 1 else None
        return pace_text(so_far, usual_time_to_ready(endpoint.type))
