"""Every call of a create and of a delete with every kind of kill; and one kill of each kind as shipped."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import cycle

import pytest

from endpoints.domain.timing import OBSERVE_SETTLED
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint, read_clock
from tests.kill.calls import CALLS, Call
from tests.kill.conftest import Furnish
from tests.kill.house import SHIPPED, WORKED_ON_WITHIN, House, Worker, since
from tests.kill.scenes import KINDS, Kind, Release, When, bring_to, kill, play, sleep_through
from tests.kill.targets import alive, assert_one_object_each

pytestmark = [pytest.mark.kill, pytest.mark.full]

Case = tuple[str, When, Kind, Release]
CHILDREN: tuple[Kind, ...] = ("first", "sentinel", "pusher", "monitor", "busy", "idle")
BASIC: tuple[Kind, ...] = ("group", "busy", "stop")
"""Kinds that end (or stop) the process that calls; parent, first and sentinel do it by its ancestors."""


def _matrix() -> list[Case]:
    """Every call of VPC_ENDPOINT_SERVICE, and those of the other types as far as they are others.

    A write with each process and on both sides of its effect; a read with each kind and on either side. Of
    the children, a read sees the one that calls and two more, so that its turns reach them all.

    The other types leave out, for they need time: all kinds but one of a read, in turn; one side of each kind
    of a delete and of each but the basic kinds of other writes, in turn; and all but the basic kinds of
    CreateVpcEndpoint and DeleteVpcEndpoints, which the same code sends for VPC_RESOURCE.
    """
    cases: list[Case] = []
    releases: cycle[Release] = cycle(("proceed", "drop", "late"))
    sides: cycle[When] = cycle(("before", "after"))
    others = cycle([child for child in CHILDREN if child != "busy"])
    kinds_in_turn = cycle(KINDS)
    for name, call in CALLS.items():
        if call.type != EndpointType.VPC_ENDPOINT_SERVICE:
            turns = _kinds_of_new(call, sides) if call.writes else [(next(kinds_in_turn), next(sides))]
            cases += [(name, side, kind, next(releases)) for kind, side in turns]
        elif call.writes:
            cases += [(name, side, kind, next(releases)) for kind in KINDS for side in ("before", "after")]
        else:
            kinds: list[Kind] = ["group", "parent", "stop", "busy", next(others), next(others)]
            cases += [(name, next(sides), kind, next(releases)) for kind in kinds]
            next(sides)
    return cases


def _kinds_of_new(call: Call, sides: Iterator[When]) -> list[tuple[Kind, When]]:
    """Return kinds and sides of a write of a type that came later."""
    if "VpcEndpoint" in call.operation:
        return [(kind, next(sides)) for kind in BASIC]
    if call.phase == "delete":
        return [(kind, next(sides)) for kind in KINDS]
    both: list[tuple[Kind, When]] = [(kind, side) for kind in BASIC for side in ("before", "after")]
    return both + [(kind, next(sides)) for kind in KINDS if kind not in BASIC]


@pytest.mark.parametrize(("call", "when", "kind", "release"), _matrix())
def test_work_goes_on_by_itself_after_any_kill_at_any_call(
    house: House, tell: Callable[[object], None], call: str, when: When, kind: Kind, release: Release
) -> None:
    tell(play(house, CALLS[call], when, kind, release))


@pytest.mark.parametrize(("when", "release"), [("before", "late"), ("after", "drop")])
def test_a_create_without_a_token_that_was_killed_is_not_repeated_for_a_removal(
    house: House, tell: Callable[[object], None], when: When, release: Release
) -> None:
    """Only listings tell what became of it; where it takes effect after all of that, it is taken back."""
    row, worker, hold = bring_to(house, CALLS["MSK_MULTI_VPC create"], when)
    began = time.monotonic()
    kill(house, worker, "group")
    house.remove(row)
    if release == "drop":
        house.box.release(hold["id"], "drop")
    house.box.advance(house.grace)
    house.wait(lambda: house.gone(row), house.lease + WORKED_ON_WITHIN, "the removal")
    tell(f"gone {since(began):.1f} s after the kill")
    if release == "late":
        house.box.release(hold["id"], "proceed")
        house.wait(lambda: alive(house.box, row), 5, "the late effect")
        house.box.advance(OBSERVE_SETTLED.total_seconds())
        house.wait(lambda: not alive(house.box, row), WORKED_ON_WITHIN, "the end of the late effect")
        house.wait(lambda: house.gone(row), WORKED_ON_WITHIN, "the second end of its row")
    assert house.box.count(operation="CreateVpcConnection") == 1
    assert house.box.count(operation="DeleteVpcConnection") == 1
    assert_one_object_each(house.box, row)


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
    assert_one_object_each(house.box, *(row for _, row, *_ in rows))
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
