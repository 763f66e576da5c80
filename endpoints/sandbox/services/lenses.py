"""What the faults `read_lag` and `rewrite` make of a read, for every service."""

import copy
from collections.abc import Collection, Iterable
from typing import Any, Protocol, TypeVar

from endpoints.sandbox.operations import Call
from endpoints.sandbox.world.lifecycle import ABSENT


class Lagging(Protocol):
    """An object that is made, deleted, and gone after a while."""

    number: int
    created_at: float
    removed_at: float | None
    state: str
    state_before_delete: str


L = TypeVar("L", bound=Lagging)


def through_lag(
    call: Call, mine: list[L], ghosts: Iterable[L], leaving: Collection[str], *, by_id: bool
) -> list[L]:
    """Apply read lag: what is younger than k seconds is missing, what was deleted since is still there.

    `ghosts` are objects of the caller that are gone, `leaving` the states from the delete on; `by_id` is
    whether the call asks by id.
    """
    lags = [fault for fault in call.lenses if fault.kind == "read_lag"]
    if not lags:
        return mine
    seconds = max(fault.seconds for fault in lags)
    lists_all = all(fault.hide == "by_id" for fault in lags) and not by_id
    seen = []
    for item in sorted([*mine, *ghosts], key=lambda item: item.number):
        if call.now - item.created_at < seconds and not lists_all:
            continue
        removed = item.removed_at
        if removed is None or (item.state in leaving and call.now - removed >= seconds):
            if item.state != ABSENT:
                seen.append(item)
            continue
        late = copy.copy(item)
        late.state = item.state_before_delete
        seen.append(late)
    return seen


def rewritten(call: Call, view: dict[str, Any], key: str) -> dict[str, Any]:
    """Apply `rewrite` to the view of the object `key`: members set to what it says, or left out."""
    for fault in call.lenses:
        if fault.kind == "rewrite" and fault.resource in ("", key):
            view = {**view, **fault.set}
            view = {name: value for name, value in view.items() if name not in fault.omit}
    return view
