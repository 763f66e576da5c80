"""One kill: bring a row to a call, hold the call, kill, release, and see that work goes on by itself."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from endpoints.models import ReversePrivateEndpoint, read_clock
from tests.kill.calls import Call
from tests.kill.house import GONE_WITHIN, WORKED_ON_WITHIN, House, Worker, sandbox_port, since
from tests.kill.processes import Process
from tests.kill.targets import assert_one_object_each
from tests.sandbox_client import Json, eventually, service_name

Kind = Literal["group", "parent", "first", "sentinel", "pusher", "monitor", "busy", "idle", "stop"]
Release = Literal["proceed", "drop", "late"]  # late: the call goes on after everything has recovered
When = Literal["before", "after"]


KINDS: tuple[Kind, ...] = (
    "group", "parent", "first", "sentinel", "pusher", "monitor", "busy", "idle", "stop",
)  # fmt: skip
SLOW = (
    "pending_seconds", "deleting_seconds", "resource_pending_seconds", "association_seconds",
    "msk_creating_seconds", "msk_deleting_seconds",
)  # fmt: skip
"""What takes a second in the sandbox of a play."""


@dataclass(frozen=True)
class Recovery:
    """Real seconds from the kill until the row, and another one asked for then, were where they should be."""

    row: float
    after_lease: float
    touched: float  # the other one was made in AWS
    other: float
    gone: float

    def __str__(self) -> str:
        return (
            f"row {self.row:5.1f} s ({self.after_lease:5.1f} s after its lease), "
            f"another made {self.touched:4.1f} s, Ready {self.other:5.1f} s, processes gone {self.gone:.2f} s"
        )


def play(house: House, call: Call, when: When, kind: Kind, release: Release) -> Recovery:
    """Play one kill and return how long recovering took. Raises AssertionError when anything is wrong."""
    row, worker, hold = bring_to(house, call, when)
    held_until = house.held_until(row)
    began, killed_at = time.monotonic(), read_clock().real
    if kind == "stop":
        house.start_worker()
    doomed = kill(house, worker, kind)
    assert not hold_is_lost(house, hold), "the call was given up before the kill"
    gone = 0.0
    if doomed:
        eventually(lambda: not any(p.is_alive() for p in doomed), GONE_WITHIN, "the end of the killed")
        gone = since(began)
    if release != "late":
        house.box.release(hold["id"], release)
    other = house.ask(call.type)
    limit = house.lease + WORKED_ON_WITHIN
    done: dict[str, float] = {}

    def look() -> bool:
        there = {"row": arrived(house, call, row), "other": house.ready(other)}
        for name, is_there in (there | {"touched": bool(other.external_id)}).items():
            if is_there:
                done.setdefault(name, since(began))
        return len(done) == 3

    if kind == "stop":
        sleep_through(house, worker, look)
    house.wait(look, limit, f"recovery from {kind} at {call}")
    if release == "late":
        house.box.release(hold["id"], "proceed")
        house.wait(lambda: not house.box.count(done=False, operation=call.operation), 5, "the late call")
    assert_one_object_each(house.box, row, other)
    left = max(0.0, (held_until - killed_at).total_seconds()) if held_until else 0.0
    figures = Recovery(done["row"], max(0.0, done["row"] - left), done["touched"], done["other"], gone)
    assert figures.after_lease <= WORKED_ON_WITHIN
    assert figures.touched <= WORKED_ON_WITHIN
    return figures


def bring_to(house: House, call: Call, when: When) -> tuple[ReversePrivateEndpoint, Worker, Json]:
    """Start a worker and hold the call; return row, worker and hold."""
    # A quota that nobody raised is an error, and an error is not held after its effect.
    house.box.knobs(interface_quota_per_vpc=60, **dict.fromkeys(SLOW, 1.0))
    if call.phase == "delete":
        worker = house.start_worker()
        row = house.ask(call.type)
        house.wait(lambda: house.ready(row), 30, "Ready")
        house.box.advance(house.grace)
        act: Callable[[], object] = lambda: house.remove(row)  # noqa: E731
    else:
        row = house.ask(call.type, 4 if call.phase == "private DNS" else 2)
        worker_of: list[Worker] = []
        act = lambda: worker_of.append(house.start_worker())  # noqa: E731
    if call.after:
        # What comes after may come at once: it is waited for before the answer to its forerunner goes out.
        house.box.fault("hold_after", operation=call.after, count=1)
        act()
        before = house.box.wait_for_hold(60, operation=call.after)
        arm(house, call, when, row)
        house.box.release(before["id"])
    else:
        arm(house, call, when, row)
        act()
    if call.phase != "delete":
        worker = worker_of[0]
    try:
        hold = house.box.wait_for_hold(60, operation=call.operation)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{house.said()[-4000:]}") from None
    return row, worker, hold


def arm(house: House, call: Call, when: When, row: ReversePrivateEndpoint) -> None:
    """Let the sandbox hold the next such call."""
    where = {"resource": str(row.pk)} if call.by_row else {}
    if call.operation == "DescribeVpcEndpointServices":
        where = {"resource": service_name("eu-central-1", 4 if call.phase == "private DNS" else 2)}
    house.box.fault(f"hold_{when}", operation=call.operation, count=1, **where)


def kill(house: House, worker: Worker, kind: Kind) -> list[Process]:
    """Kill -9 (or stop) the one that is meant; return the processes that have to be gone soon.

    Where nothing is left that could go on, start a new worker, as a service manager does.
    """
    family = worker.family()
    if kind == "group":
        for process in family:
            process.send(signal.SIGKILL)
    elif kind == "parent":
        worker.process.kill()
    elif kind == "stop":
        for process in family:
            process.send(signal.SIGSTOP)
        return []
    else:
        return _kill_child(house, worker, kind)
    worker.process.wait(10)
    house.workers.remove(worker)
    house.start_worker()
    return family


def _kill_child(house: House, worker: Worker, kind: Kind) -> list[Process]:
    first, sentinel, crew = worker.first(), worker.sentinel(), worker.crew()
    *hands, monitor, pusher = crew
    # A kept connection of an earlier call does not make a hand busy; waiting for the queue makes it idle.
    port = sandbox_port(house.box)
    busy = [hand for hand in hands if hand.is_calling(port) and not hand.waits_for_the_queue()]
    idle = [hand for hand in hands if hand not in busy] or hands[:1]
    one = {
        "first": first, "sentinel": sentinel, "monitor": monitor, "pusher": pusher,
        "busy": (busy or hands)[0], "idle": idle[0],
    }[kind]  # fmt: skip
    one.send(signal.SIGKILL)
    fallen = {"first": [first, sentinel, *crew], "sentinel": [sentinel, *crew]}
    return fallen.get(kind, [one])


def hold_is_lost(house: House, hold: Json) -> bool:
    """Say whether the hold ended by itself."""
    return hold["id"] not in [held["id"] for held in house.box.holds()]


def sleep_through(house: House, worker: Worker, look: Callable[[], object]) -> None:
    """Let twice the lease pass while a worker is stopped, look on, then let it go on."""
    end = time.monotonic() + 2 * house.lease
    while time.monotonic() < end:
        look()
        time.sleep(0.1)
    for process in reversed(worker.family()):
        process.send(signal.SIGCONT)


def arrived(house: House, call: Call, row: ReversePrivateEndpoint) -> bool:
    """Say whether a row is where it was to go."""
    if call.phase == "delete":
        return house.gone(row)
    if call.phase == "private DNS":
        return house.ready(row) and bool(row.private_dns_names)
    return house.ready(row)
