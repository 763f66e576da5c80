"""The book of a simulated year: what must be by the facts alone, held against rows and timelines.

The facts are written down here again and not imported: graces (cloud-api.md §3.4), warnings, the wait for a
share (design, "Deadlines"), the life of an invitation (aws.md §1b). Time stands still while the engine works,
so that every line of a timeline must carry exactly the moment of the pass that wrote it.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from endpoints.models import Event, ReversePrivateEndpoint

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
GRACES = {"PendingAcceptance": DAY, "Rejected": DAY, "Expired": 0 * DAY, "Failed": 7 * DAY}
WARNED = (24, 4, 1)  # hours before
SHARE_WAIT = timedelta(minutes=9)
INVITATION = 12 * HOUR
SHARE_LOOKS = timedelta(seconds=15)  # between two looks at a share that is awaited
PASS = timedelta(seconds=10)  # a deadline waits for a listing that began after it, and for the next look
RECOVERY = timedelta(seconds=45)  # the same after AWS or the workers were away
IN_AWS = {
    "pendingacceptance": "PendingAcceptance",
    "pending": "Provisioning",
    "available": "Ready",
    "rejected": "Rejected",
    "expired": "Expired",
    "failed": "Failed",
}


@dataclass
class Page:
    """One endpoint in the book.

    `shared_at` is when its owner last offered the share, `left_at` when it had to go.
    """

    key: uuid.UUID
    kind: str
    status: str
    since: datetime
    reason: str = ""
    told: list[int] = field(default_factory=list)
    acts: int = 0
    shared_at: datetime | None = None
    left_at: datetime | None = None
    gone: bool = False

    @property
    def deadline(self) -> datetime | None:
        """When cleanup must come."""
        grace = GRACES.get(self.status)
        return None if grace is None or self.left_at else self.since + grace

    def warnings(self) -> list[tuple[datetime, int]]:
        """The warnings of this status, each with its moment."""
        due = self.deadline
        return [(due - h * HOUR, h) for h in WARNED if due - h * HOUR >= self.since] if due else []


class Book:
    """All endpoints of a year.

    `free_since` is since when neither workers nor AWS were away, None while any is. `graces` are those that
    ended in a cleanup: since when, and until when.
    """

    def __init__(self, begin: datetime) -> None:
        self.pages: dict[uuid.UUID, Page] = {}
        self.entered: list[Page] = []
        self.happened: Counter[tuple[str, ...]] = Counter()
        self.graces: list[tuple[datetime, datetime]] = []
        self.free_since: datetime | None = begin
        self._last_event = 0

    def open(self, row: ReversePrivateEndpoint, kind: str, shared_at: datetime | None = None) -> Page:
        """Begin the page of an endpoint that was just asked for."""
        page = Page(row.pk, kind, "Provisioning", row.created_at, shared_at=shared_at)
        self.pages[row.pk] = page
        return page

    def moments(self, now: datetime) -> list[datetime]:
        """Return the moments ahead at which something must happen."""
        living = [page for page in self.pages.values() if page.deadline]
        due = [moment for page in living for moment in (page.deadline, *dict(page.warnings())) if moment]
        return [moment for moment in due if moment > now]

    def check(self, now: datetime, *, worked: bool) -> None:
        """Read what the pass at `now` told, and demand what must be by now."""
        for event in Event.objects.filter(pk__gt=self._last_event).order_by("pk"):
            self._last_event = event.pk
            self._read(self.pages[event.endpoint_id], event, now)
        if worked:
            for page in self.pages.values():
                self._demand(page, now)

    def _read(self, page: Page, event: Event, now: datetime) -> None:
        assert event.at == now, f"{event.code} of {page} carries another moment than its pass: {event.at}"
        if event.code == "status_changed":
            self._entered(page, event.params["status"], event.params["reason"], now)
        elif event.code == "deadline_near":
            self._warned(page, int(event.params["hours"]), datetime.fromisoformat(event.params["until"]), now)
        elif event.code == "deadline_passed":
            self._cleaned_up(page, now)
        elif event.code == "accept_answered":
            assert page.shared_at is not None
            assert now < page.shared_at + INVITATION, f"accepted after its 12 hours: {page}"
        elif event.code == "removed":
            assert page.left_at is not None, f"removed without being asked: {page}"
            page.gone = True

    def _entered(self, page: Page, status: str, reason: str, now: datetime) -> None:
        if reason == "share_not_found":
            late = self._latest(page.since + SHARE_WAIT, SHARE_LOOKS)
            assert page.since + SHARE_WAIT <= now <= late, f"nine minutes of {page}"
        if reason == "invitation_expired":
            assert page.shared_at is not None
            expires = page.shared_at + INVITATION
            late = self._latest(max(expires, page.since), SHARE_LOOKS)
            assert expires <= now <= late, f"an invitation of {page} expired at another time"
        page.status, page.reason, page.since, page.told = status, reason, now, []
        self.happened["entered", status] += 1
        self.happened["because", reason] += 1
        self.entered.append(page)

    def _warned(self, page: Page, hours: int, until: datetime, now: datetime) -> None:
        assert page.deadline == until, f"a warning of another deadline: {page}"
        fallen = [(moment, h) for moment, h in page.warnings() if moment <= now < until]
        assert fallen, f"warned too early or too late: {page}"
        moment, nearest = fallen[-1]
        assert hours == nearest, f"not the nearest warning: {page}"
        assert hours not in page.told, f"told twice: {page}"
        assert now <= self._latest(moment, timedelta(0)), f"{hours} h came late: {page}"
        page.told.append(hours)
        self.happened["warned", page.status, str(hours)] += 1
        if self.free_since == now:
            self.happened["warned after being away",] += 1

    def _cleaned_up(self, page: Page, now: datetime) -> None:
        due = page.deadline
        assert due is not None, f"cleaned up without a deadline: {page}"
        assert due <= now, f"cleaned up too early: {page}"
        assert now <= self._latest(due, PASS), f"cleaned up too late: {page}"
        self.happened["cleaned up", page.status] += 1
        self.graces.append((page.since, due))
        page.left_at = now

    def _latest(self, moment: datetime, slack: timedelta) -> datetime:
        """Until when something may happen that is due at a moment."""
        if self.free_since is None:
            return datetime.max.replace(tzinfo=UTC)
        return (
            moment + slack if self.free_since <= moment else max(moment + slack, self.free_since + RECOVERY)
        )

    def _demand(self, page: Page, now: datetime) -> None:
        """What must have happened by now, has."""
        due = page.deadline
        if due is not None:
            assert now <= self._latest(due, PASS), f"not cleaned up: {page}"
            fallen = [h for moment, h in page.warnings() if moment <= now < due]
            assert not fallen or fallen[-1] in page.told, f"not warned of {fallen[-1]} h: {page}"
        if page.left_at is not None and not page.gone:
            assert now <= self._latest(page.left_at + HOUR / 2, PASS), f"not gone: {page}"
        if (
            page.status == "Provisioning"
            and page.kind == "share"
            and page.reason in ("", "waiting_for_share")
        ):
            assert now <= self._latest(page.since + HOUR, PASS), f"waits for ever: {page}"
