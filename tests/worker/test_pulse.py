"""The pulse in one process: one leader, one statement a look, and a look when the next thing is due."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django_q.models import OrmQ, Schedule

from endpoints import clock
from endpoints.domain.status import Status
from endpoints.intents import wake_pulse
from endpoints.lines import LEADER_LOCK, open_line
from endpoints.models import Organization, Region, Service, read_clock
from endpoints.reconcile import due
from endpoints.worker import pulse, schedules
from endpoints.worker.pulse import Pulse
from tests.people import make_endpoint, make_network, make_region, make_service

pytestmark = pytest.mark.django_db(transaction=True)


Begin = Callable[..., Pulse]


@pytest.fixture
def line() -> Iterator[psycopg.Connection]:
    with open_line("test") as line:
        yield line


@pytest.fixture
def region() -> Region:
    """A region with a network that is due in an hour."""
    region = make_region(observe_due_at=read_clock().now + timedelta(hours=1))
    make_network(region)
    return region


def _service() -> Service:
    return make_service(Organization.objects.create(name="Example Shop"))


@pytest.fixture
def begin() -> Iterator[Begin]:
    """A way to begin a pulse; all are closed at the end."""
    begun: list[Pulse] = []

    def begin_it(*hooks: list[pulse.Hook]) -> Pulse:
        begun.append(Pulse(*hooks))
        return begun[-1]

    yield begin_it
    for each in begun:
        each.close()


def _due_in(region: Region, seconds: float) -> None:
    at = read_clock().now + timedelta(seconds=seconds)
    Region.objects.filter(pk=region.pk).update(observe_due_at=at)


def _tasks() -> list[str]:
    return [task.task["func"].rpartition(".")[2] for task in OrmQ.objects.order_by("pk")]


def _turns(beating: Pulse, seconds: float) -> int:
    """Take turns for some time; return how many of them looked."""
    end, looks = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        looks += beating.turn() is not None
    return looks


# --- the look ---------------------------------------------------------------------------------------------


def test_a_look_tells_what_is_due_and_when_the_next_thing_is(
    line: psycopg.Connection, region: Region
) -> None:
    service = _service()
    now = read_clock().now
    for seconds in (-2, -1, 30):
        make_endpoint(service, Status.PROVISIONING, due_at=now + timedelta(seconds=seconds))
    held = {"due_at": now, "lease_until": now + timedelta(hours=1)}
    make_endpoint(service, Status.PROVISIONING, **held)
    make_endpoint(service, Status.READY, due_at=None)
    look = due.look(line, 10, None)
    assert (look.regions, look.endpoints, look.granted, look.is_work_due) == ([], 2, False, True)
    assert look.next_in is not None
    assert 28 < look.next_in <= 30
    assert abs(look.moment.real - read_clock().real) < timedelta(seconds=5)
    assert due.look(line, 1, None).endpoints == 1
    _due_in(region, -1)
    assert due.look(line, 10, None).regions == [region.pk]


def test_a_look_at_nothing_says_never(line: psycopg.Connection) -> None:
    look = due.look(line, 10, None)
    assert (look.regions, look.endpoints, look.next_in, look.is_work_due) == ([], 0, None, False)


def test_a_look_and_the_safety_net_see_the_same(line: psycopg.Connection, region: Region) -> None:
    later = read_clock().now + timedelta(hours=2)
    never_listed = make_network(Region.objects.create(name="us-east-1")).region_id
    set_back = make_network(make_region("us-west-2", listed_at=later, observe_due_at=later)).region_id
    taken = make_region("eu-west-1", observe_due_at=None, lease_until=later)
    make_network(taken)
    Region.objects.create(name="sa-east-1")  # nobody has a network there
    look = due.look(line, 10, None)
    assert list(look.regions) == due.due_regions(read_clock()) == [never_listed, set_back]


# --- the beat ---------------------------------------------------------------------------------------------


def test_one_leads_and_the_next_takes_over_when_it_is_gone(begin: Begin, region: Region) -> None:
    said: list[str] = []
    first = begin([lambda: said.append("leads")], [lambda: said.append("closed")])
    second = begin([lambda: said.append("second leads")], [lambda: said.append("second closed")])
    first.turn()
    second.turn()
    assert said == ["leads"]
    _due_in(region, 0)
    second._look_at = 0.0
    second.turn()
    assert _tasks() == []
    first.turn()
    assert _tasks() == ["observe_region"]
    first.close()
    _turns(second, pulse.FOLLOW_SECONDS + 0.2)
    second.close()
    assert said == ["leads", "closed", "second leads", "second closed"]


def test_a_region_is_enqueued_when_it_is_due_and_not_a_second_later(begin: Begin, region: Region) -> None:
    beating = begin()
    beating.turn()
    _due_in(region, 1.3)
    wake_pulse()
    began = time.monotonic()
    while not _tasks():
        beating.turn()
    assert 1.2 < time.monotonic() - began < 1.8


def test_a_wake_up_is_answered_at_once_and_many_by_few_looks(begin: Begin, region: Region) -> None:
    beating = begin()
    beating.turn()
    beating.turn()
    service = _service()
    make_endpoint(service, Status.PROVISIONING, due_at=read_clock().now)
    for _ in range(50):
        wake_pulse()
    began = time.monotonic()
    beating.turn()
    assert time.monotonic() - began < 0.5
    assert _tasks() == ["reconcile_due"]
    assert _turns(beating, 0.5) <= 2


def test_an_idle_leader_and_an_idle_follower_hardly_look(begin: Begin, region: Region) -> None:
    leader, follower = begin(), begin()
    for each in (leader, leader):
        each.turn()
    assert _turns(leader, 1.8) == 0
    follower.turn()
    assert _turns(follower, 0.8) == 0


def test_a_leader_that_falls_silent_loses_the_lead(
    begin: Begin, region: Region, line: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a frozen process, or a host that was cut off: its connection is there, and nobody uses it."""
    monkeypatch.setattr(pulse, "SILENT_SECONDS", 1.0)
    frozen = begin()
    frozen.turn()
    assert not due.look(line, 1, LEADER_LOCK).granted
    time.sleep(1.5)
    assert due.look(line, 1, LEADER_LOCK).granted
    frozen._look_at = 0.0
    with pytest.raises(psycopg.Error):
        frozen.turn()


def test_a_moved_clock_is_noticed_without_a_word(
    begin: Begin, region: Region, settings: Any, tmp_path: Path
) -> None:
    settings.CLOCK_FILE = tmp_path / "clock.json"
    beating = begin()
    beating.turn()
    beating.turn()
    clock.write(settings.CLOCK_FILE, clock.IDENTITY.advanced(timedelta(hours=2), read_clock().real))
    assert _turns(beating, 1.2) >= 1
    assert _tasks() == ["observe_region"]


# --- the schedules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("sweep", timedelta(minutes=1), timedelta(minutes=3)),
        ("audit", timedelta(minutes=5), timedelta(minutes=7)),
        ("prune", timedelta(days=1), timedelta(days=2)),
    ],
)
def test_a_schedule_that_a_wrong_clock_planned_is_brought_back(
    name: str, right: timedelta, wrong: timedelta
) -> None:
    schedules.install()
    planned = Schedule.objects.filter(name=name)
    for ahead, stays in ((right, True), (wrong, False)):
        now = read_clock().real
        planned.update(next_run=now + ahead)
        schedules.bring_back()
        next_run = now + ahead if stays else now
        assert abs(planned.get().next_run - next_run) < timedelta(seconds=10)


def test_the_leader_brings_schedules_back(begin: Begin, region: Region) -> None:
    schedules.install()
    Schedule.objects.filter(name="sweep").update(next_run=read_clock().real + timedelta(hours=3))
    beating = begin()
    beating.turn()
    beating.turn()
    assert Schedule.objects.get(name="sweep").next_run < read_clock().real + timedelta(minutes=1)


@pytest.mark.parametrize(("ahead", "told"), [(7, "+7 s"), (-7, "-7 s"), (3, "")])
def test_each_worker_tells_that_its_clock_is_wrong_whether_it_leads_or_not(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, ahead: float, told: str
) -> None:
    leader, follower = begin(), begin()
    leader.turn()
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + ahead)
    for each in (leader, follower):
        caplog.clear()
        each.turn()
        said = [message for message in caplog.messages if "The clock of this host is" in message]
        assert len(said) == bool(told)
        assert told in "".join(said)
