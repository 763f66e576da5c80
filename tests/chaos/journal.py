"""What was really asked and done in a storm, in the order in which it was."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.chaos.lives import Act
from tests.chaos.schedule import Ask
from tests.sandbox_client import Json, Sandbox

CREATES = ("CreateVpcEndpoint", "CreateVpcConnection")
DELETES = ("DeleteVpcEndpoints", "DeleteVpcConnection")
ACCEPTS = ("AcceptResourceShareInvitation",)


@dataclass(frozen=True)
class Deed:
    """An act of an owner or a stranger that took effect on an AWS object, after the call `seq` of the log."""

    endpoint: uuid.UUID
    act: Act
    external_id: str
    seq: int


@dataclass
class Journal:
    """`asks`: each request that was answered, by its row; `refused`: those that were not taken.

    `missed`: acts for which there was no occasion in time.
    """

    asks: dict[uuid.UUID, Ask] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    removals: set[uuid.UUID] = field(default_factory=set)
    retries: set[tuple[uuid.UUID, int]] = field(default_factory=set)
    deeds: list[Deed] = field(default_factory=list)
    missed: list[tuple[int, Act]] = field(default_factory=list)

    def done_to(self, endpoint: uuid.UUID, external_id: str) -> list[Act]:
        """Return what was done to one AWS object of an endpoint, in order."""
        return [
            deed.act for deed in self.deeds if (deed.endpoint, deed.external_id) == (endpoint, external_id)
        ]

    def expired(self) -> set[uuid.UUID]:
        """Return the endpoints of which an object expired: they are removed at once, by "cleanup"."""
        return {deed.endpoint for deed in self.deeds if deed.act is Act.EXPIRE}


class EffectLog:
    """The writing calls of the sandbox's log, read often enough that none is forgotten there."""

    def __init__(self, box: Sandbox) -> None:
        self._box = box
        self._calls: dict[int, Json] = {}
        self._since = dict.fromkeys((*CREATES, *DELETES, *ACCEPTS), box.last_seq())

    def read(self) -> None:
        """Read on from the oldest call that was still under way."""
        for operation, since in self._since.items():
            found = self._box.calls(operation=operation, since=since)
            self._calls |= {call["seq"]: call for call in found}
            under_way = [call["seq"] - 1 for call in found if not call["done"]]
            self._since[operation] = min([*under_way, max((call["seq"] for call in found), default=since)])

    def effects(self) -> Iterable[Json]:
        """Return the calls that changed something, oldest first."""
        return [call for _, call in sorted(self._calls.items()) if call["effect"]]
