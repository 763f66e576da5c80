"""A storm as it goes: people ask, owners and strangers act, machines die, AWS fails; all by the schedule."""

import heapq
import itertools
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import NamedTuple

from django.db import Error as DatabaseError
from django.db import connection

from endpoints import intents
from endpoints.intents import IntentRefused
from endpoints.models import ReversePrivateEndpoint
from tests.chaos.journal import Deed, EffectLog, Journal
from tests.chaos.lives import INTENTS, Act
from tests.chaos.machines import Postgres, Workers
from tests.chaos.schedule import Ask, DatabaseKill, Lag, Schedule
from tests.chaos.stage import Stage
from tests.engine.world import checked
from tests.sandbox_client import OPERATOR, ControlFailed, Sandbox

SCALE = 5.0
"""How fast the moved clock runs. A lease's time, moved, must stay below CREATE_GRACE_SECONDS, as shipped."""

CALM_SCALE = 20.0
_AGAIN_SECONDS = 1.5  # until an act that had no occasion is tried again
_REST_SECONDS = 60.0  # for such acts once it is calm; as long as the storm itself, if that is shorter
_LOOK_SECONDS = 0.1
_READ_LOG_SECONDS = 15.0


class _Turn(NamedTuple):
    at: float
    number: int
    what: Callable[[], None]


_NEVER = _Turn(float("inf"), 0, lambda: None)


class Storm:
    """One run of a schedule.

    In seconds: `lateness` is the longest that an item had to wait for its turn, `slowest_intent` the longest
    that a person had to wait for the answer to an intent. `struck`: how many calls each fault hit.
    """

    def __init__(self, schedule: Schedule, stage: Stage, postgres: Postgres, workers: Workers) -> None:
        self._schedule, self._stage, self._box = schedule, stage, stage.box
        self._postgres, self._workers = postgres, workers
        self._turns: list[_Turn] = []  # of people, owners and strangers
        self._fates: list[_Turn] = []  # of machines and AWS
        self._count, self._began = itertools.count(), 0.0
        self._lags: dict[str, str] = {}  # region: id of the fault in force
        self._keys = {ask.number: uuid.uuid4() for ask in schedule.asks}
        self.journal = Journal()
        self.log = EffectLog(self._box)
        self.lateness = self.slowest_intent = 0.0
        self.struck: dict[str, int] = {}

    def rage(self) -> None:
        """Carry the schedule out, in real time; then calm AWS and the machines, and end what was begun."""
        for ask in self._schedule.asks:
            self._at(ask.at, partial(self._ask, ask))
        for kill in self._schedule.kills:
            self._fate(kill.at, partial(self._workers.strike, kill))
        for fall in self._schedule.database_kills:
            self._fate(fall.at, partial(self._kill_database, fall))
        for lag in self._schedule.lags:
            self._fate(lag.at, partial(self._lag, lag))
        self._fate(0.0, self._read_log)
        self._worsen()
        self._began, seconds = time.monotonic(), self._schedule.sizes.seconds
        while self._now() < seconds:
            self._take_turn(min((self._fates, self._turns), key=lambda turns: turns[:1] or [_NEVER]))
        self._calm()
        while self._turns and not self._is_over():
            self._take_turn(self._turns)
        while self._turns:
            heapq.heappop(self._turns).what()

    def _take_turn(self, turns: list[_Turn]) -> None:
        at, now = turns[0].at, self._now()
        if at > now:
            time.sleep(min(_LOOK_SECONDS, at - now))
            self._workers.keep()
            return
        self.lateness = max(self.lateness, now - at)
        heapq.heappop(turns).what()

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _is_over(self) -> bool:
        """Say whether there is no more time for acts that found no occasion."""
        return self._now() >= self._schedule.sizes.seconds + min(_REST_SECONDS, self._schedule.sizes.seconds)

    def _at(self, at: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._turns, _Turn(at, next(self._count), what))

    def _fate(self, at: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._fates, _Turn(at, next(self._count), what))

    # The weather

    def _worsen(self) -> None:
        rates, seed = self._schedule.rates, self._schedule.weather
        chances = {"throttle": rates.throttle, "error": rates.error, "lost_answer": rates.lost_answer}
        for number, (kind, chance) in enumerate(chances.items()):
            self._box.fault(kind, account=OPERATOR, probability=chance, seed=seed + number)

    def _lag(self, lag: Lag) -> None:
        if lag.region in self._lags:
            self._box.clear_fault(self._lags.pop(lag.region))
        seconds = lag.seconds * SCALE  # AWS lags in real time
        self._lags[lag.region] = self._box.fault(
            "read_lag", account=OPERATOR, region=lag.region, seconds=seconds
        )

    def _calm(self) -> None:
        """End all trouble, once everything has happened that was to happen."""
        while self._fates:
            heapq.heappop(self._fates).what()
        self.struck = {fault["kind"]: fault["applied"] for fault in self._box.faults()}
        self._box.clear_faults()
        self._postgres.start()
        self._workers.calm()
        self._box.scale(CALM_SCALE)  # nobody is stopped any more

    def _kill_database(self, fall: DatabaseKill) -> None:
        self._postgres.kill()
        self._fate(self._now() + fall.away, self._postgres.start)

    def _read_log(self) -> None:
        self.log.read()
        if self._now() < self._schedule.sizes.seconds:  # so there is a next turn as long as it storms
            self._fate(self._now() + _READ_LOG_SECONDS, self._read_log)

    # People, owners, strangers

    def _ask(self, ask: Ask) -> None:
        service = self._stage.service(ask)
        try:
            wanted = checked(service, self._stage.asked[ask.number])
            with self._timed():
                row = intents.request_endpoint(
                    service=service, wanted=wanted, by=self._stage.user, form_key=self._keys[ask.number]
                )
        except IntentRefused as refused:
            self.journal.refused[ask.number] = str(refused)
        except DatabaseError:
            # Whether it was saved is unknown: the same form again finds it, or makes it.
            self._reconnect()
            self._at(self._now() + _AGAIN_SECONDS, partial(self._ask, ask))
        else:
            self.journal.asks[row.pk] = ask
            self._act_next(ask, row.pk, 0)

    def _act_next(self, ask: Ask, key: uuid.UUID, place: int) -> None:
        if place < len(ask.acts):
            at = max(ask.acts[place][0], self._now())
            self._at(at, partial(self._act, ask, key, place))

    def _act(self, ask: Ask, key: uuid.UUID, place: int) -> None:
        act, failed = ask.acts[place][1], False
        try:
            done = self._do(ask, key, act)
        except DatabaseError:
            self._reconnect()
            done, failed = False, True
        if done or (self._is_over() and not failed):
            if not done:
                self.journal.missed.append((ask.number, act))
            self._act_next(ask, key, place + 1)
        else:
            self._at(self._now() + _AGAIN_SECONDS, partial(self._act, ask, key, place))

    def _do(self, ask: Ask, key: uuid.UUID, act: Act) -> bool:
        """Do it if there is an occasion, and note it; say whether it was done."""
        row = ReversePrivateEndpoint.objects.get(pk=key)
        if act is Act.REMOVE:
            with self._timed():
                intents.request_removal(endpoint=row, by=self._stage.user)
            self.journal.removals.add(key)
        elif act is Act.RETRY:
            return self._retry(row)
        elif act is Act.SHARE:
            self._box.attach(self._stage.shares[ask.number])
        else:
            return self._befall(row, act)
        return True

    def _retry(self, row: ReversePrivateEndpoint) -> bool:
        try:
            with self._timed():
                asked = intents.retry(endpoint=row, by=self._stage.user)
        except IntentRefused:
            return False
        self.journal.retries.add((asked.pk, asked.generation))
        return True

    def _befall(self, row: ReversePrivateEndpoint, act: Act) -> bool:
        key, before = row.external_id, self._box.last_seq()
        if not key:
            return False
        try:
            doer(self._box, act, key)(key)
        except ControlFailed:  # not in this state
            return False
        self.journal.deeds.append(Deed(row.pk, act, key, before))
        return True

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.slowest_intent = max(self.slowest_intent, time.monotonic() - began)

    def _reconnect(self) -> None:
        with suppress(DatabaseError):
            connection.close()
        time.sleep(_LOOK_SECONDS)


def doer(box: Sandbox, act: Act, key: str) -> Callable[[str], object]:
    """Return what does an act of an owner or a stranger to an endpoint or to a connection."""
    assert act not in INTENTS
    if key.startswith("vpce-"):
        doers: dict[Act, Callable[[str], object]] = {
            Act.ACCEPT: box.accept,
            Act.REJECT: box.reject,
            Act.EXPIRE: box.expire,
            Act.CUT: box.cut,
            Act.DELETE_BY_HAND: box.delete_by_hand,
        }
    else:
        doers = {Act.REJECT: box.reject_connection, Act.DELETE_BY_HAND: box.delete_connection}
    return doers[act]
