"""Every call of a create and of a delete with every kind of kill; and one kill of each kind as shipped."""

import time
from collections.abc import Callable
from datetime import datetime
from itertools import cycle

import pytest

from endpoints.models import ReversePrivateEndpoint, read_clock
from tests.kill.conftest import Furnish
from tests.kill.house import SHIPPED, WORKED_ON_WITHIN, House, Worker, since
from tests.kill.scenes import (
    CALLS,
    KINDS,
    Kind,
    Release,
    When,
    assert_one_object_each,
    kill,
    play,
    sleep_through,
)

pytestmark = [pytest.mark.kill, pytest.mark.full]

Case = tuple[str, When, Kind, Release]
CHILDREN: tuple[Kind, ...] = ("first", "sentinel", "pusher", "monitor", "busy", "idle")


def _matrix() -> list[Case]:
    """A write with each process and on both sides of its effect; a read with each kind and on either side.

    Of the children, a read sees the one that calls and two more, so that its turns reach them all.
    """
    cases: list[Case] = []
    releases: cycle[Release] = cycle(("proceed", "drop", "late"))
    sides: cycle[When] = cycle(("before", "after"))
    others = cycle([child for child in CHILDREN if child != "busy"])
    for name, call in CALLS.items():
        if call.writes:
            cases += [(name, side, kind, next(releases)) for kind in KINDS for side in ("before", "after")]
        else:
            kinds: list[Kind] = ["group", "parent", "stop", "busy", next(others), next(others)]
            cases += [(name, next(sides), kind, next(releases)) for kind in kinds]
            next(sides)
    return cases


@pytest.mark.parametrize(("call", "when", "kind", "release"), _matrix())
def test_work_goes_on_by_itself_after_any_kill_at_any_call(
    house: House, tell: Callable[[object], None], call: str, when: When, kind: Kind, release: Release
) -> None:
    tell(play(house, CALLS[call], when, kind, release))


@pytest.mark.timeout(700)
def test_with_the_limits_as_shipped_work_goes_on_after_one_kill_of_each_kind(
    furnished: Furnish, tell: Callable[[object], None]
) -> None:
    """The kills follow each other at once: while one row waits for its lease, the next is worked on."""
    house = furnished(SHIPPED)
    house.box.knobs(pending_seconds=2)
    worker = house.start_worker()
    rows: list[tuple[str, ReversePrivateEndpoint, float, datetime | None, datetime]] = []
    done: dict[str, float] = {}

    def look() -> bool:
        for name, row, began, _, _ in rows:
            if house.ready(row):
                done.setdefault(name, since(began))
            if row.external_id:
                done.setdefault(f"{name}, made", since(began))
        return all(name in done for name, *_ in rows)

    kinds: list[tuple[Kind, When]] = [
        ("group", "after"), ("parent", "before"), ("busy", "after"), ("stop", "before"),
    ]  # fmt: skip
    for kind, when in kinds:
        row = _hold_create(house, worker, when)
        held_until = house.held_until(row)
        if kind == "stop":
            house.start_worker()
        kill(house, worker, kind)
        rows.append((kind, row, time.monotonic(), held_until, read_clock().real))
        house.box.release_all("drop")
        rows.append((f"another after {kind}", house.ask(), time.monotonic(), None, read_clock().real))
        if kind != "stop":
            worker = house.workers[-1]
        look()
    sleep_through(house, worker, look)
    house.wait(look, house.lease + WORKED_ON_WITHIN, "recovery from all kills")
    assert_one_object_each(house, *(row for _, row, *_ in rows))
    for name, _, _, held_until, killed_at in rows:
        left = max(0.0, (held_until - killed_at).total_seconds()) if held_until else 0.0
        after_lease = max(0.0, done[name] - left)
        tell(
            f"{name}: made after {done[f'{name}, made']:.1f} s, Ready after {done[name]:.1f} s, "
            f"{after_lease:.1f} s after its lease"
        )
        if held_until is None:
            assert done[f"{name}, made"] <= WORKED_ON_WITHIN
        else:
            assert after_lease <= WORKED_ON_WITHIN


def _hold_create(house: House, worker: Worker, when: When) -> ReversePrivateEndpoint:
    """Ask for an endpoint and hold its create."""
    worker.crew()
    row = house.ask()
    house.box.fault(f"hold_{when}", operation="CreateVpcEndpoint", resource=str(row.pk), count=1)
    # The kill before may have left the queue stuck: then this is what the watchdog must mend in time.
    house.wait(house.box.holds, WORKED_ON_WITHIN, "the next create")
    return row
