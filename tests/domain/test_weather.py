"""The engine's rules in a tiny AWS with lag, lost answers, refusals and strangers' hands, by Hypothesis.

For every endpoint type: with a token on the create or without, with a share to wait for or without.

Invariants: at most one live object for each endpoint; nothing is forgotten while it exists; and once the
weather calms, every endpoint settles as it was asked.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from endpoints.domain.status import FACTS, Status, deadline, from_vpc_endpoint_state
from endpoints.domain.steps import AttemptView, Situation, Step, next_step
from endpoints.domain.timing import SHARE_WAIT

GRACE = timedelta(minutes=5)
LAG_MOST = 240  # seconds, less than grace: what reads may miss
DYING = 90  # seconds from a delete to nothing


@dataclass
class Thing:
    """One object in the little AWS."""

    key: str
    generation: int
    token: str
    made_at: datetime
    state: str
    dead_at: datetime | None = None


@dataclass
class LittleAws:
    """Creates by token, or once at most without; deletes slowly, and shows things late."""

    now: datetime
    repeatable: bool = True
    things: list[Thing] = field(default_factory=list)
    lag: int = 0
    made: int = 0

    def alive(self) -> list[Thing]:
        return [thing for thing in self.things if thing.state != "deleting"]

    def tick(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.things = [t for t in self.things if t.dead_at is None or t.dead_at > self.now]

    def create(self, generation: int) -> Thing | None:
        """Make a thing; without a token a second one is refused while the first is there (None)."""
        token = f"token-{generation}"
        for thing in self.things:
            if not self.repeatable:
                return None
            if thing.token == token:
                return thing
        self.made += 1
        thing = Thing(f"vpce-{self.made}", generation, token, self.now, "available")
        self.things.append(thing)
        return thing

    def delete(self, key: str) -> None:
        for thing in self.things:
            if thing.key == key and thing.dead_at is None:
                thing.state, thing.dead_at = "deleting", self.now + timedelta(seconds=DYING)

    def seen(self) -> list[Thing]:
        return [t for t in self.things if self.now - t.made_at >= timedelta(seconds=self.lag)]


class Weather(RuleBasedStateMachine):
    """One endpoint, its attempts, and an engine that does what `next_step` says."""

    @initialize(
        trouble=st.sampled_from(["", "lost"]),
        lag=st.sampled_from([0, LAG_MOST]),
        repeatable=st.booleans(),
        shared=st.booleans(),
    )
    def begin(self, trouble: str, lag: int, repeatable: bool, shared: bool) -> None:
        self.aws = LittleAws(datetime(2026, 1, 1, tzinfo=UTC), repeatable)
        self.shared, self.share, self.accepted = shared, "", False
        self.prepared = 0
        self.row = Situation(Status.PROVISIONING, self.aws.now, 1, 1, 0, False, None, None)
        self._set_preparation()
        self.removed = False
        self.closed: list[str] = []
        self.trouble, self.aws.lag = trouble, lag

    # The engine

    def _set_status(self, status: Status) -> None:
        if self.row.status is not status:
            self.row = replace(self.row, status=status, status_since=self.aws.now, warned_at=None)

    def _attempt(self, **changes: object) -> None:
        assert self.row.attempt is not None
        self.row = replace(self.row, attempt=replace(self.row.attempt, **changes))  # type: ignore[arg-type]

    @rule(looks=st.integers(0, 2))
    def work(self, looks: int) -> None:
        for _ in range(looks):
            self.observe()
        if not self.removed:
            self.act()

    def act(self) -> None:
        """Take steps until one that called AWS, or until nothing is due."""
        for _ in range(6):
            if self.row.removal_requested:
                self._set_status(Status.DELETING)
            self._set_preparation()
            due = next_step(self.row, self.aws.now, GRACE).step
            if due in (Step.REST, Step.WAIT):
                return
            getattr(self, f"_{due.value}")()
            if self.removed or due in (Step.PREPARE, Step.CREATE, Step.DELETE):
                return

    def _set_preparation(self, **changes: object) -> None:
        done = not self.shared or self.prepared >= self.row.generation
        now = replace(self.row.preparation, done=done, **changes)  # type: ignore[arg-type]
        self.row = replace(self.row, preparation=now)

    def _prepare(self) -> None:
        look_at = self.aws.now + timedelta(seconds=15)
        failed = self.row.status is not Status.PROVISIONING
        if self.share == "active":
            self.prepared = self.row.generation
            self._set_preparation(heals=False, must_accept=False, look_at=None)
            self._set_status(Status.PROVISIONING)
        elif self.share == "pending":
            self._set_preparation(heals=False, must_accept=True, look_at=None)
            self._set_status(Status.PROVISIONING)
        elif failed or self.aws.now - self.row.status_since >= SHARE_WAIT:
            self._set_preparation(heals=True, look_at=look_at)
            self._set_status(Status.FAILED)
        else:
            self._set_preparation(look_at=look_at)

    def _accept(self) -> None:
        self._set_preparation(must_accept=False, look_at=None)
        if self.share == "pending" and self.trouble != "unreached":
            self.share, self.accepted = "active", True

    def _start(self) -> None:
        self.row = replace(self.row, observed_generation=self.row.generation)
        self._set_status(Status.PROVISIONING)

    def _place(self) -> None:
        assert not self.shared or self.accepted, "made without a share"
        attempt = AttemptView(
            self.row.generation, False, None, False, "", "", 0, None, None, self.aws.repeatable
        )
        self.row = replace(self.row, attempt=attempt, last_attempt=self.row.generation)

    def _create(self) -> None:
        assert self.row.attempt is not None
        doubt_before = self.row.attempt.in_doubt
        self._attempt(in_doubt=True, started_at=self.aws.now)
        if not self.aws.repeatable:
            assert not self.row.removal_requested, "made anew to be removed"
            self._attempt(absent_listings=0)
        generation = self.row.attempt.generation
        found = [t for t in self.aws.seen() if t.generation == generation]
        if found:
            self._sighted(found[0])
        elif self.trouble == "refused":
            if doubt_before:
                self._attempt(refused=True)
            else:
                self.row = replace(self.row, attempt=None)
                if not self.row.removal_requested and generation == self.row.generation:
                    self._set_status(Status.FAILED)
        elif self.trouble == "lost":
            self.aws.create(generation)
        elif self.trouble != "unreached":
            made = self.aws.create(generation)
            if made is not None:
                self._sighted(made)

    def _delete(self) -> None:
        assert self.row.attempt is not None
        if self.trouble in ("refused", "unreached"):
            return
        self.aws.delete(self.row.attempt.external_id)
        if self.trouble != "lost":
            self._attempt(delete_asked_at=self.aws.now, absent_listings=0)

    def _close(self) -> None:
        assert self.row.attempt is not None
        attempt = self.row.attempt
        self._must_be_gone(attempt)
        self.row = replace(self.row, attempt=None)
        if self.row.removal_requested or attempt.generation != self.row.generation:
            return
        if attempt.refused:
            self._set_status(Status.FAILED)

    def _tell_removed_outside(self) -> None:
        assert self.row.attempt is not None
        self._must_be_gone(self.row.attempt)
        self.row = replace(self.row, attempt=None)
        self._set_status(Status.FAILED)

    def _warn(self) -> None:
        due = deadline(self.row.status, self.row.status_since)
        assert due is not None
        assert self.aws.now < due, "warned of what was over"
        self.row = replace(self.row, warned_at=self.aws.now)

    def _clean_up(self) -> None:
        due = deadline(self.row.status, self.row.status_since)
        assert due is not None
        assert self.aws.now >= due, "removed too early"
        self.row = replace(self.row, removal_requested=True)

    def _forget(self) -> None:
        assert not self.aws.things, "forgotten while it exists"
        self.removed = True

    def _must_be_gone(self, attempt: AttemptView) -> None:
        left = [t for t in self.aws.things if t.generation == attempt.generation]
        assert not left, f"{attempt} was closed while {left} exists"

    def _sighted(self, thing: Thing) -> None:
        assert self.row.attempt is not None
        self._attempt(
            external_id=thing.key,
            state=thing.state.casefold(),
            in_doubt=False,
            refused=False,
            absent_listings=0,
        )
        if not self.row.removal_requested and thing.generation == self.row.generation:
            self._set_status(from_vpc_endpoint_state(thing.state))

    def observe(self) -> None:
        """List once; what is younger than the lag is missing."""
        seen = {t.generation: t for t in self.aws.seen()}
        attempt = self.row.attempt
        if attempt is not None and (attempt.in_doubt or attempt.external_id):
            thing = seen.get(attempt.generation)
            if thing is not None:
                self._sighted(thing)
            elif attempt.absent_listings < 2:
                self._attempt(absent_listings=attempt.absent_listings + 1)
        self.row = replace(self.row, observed_at=self.aws.now)

    # The weather

    @rule(seconds=st.sampled_from([1, 61, 120, 299, 301, 8 * 86400]))
    def time_passes(self, seconds: int) -> None:
        self.aws.tick(seconds)

    @rule(
        trouble=st.sampled_from(["", "lost", "refused", "unreached"]), lag=st.sampled_from([0, 5, LAG_MOST])
    )
    def the_weather_changes(self, trouble: str, lag: int) -> None:
        self.trouble, self.aws.lag = trouble, lag

    @rule(state=st.sampled_from(["pending", "rejected", "expired", "failed", "odd"]))
    def the_owner_acts(self, state: str) -> None:
        for thing in self.aws.alive():
            thing.state = state

    @rule(
        state=st.sampled_from(["pendingAcceptance", "rejected", "expired", "failed"]),
        hours=st.sampled_from([0, 20, 23, 24, 7 * 24]),
    )
    def the_owner_acts_and_the_engine_looks_before_and_after_a_while(self, state: str, hours: int) -> None:
        for seconds in (0, hours * 3600):
            self.aws.tick(seconds)
            for thing in self.aws.alive():
                thing.state = state
            self.work(looks=1)

    @rule(share=st.sampled_from(["", "pending", "active"]))
    def the_owner_shares_or_takes_it_back(self, share: str) -> None:
        self.share = share
        self.accepted |= share == "active"

    @rule()
    def somebody_deletes_by_hand(self) -> None:
        for thing in self.aws.alive():
            self.aws.delete(thing.key)

    # People

    @rule()
    def a_person_removes(self) -> None:
        self.row = replace(self.row, removal_requested=True)

    @precondition(
        lambda self: (
            FACTS[self.row.status].retryable
            and not self.row.removal_requested
            and self.row.observed_generation == self.row.generation
        )
    )
    @rule()
    def a_person_retries(self) -> None:
        self.row = replace(self.row, generation=self.row.generation + 1)

    # What must hold

    @invariant()
    def at_most_one_object_lives(self) -> None:
        if hasattr(self, "aws"):
            assert len(self.aws.things) <= 1, self.aws.things

    @invariant()
    def no_removed_row_has_an_object(self) -> None:
        if hasattr(self, "aws"):
            assert not (self.removed and self.aws.things)

    def teardown(self) -> None:
        """Calm weather settles: nothing stays in motion, and what was to go is gone."""
        if not hasattr(self, "aws"):
            return
        self.trouble, self.aws.lag, self.share = "", 0, "active"
        self.accepted = True
        for thing in self.aws.alive():
            thing.state = "available"
        for _ in range(60):
            if not self.removed:
                self.act()
            self.observe()
            self.aws.tick(30)
        if self.row.removal_requested:
            assert self.removed, self.row
            assert not self.aws.things
            return
        assert self.row.status in (Status.READY, Status.FAILED), self.row
        assert (self.row.status is Status.READY) == (len(self.aws.things) == 1)


TestWeather = Weather.TestCase
TestWeather.settings = settings(
    max_examples=200,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
