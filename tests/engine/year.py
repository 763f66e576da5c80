"""A year of moved time with random people, owners and bad luck, from one moment of interest to the next.

Time stands still at each stop, the workers do what is due by the engine's own columns, and the book
(`year_book`) is held against what they told. Between two stops nothing can happen: neither is anything due in
the rows, nor does anybody act, nor does AWS by itself.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from endpoints import clock
from endpoints.domain.shares import HEALING
from endpoints.models import Region, ReversePrivateEndpoint, read_clock
from endpoints.reconcile import act, observe
from endpoints.reconcile.due import due_endpoints, due_regions
from tests.engine.world import REGION, World
from tests.engine.year_book import IN_AWS, Book, Page
from tests.sandbox_client import ControlFailed, Json

STANDING = 1e-9  # as good as no time passes while the workers work
STRIDE = timedelta(seconds=10)  # between two listings while something moves
SETTLED = timedelta(minutes=5)  # the slowest cadence of listings
NEAR = timedelta(seconds=157)  # before a moment of the book: no multiple of the minute between two looks
FIRST_LOOKS = timedelta(minutes=2)


class Year:
    """The world, its clock, the acts to come, and the book."""

    def __init__(self, world: World, dice: Random, begin: datetime) -> None:
        self.world, self.dice, self.now = world, dice, begin
        self.book = Book(begin)
        self.stops = 0
        self._acts: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = count()
        self._changed_at: datetime | None = None
        self._away: set[str] = set()
        self.stand_at(begin)

    def stand_at(self, moment: datetime) -> None:
        """Let it be that moment, for Postern and for AWS, until told otherwise."""
        path = self.world.box.clock_file
        assert path is not None
        clock.write(path, clock.ClockControl(datetime.now(UTC), moment, STANDING))
        self.now = read_clock().now

    def at(self, moment: datetime, act_: Callable[[], None]) -> None:
        """Let somebody act at a moment, or now if it is over."""
        heapq.heappush(self._acts, (max(moment, self.now), next(self._number), act_))

    def after(self, wait: timedelta, act_: Callable[[], None]) -> None:
        """Let somebody act after a while."""
        self.at(self.now + wait, act_)

    def changed(self) -> None:
        """Something in AWS is not as it was: it must be seen within the cadence."""
        self._changed_at = self.now

    def be_away(self, who: str, wait: timedelta) -> None:
        """Let the workers ("workers") or AWS's answers ("aws") be away for a while."""
        fault = ""
        if who == "aws":
            fault = self.world.box.fault("error", operation="DescribeVpcEndpoints")
        self._away.add(who)
        self.book.free_since = None

        def back() -> None:
            if fault:
                self.world.box.clear_fault(fault)
            self._away.discard(who)
            self.book.free_since = None if self._away else self.now

        self.after(wait, back)

    @property
    def is_free(self) -> bool:
        """Whether neither workers nor AWS are away."""
        return not self._away

    # Going on

    def run(self, until: datetime, on_entering: Callable[[Page], None]) -> None:
        """Go from stop to stop; `on_entering` is told of each page that has entered a status."""
        while True:
            if "workers" not in self._away:
                self._work()
            self.book.check(self.now, worked="workers" not in self._away)
            self._compare()
            while self.book.entered:
                on_entering(self.book.entered.pop())
            stop = min(self._stops(), default=until)
            if stop >= until:
                return
            self.stand_at(stop)
            self.stops += 1
            while self._acts and self._acts[0][0] <= self.now:
                heapq.heappop(self._acts)[2]()

    def _work(self) -> None:
        """What the pulse does: list what is due, and work, until nothing is due now."""
        for _ in range(40):
            moment = read_clock()
            regions = due_regions(moment)
            for name in regions:
                observe.observe_region(name)
            if not due_endpoints(moment, 1) and not regions:
                return
            act.reconcile_due()
        raise AssertionError(f"The work of {self.now} does not end.")

    def _stops(self) -> Iterator[datetime]:
        """Every moment ahead at which something may happen."""
        if self._acts:
            yield self._acts[0][0]
        yield from self.book.moments(self.now)
        if not self.is_free:
            return
        rows = ReversePrivateEndpoint.objects.live()
        moving = False
        for row in rows:
            if row.due_at is not None:
                yield max(self._look_at(row, row.due_at), self.now + timedelta(microseconds=1))
            moving |= row.status in ("Provisioning", "Deleting") and bool(row.external_id)
        region = Region.objects.get(pk=REGION)
        if region.observe_due_at and (moving or self._changed_at):
            yield max(region.observe_due_at, self.now + STRIDE)

    def _look_at(self, row: ReversePrivateEndpoint, due_at: datetime) -> datetime:
        """When to stop for a row; not each look for a share, which goes on for a week."""
        page = self.book.pages[row.pk]
        looks_for_ever = row.reason in HEALING and self.now - page.since > FIRST_LOOKS
        if not looks_for_ever or self._changed_at:
            return due_at
        ahead = [moment for moment in (*dict(page.warnings()), page.deadline) if moment and moment > self.now]
        return max(due_at, min(ahead) - NEAR) if ahead else due_at

    # Comparing with AWS

    def _compare(self) -> None:
        """Hold the rows against AWS's own state, once a change there was listed."""
        if self._changed_at is None or not self.is_free:
            return
        region = Region.objects.get(pk=REGION)
        if region.listed_at is None or region.listed_at < self._changed_at:
            late = max(self._changed_at, self.book.free_since or self.now) + SETTLED + STRIDE
            assert self.now <= late, f"not looked since {self._changed_at}"
            return
        if region.listed_at != self.now:
            return  # AWS may have gone on since
        things = self.things()
        for row in ReversePrivateEndpoint.objects.live().filter(removal_requested_at__isnull=True):
            thing = things.get((str(row.pk), str(row.generation)))
            if thing is not None:
                assert row.status == IN_AWS[thing["state"].casefold()], (
                    row.status,
                    row.reason,
                    thing["state"],
                )
        self._changed_at = None

    def things(self) -> dict[tuple[str, str], Json]:
        """Return the living objects by endpoint and generation."""
        tags = [(thing["tags"], thing) for thing in self.world.alive()]
        return {(tag["postern:endpoint-id"], tag["postern:generation"]): thing for tag, thing in tags}

    @contextmanager
    def by_hand(self) -> Iterator[None]:
        """Do something in AWS, unless it cannot be done in the state that things are in by now."""
        with suppress(ControlFailed):
            yield
            self.changed()
