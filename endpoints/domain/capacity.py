"""How many more Resource endpoints fit. Source: aws.md §1b (a /28 per subnet), §4 "Quotas".

One endpoint takes one free block of 16 addresses in one subnet of each zone that has such a block, and counts
once against its VPC's quota.
"""

from collections.abc import Iterable
from dataclasses import dataclass

FEW = 3
"""At so many or fewer, whoever looks is warned."""


@dataclass(frozen=True)
class SubnetRoom:
    """The free blocks of one subnet; `zone` is a zone ID."""

    zone: str
    blocks: int


@dataclass(frozen=True)
class Capacity:
    """`every_zone`: how many more endpoints fit in all zones; `any_zone`: in at least one, those included."""

    every_zone: int
    any_zone: int

    def __add__(self, other: "Capacity") -> "Capacity":
        return Capacity(self.every_zone + other.every_zone, self.any_zone + other.any_zone)


NONE = Capacity(0, 0)


def capacity(rooms: Iterable[SubnetRoom], quota_left: int) -> Capacity:
    """Return how many more endpoints fit into one network, given the room of all of its subnets."""
    by_zone: dict[str, int] = {}
    for room in rooms:
        by_zone[room.zone] = by_zone.get(room.zone, 0) + room.blocks
    if not by_zone or quota_left <= 0:
        return NONE
    return Capacity(min(quota_left, *by_zone.values()), min(quota_left, max(by_zone.values())))
