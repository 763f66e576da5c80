"""How an endpoint looks on a page at a given moment: its status, its words, and when to look again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from endpoints import texts
from endpoints.domain.custom_dns import custom_names
from endpoints.domain.dns import sort_interface_names
from endpoints.domain.reasons import Reason
from endpoints.domain.specs import SPECS
from endpoints.domain.status import FACTS, Status
from endpoints.domain.timing import SHARE_WAIT, STALE_AFTER, WARN_BEFORE
from endpoints.domain.types import EndpointType
from endpoints.models import Claim, ReversePrivateEndpoint

REMOVED = "Removed"

SLOW_AFTER = timedelta(minutes=10)

_ICONS: dict[str, str] = {
    Status.UNKNOWN: "question",
    Status.PROVISIONING: "spinner",
    Status.PENDING_ACCEPTANCE: "hourglass",
    Status.READY: "check",
    Status.REJECTED: "no-entry",
    Status.EXPIRED: "clock",
    Status.FAILED: "cross",
    Status.DELETING: "spinner",
}
_TONES: dict[str, str] = {status: facts.tone for status, facts in FACTS.items()}

# How often a page looks again, by how long the status has lasted; after the last step, never. ui.md §4.
_FOREVER = timedelta.max
_CADENCE: dict[str, tuple[tuple[timedelta, timedelta], ...]] = {
    Status.PROVISIONING: (
        (timedelta(minutes=1), timedelta(seconds=3)),
        (timedelta(minutes=10), timedelta(seconds=5)),
        (_FOREVER, timedelta(seconds=30)),
    ),
    Status.PENDING_ACCEPTANCE: (
        (timedelta(minutes=10), timedelta(seconds=15)),
        (_FOREVER, timedelta(seconds=60)),
    ),
    Status.DELETING: ((_FOREVER, timedelta(seconds=5)),),
    Status.UNKNOWN: ((timedelta(minutes=10), timedelta(seconds=30)),),
}


def icon_of(status: str) -> str:
    """Return the name of a status's icon."""
    return _ICONS.get(status, "archive")


def tone_of(status: str) -> str:
    """Return the colour of a status's badge."""
    return _TONES.get(status, "neutral")


@dataclass(frozen=True)
class Shown:
    """One endpoint as a page shows it at the moment `now` (moved time)."""

    endpoint: ReversePrivateEndpoint
    now: datetime

    @cached_property
    def is_stale(self) -> bool:
        """Whether the last good reading is too old to be shown as the status."""
        return self.endpoint.is_stale(self.now)

    @cached_property
    def status(self) -> str:
        """The status to show, "Removed" for a tombstone."""
        return REMOVED if self.endpoint.is_removed else self.endpoint.shown_status(self.now)

    @property
    def label(self) -> str:
        """The status in words."""
        return texts.status_label(self.status)

    @property
    def tone(self) -> str:
        """The colour of the status."""
        return tone_of(self.status)

    @property
    def is_slow(self) -> bool:
        """Whether AWS has been at work for longer than it usually takes."""
        return self.status == Status.PROVISIONING and self.now - self.since >= SLOW_AFTER

    @cached_property
    def since(self) -> datetime:
        """Since when the shown status holds."""
        endpoint = self.endpoint
        if endpoint.removed_at is not None:
            return endpoint.removed_at
        if self.status == Status.DELETING and endpoint.removal_requested_at is not None:
            return max(endpoint.removal_requested_at, endpoint.created_at)
        if self.status == Status.UNKNOWN and self.is_stale:
            return (endpoint.listed_at or endpoint.created_at) + STALE_AFTER
        return endpoint.status_since

    @property
    def is_connected(self) -> bool:
        """Whether the endpoint carries traffic, as far as it is known."""
        return self.status == Status.READY

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The type's fields in the form's order, which the database does not keep."""
        known = self.endpoint.parameters
        fields = SPECS[EndpointType(self.endpoint.type)].fields
        return [(name, known[name]) for name in fields if name in known]

    @property
    def left_behind(self) -> str:
        """What removal does not undo on the owner's side."""
        endpoint = self.endpoint
        if endpoint.type == EndpointType.VPC_RESOURCE and not endpoint.external_id and not self._is_used_up:
            return str(texts.SHARE_LEFT_UNUSED)
        return str(texts.LEFT_BEHIND[endpoint.type])

    @property
    def removal_trouble(self) -> dict[str, Any]:
        """What is known of a deletion that does not succeed: `since`, `tries`, `next`; {} without one."""
        known = self.endpoint.removal_trouble
        moments = {name: datetime.fromisoformat(known[name]) for name in ("since", "next") if name in known}
        return {"tries": known["tries"], **moments} if known else {}

    @property
    def _is_used_up(self) -> bool:
        """Whether what the endpoint claims, or claimed, is of no use to any other."""
        keys = [held.key for held in self.endpoint.spec.held()]
        return Claim.objects.filter(key__in=keys, used_up_at__isnull=False).exists()

    @property
    def deadline(self) -> datetime | None:
        """When cleanup may remove it."""
        return None if self.endpoint.is_removed else self.endpoint.deadline

    @property
    def keep(self) -> str:
        """What keeps it from its removal, once the deadline is near; "" before that."""
        deadline = self.deadline
        if deadline is None or deadline - self.now > WARN_BEFORE[0]:
            return ""
        return texts.keep_text(self.endpoint.status, self.endpoint.reason)

    @property
    def waits_for_share(self) -> bool:
        """Whether it waits for a share of its owner, which it does for a while only."""
        is_coming = self.status == Status.PROVISIONING
        return is_coming and texts.current_reason(self.endpoint) is Reason.WAITING_FOR_SHARE

    @property
    def due(self) -> datetime | None:
        """By when somebody must have acted; without a share a row fails before its own deadline."""
        return self.endpoint.status_since + SHARE_WAIT if self.waits_for_share else self.deadline

    @property
    def advice(self) -> tuple[str, str, str]:
        """What is the matter, who must act, and what to do."""
        endpoint = self.endpoint
        if self.status == Status.UNKNOWN and self.is_stale:
            read_at = endpoint.listed_at
            return texts.stale_texts(endpoint.status, texts.moment_text(read_at) if read_at else "")
        return texts.reason_text(endpoint), texts.who_text(endpoint), texts.next_step_text(endpoint)

    @cached_property
    def poll_after(self) -> timedelta | None:
        """After how long a page should look again; None once nothing moves by itself."""
        lasted = self.now - self.since
        cadence = _CADENCE.get(self.status, ())
        own = next((every for until, every in cadence if lasted < until), None)
        return min(filter(None, (own, self._poll_after_replacement)), default=None)

    @property
    def _poll_after_replacement(self) -> timedelta | None:
        """The same for the replacement that it takes part in, where the page's query brought it."""
        seen = getattr(self.endpoint, "replacements_seen", ())
        new_ones = [each["new_status"] for each in seen if not each["finished"]]
        if not new_ones:
            return None
        in_motion = any(status in (None, Status.PROVISIONING, Status.READY) for status in new_ones)
        return timedelta(seconds=5 if in_motion else 30)

    @property
    def _is_interface(self) -> bool:
        return self.endpoint.type == EndpointType.VPC_ENDPOINT_SERVICE

    @property
    def regional_names(self) -> tuple[str, ...]:
        """The DNS names that lead to every zone."""
        if not self._is_interface:
            return tuple(self.endpoint.dns_names)
        return sort_interface_names(self.endpoint.dns_names).regional

    @property
    def zonal_names(self) -> tuple[str, ...]:
        """The DNS names that lead to one zone each."""
        return sort_interface_names(self.endpoint.dns_names).zonal if self._is_interface else ()

    @property
    def private_names(self) -> list[str]:
        """The owner's private DNS names, each once."""
        if not self._is_interface:
            return list(self.endpoint.private_dns_names)
        beside = sort_interface_names(self.endpoint.dns_names).private
        return list(dict.fromkeys([*self.endpoint.private_dns_names, *beside]))

    @property
    def custom_names(self) -> list[str]:
        """The custom private DNS names, each with its target: recorded, not served."""
        return [str(name) for name in custom_names(self.endpoint.custom_dns)]

    @cached_property
    def main_name(self) -> str:
        """What to copy from a list: MSK's own string, else a DNS name; "" before there is one."""
        if self.endpoint.connection_string:
            return self.endpoint.connection_string
        names = self.regional_names or self.private_names or self.zonal_names
        return names[0] if names else ""
