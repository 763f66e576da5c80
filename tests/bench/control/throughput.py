"""How fast endpoints come and go, against a bare loop: the same sandbox process, by turns."""

import statistics
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, fields
from itertools import pairwise

from django.db import connection

from endpoints import intents
from endpoints.models import Network, Organization, Region, ReversePrivateEndpoint, Role, Service, User
from endpoints.reconcile import observe
from tests.bench.control.house import Estate
from tests.bench.control.loop import Loop
from tests.bench.control.part import Sizes
from tests.bench.goals import Goal
from tests.engine.world import REGION, checked
from tests.kill import house as kill
from tests.people import give_role, make_service, make_user
from tests.sandbox_client import Sandbox

RATIO_LEAST = 0.6
SEEN_DELETED_SECONDS = 60
"""How long the sandbox shows what is deleted, so that nobody has to wait for it to be missed, as in AWS."""

_ZONES = ("euc1-az1", "euc1-az2", "euc1-az3")
_WARM_UP = 3
_PATIENCE = 900.0


@dataclass(frozen=True)
class Run:
    """Seconds of one turn: of the loop; of the engine until all was asked for, Ready, asked away, gone."""

    loop: float
    asked: float
    ready: float
    removing: float
    gone: float

    @property
    def engine(self) -> float:
        """All of the engine's seconds."""
        return self.asked + self.ready + self.removing + self.gone


@dataclass(frozen=True)
class Asker:
    """One of those who ask at once: an operator of a service in an organization of its own."""

    service: Service
    user: User
    names: list[str]
    """Endpoint services, each offered in one of three zones: a subnet of the sandbox has 251 addresses."""

    @classmethod
    def make(cls, number: int, box: Sandbox) -> "Asker":
        """Make organization, service, operator and endpoint services."""
        service = make_service(Organization.objects.create(name=f"Organization {number}"))
        user = make_user(f"asker-{number}@example.com")
        give_role(user, Role.OPERATOR, service)
        return cls(service, user, [box.create_service(REGION, zone_ids=[zone])["name"] for zone in _ZONES])


def shares(whole: int, parts: int) -> list[int]:
    """Return a whole in parts as even as can be."""
    return [whole * (n + 1) // parts - whole * n // parts for n in range(parts)]


def _ask(asker: Asker, count: int) -> list[ReversePrivateEndpoint]:
    """Ask for so many endpoints, one after the other. In a thread of its own."""
    with closing(connection):
        wanted = [checked(asker.service, name) for name in asker.names]
        return [
            intents.request_endpoint(service=asker.service, wanted=wanted[number % 3], by=asker.user)
            for number in range(count)
        ]


def _remove(asker: Asker, rows: Iterable[ReversePrivateEndpoint]) -> None:
    """Ask for removals, one after the other. In a thread of its own."""
    with closing(connection):
        for row in rows:
            intents.request_removal(endpoint=row, by=asker.user)


class Throughput:
    """So many endpoints at once, to Ready and gone again, as fast as the workers can."""

    def __init__(self, estate: Estate, sizes: Sizes) -> None:
        self._sizes = sizes
        self._runs: list[Run] = []
        self._house = estate.house()
        with self._house.inside():
            box = self._house.box
            box.knobs(deleted_visible_seconds=SEEN_DELETED_SECONDS)
            self._operations: dict[str, int] = {}
            self._askers = [Asker.make(number, box) for number in range(sizes.people)]
            observe.observe_region(REGION)  # it reads the quotas

    def round(self) -> None:
        """Let both sides run, the loop first in every other round."""
        with self._house.inside() as people:
            if len(self._runs) % 2:
                engine, loop = self._engine(people), self._loop()
            else:
                loop, engine = self._loop(), self._engine(people)
        self._runs.append(Run(loop, *engine))

    def _loop(self) -> float:
        loop, names = Loop(Network.objects.get(region=REGION)), self._askers[0].names
        for number in range(_WARM_UP):
            loop.one(names[number % 3], number % 3)
        began = time.monotonic()
        for number in range(self._sizes.endpoints):
            loop.one(names[number % 3], number % 3)
        return time.monotonic() - began

    def _engine(self, people: kill.House) -> tuple[float, float, float, float]:
        Region.objects.filter(pk=REGION).update(observe_due_at=None)
        with self._house.workers(self._sizes.workers):
            self._come_and_go(people, _WARM_UP * self._sizes.workers)
            since = self._house.box.last_seq()
            found = self._come_and_go(people, self._sizes.endpoints)
        self._operations = {}
        for call in self._house.box.calls(since=since):
            self._operations[call["operation"]] = self._operations.get(call["operation"], 0) + 1
        return found

    def _come_and_go(self, people: kill.House, count: int) -> tuple[float, float, float, float]:
        times = [time.monotonic()]
        askers = self._askers
        with ThreadPoolExecutor(len(askers)) as threads:
            rows = list(threads.map(_ask, askers, shares(count, len(askers))))
        times.append(time.monotonic())
        here = ReversePrivateEndpoint.objects.live()
        people.wait(lambda: here.filter(status="Ready").count() == count, _PATIENCE, "all Ready")
        times.append(time.monotonic())
        with ThreadPoolExecutor(len(askers)) as threads:
            list(threads.map(_remove, askers, rows))
        times.append(time.monotonic())
        people.wait(lambda: not here.exists(), _PATIENCE, "all gone")
        times.append(time.monotonic())
        asked, ready, removing, gone = (b - a for a, b in pairwise(times))
        return asked, ready, removing, gone

    def table(self) -> Sequence[tuple[str, ...]]:
        """Return the seconds of both sides in each round, and the engine's calls."""
        heads = ("", *(f"round {number}" for number in range(1, len(self._runs) + 1)))
        names = [*(one.name for one in fields(Run)), "engine"]
        lines = [(f"{name}, s", *(f"{getattr(run, name):.2f}" for run in self._runs)) for name in names]
        ratios = ("loop / engine", *(f"{run.loop / run.engine:.2f}" for run in self._runs))
        return [heads, *lines, ratios]

    def goals(self) -> Sequence[Goal]:
        """Return the ratio of the medians."""
        loop = statistics.median(run.loop for run in self._runs)
        engine = statistics.median(run.engine for run in self._runs)
        calls = sum(self._operations.values()) / self._sizes.endpoints
        return [
            Goal("throughput_ratio", loop / engine, least=RATIO_LEAST),
            Goal("loop, endpoints a second", self._sizes.endpoints / loop),
            Goal("engine, endpoints a second", self._sizes.endpoints / engine),
            Goal("engine, calls per endpoint", calls),
        ]
