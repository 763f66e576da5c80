"""How soon a change in AWS of an endpoint in motion is in its row and on its page; beside a 5 s poller."""

import random
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape

from django.db import connection
from django.urls import reverse

from endpoints import intents
from endpoints.lines import open_line
from endpoints.models import Installation, Network, ReversePrivateEndpoint
from endpoints.providers import vpc_endpoints
from endpoints.reconcile import observe
from endpoints.reconcile.operators import operator_of
from tests.bench.control.house import Estate
from tests.bench.control.part import Sizes
from tests.bench.goals import Goal
from tests.bench.measure import Browser
from tests.engine.world import REGION, checked
from tests.kill import house as kill
from tests.sandbox_client import eventually, service_name

P50_MOST, P95_MOST = 1.5, 3.0
POLL_SECONDS = 5.0
_NEVER = 1e6  # seconds
_WORKERS = 2
_TELL = """
CREATE FUNCTION bench_told() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('bench_row', NEW.id || ' ' || NEW.status); RETURN NULL; END $$;
CREATE TRIGGER bench_told AFTER UPDATE ON endpoints_reverseprivateendpoint FOR EACH ROW
WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION bench_told();
"""
_POLLS = re.compile(r'id="live" class="stack" hx-get="([^"]+)" hx-trigger="every ([\d.]+)s"')


@dataclass
class Delays:
    """Seconds from the changes of one round until the row, the poller and the open page told them."""

    row: list[float] = field(default_factory=list)
    poller: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)


class Delay:
    """Endpoints of which half are accepted and half fail at AWS, at random moments while the region moves."""

    def __init__(self, estate: Estate, sizes: Sizes) -> None:
        self._changes, self._pages = sizes.changes, max(1, sizes.changes // 8)
        self._rounds: list[Delays] = []
        self._dice = random.Random(5)
        self._house = estate.house()
        with self._house.inside(), connection.cursor() as cursor:
            cursor.execute(_TELL)
            self._shy = str(self._house.box.create_service(REGION, acceptance_required=True)["name"])
            observe.observe_region(REGION)  # it reads the quotas

    def round(self) -> None:
        """Change each endpoint once, and see when that is told."""
        box, found = self._house.box, Delays()
        with self._house.inside() as people, self._house.workers(_WORKERS):
            box.knobs(pending_seconds=_NEVER)
            waiting = self._ask(people, self._shy, self._changes // 2)
            moving = self._ask(people, service_name(REGION, 2), self._changes // 2 + self._pages + 1)
            _arrive(people, waiting, "PendingAcceptance")
            _arrive(people, moving, "Provisioning")
            box.knobs(pending_seconds=0)
            watched = moving[: self._pages]  # and the last one moves on, so that the region does
            changes = [(row, box.accept) for row in waiting] + [
                (row, box.fail) for row in moving[self._pages : -1]
            ]
            self._dice.shuffle(changes)
            with _rows_told() as rows, _polled() as polled:
                changed = {}
                for row, change in changes:
                    time.sleep(self._dice.uniform(0.1, 0.6))
                    changed[str(row.pk)] = time.monotonic()
                    change(row.external_id)
                eventually(lambda: changed.keys() <= rows.keys() and changed.keys() <= polled.keys(), 60)
            found.row = [rows[key] - at for key, at in changed.items()]
            found.poller = [polled[key] - at for key, at in changed.items()]
            browser = Browser(people.user)
            for row in watched:
                found.page.append(self._until_shown(browser, row, box.fail))
        self._rounds.append(found)

    def _ask(self, people: kill.House, name: str, count: int) -> list[ReversePrivateEndpoint]:
        wanted = checked(people.service, name)
        return [
            intents.request_endpoint(service=people.service, wanted=wanted, by=people.user)
            for _ in range(count)
        ]

    def _until_shown(
        self, browser: Browser, row: ReversePrivateEndpoint, change: Callable[[str], object]
    ) -> float:
        """Open a page, change the endpoint, and poll as htmx does until the page tells it."""
        _, page = browser.ask(reverse("endpoint", args=[row.service_id, row.pk]))
        address, every = _polls(page)
        opened = time.monotonic()
        time.sleep(self._dice.uniform(0, every))
        changed = time.monotonic()
        change(row.external_id)
        polls_at = opened
        for _ in range(60):
            polls_at += every
            time.sleep(max(0.0, polls_at - time.monotonic()))
            status, page = browser.ask(address, HX_Request="true")
            if status == 200:
                if "Failed" in page:
                    return time.monotonic() - changed
                address, every = _polls(page)
        raise AssertionError("The page never told the change.")

    def _each(self, name: str, quantile: float) -> float:
        """Return the median over the rounds of a quantile within a round."""
        return statistics.median(_quantile(getattr(found, name), quantile) for found in self._rounds)

    def table(self) -> Sequence[tuple[str, ...]]:
        """Return quantiles of the delays: medians of the rounds."""
        lines: list[tuple[str, ...]] = [("seconds after the change", "p50", "p95", "worst")]
        words = {"row": "the row", "poller": f"a {POLL_SECONDS:g} s poller", "page": "the open page"}
        for name, word in words.items():
            lines.append((word, *(f"{self._each(name, quantile):.2f}" for quantile in (0.5, 0.95, 1.0))))
        return lines

    def goals(self) -> Sequence[Goal]:
        """Return the quantiles, those of the row beside what they may be."""
        return [
            Goal("delay to the row, p50, s", self._each("row", 0.5), P50_MOST),
            Goal("delay to the row, p95, s", self._each("row", 0.95), P95_MOST),
            Goal("delay to a 5 s poller, p50, s", self._each("poller", 0.5)),
            Goal("delay to a 5 s poller, p95, s", self._each("poller", 0.95)),
            Goal("delay to the open page, p50, s", self._each("page", 0.5)),
            Goal("delay to the open page, worst, s", self._each("page", 1.0)),
        ]


def _arrive(people: kill.House, rows: Sequence[ReversePrivateEndpoint], status: str) -> None:
    """Wait until all rows have a status and were seen in AWS."""
    keys = [row.pk for row in rows]
    there = ReversePrivateEndpoint.objects.filter(
        pk__in=keys, status=status, attempts__seen_at__isnull=False
    ).exclude(external_id="")
    people.wait(lambda: there.count() == len(keys), 120, status)
    for row in rows:
        row.refresh_from_db()


@contextmanager
def _rows_told() -> Iterator[Mapping[str, float]]:
    """Note when each row's change of status was committed (monotonic time), by a trigger's word."""
    told: dict[str, float] = {}
    over = threading.Event()
    line = open_line("bench", "bench_row")

    def listen() -> None:
        while not over.is_set():
            for notify in line.notifies(timeout=0.2, stop_after=1):
                told.setdefault(notify.payload.split()[0], time.monotonic())

    with line, _thread(listen, over):
        yield told


@contextmanager
def _polled() -> Iterator[Mapping[str, float]]:
    """List AWS every POLL_SECONDS and note when each endpoint's state was first seen changed."""
    network = Network.objects.filter(region=REGION).first()
    assert network is not None
    operator = operator_of(network, Installation.get())
    before = {seen.endpoint_id: seen.state for seen in vpc_endpoints.list_owned(operator, lambda _: {})}
    told: dict[str, float] = {}
    over = threading.Event()

    def poll() -> None:
        while not over.wait(POLL_SECONDS):
            for seen in vpc_endpoints.list_owned(operator, lambda _: {}):
                if seen.state != before.get(seen.endpoint_id):
                    told.setdefault(seen.endpoint_id, time.monotonic())

    with _thread(poll, over):
        yield told


@contextmanager
def _thread(act: Callable[[], None], over: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)


def _polls(page: str) -> tuple[str, float]:
    """Return the address that a page polls, and every how many seconds."""
    found = _POLLS.search(page)
    assert found, "The page does not follow."
    return unescape(found[1]), float(found[2])


def _quantile(values: Sequence[float], quantile: float) -> float:
    """Return the smallest value that so many of them do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(quantile * len(ranked) + 0.499) - 1))]
