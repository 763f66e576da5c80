"""How many more Resource endpoints fit, against placing them one after the other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.capacity import NONE, Capacity, SubnetRoom, capacity

ROOMS = st.lists(st.builds(SubnetRoom, st.sampled_from(["az1", "az2", "az3"]), st.integers(0, 6)), max_size=6)


def by_placing(rooms: list[SubnetRoom], quota_left: int) -> Capacity:
    """Place endpoints: each takes a block in one subnet of each zone that has one, until none fits."""
    free = [[room.zone, room.blocks] for room in rooms]
    zones = {room.zone for room in rooms}
    every, total = 0, 0
    while total < quota_left:
        taken = {}
        for subnet in free:
            if subnet[1] and subnet[0] not in taken:
                taken[subnet[0]] = subnet
        if not taken:
            break
        for subnet in taken.values():
            subnet[1] -= 1  # type: ignore[operator]
        total += 1
        every += taken.keys() == zones
    return Capacity(every, total)


@settings(deadline=None, database=None, max_examples=300)
@given(ROOMS, st.integers(-1, 12))
def test_as_many_fit_as_can_be_placed(rooms: list[SubnetRoom], quota_left: int) -> None:
    found = capacity(rooms, quota_left)
    assert found == by_placing(rooms, quota_left)
    assert 0 <= found.every_zone <= found.any_zone <= max(quota_left, 0)


@pytest.mark.parametrize(
    ("blocks", "quota_left", "expected"),
    [
        ([("a", 14), ("b", 14)], 200, Capacity(14, 14)),
        ([("a", 14), ("b", 3)], 200, Capacity(3, 14)),
        ([("a", 14), ("b", 0)], 200, Capacity(0, 14)),
        ([("a", 5), ("a", 4), ("b", 20)], 200, Capacity(9, 20)),
        ([("a", 14), ("b", 14)], 2, Capacity(2, 2)),
        ([("a", 14)], 0, NONE),
        ([("a", 14)], -3, NONE),
        ([], 200, NONE),
    ],
)
def test_zones_and_quota_bound_the_room(
    blocks: list[tuple[str, int]], quota_left: int, expected: Capacity
) -> None:
    assert capacity([SubnetRoom(*room) for room in blocks], quota_left) == expected


def test_the_room_of_networks_adds_up() -> None:
    assert Capacity(1, 4) + Capacity(2, 3) == Capacity(3, 7)
