"""The notation of the table: who gets which answer, said once for each kind of address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.access.world import Place

Sent = Mapping[str, Any]
Body = Sent | Callable[["Place"], Sent]


class Level(IntEnum):
    """How far somebody may go at one place; who has no role there has `PERSON`, and is a stranger."""

    NOBODY = 0
    PERSON = 1
    VIEWER = 2
    OPERATOR = 3
    ADMIN = 4


@dataclass(frozen=True)
class Rule:
    """What one method of one address answers.

    Who reaches `least` gets `done`; a role below it 403, a stranger 404, and who is not signed in is sent to
    the sign-in page. `changes`: the allowed request changes domain rows (a refused one never does). `on` is
    the endpoint that is meant, by its name in `world.py`; `sent` the fields of a good request.
    `within`: about an organization, which is seen by whoever has a role on any of its services; `whole`: only
    by who has one on the organization itself, and so on all of them.
    """

    least: Level
    done: int = 200
    changes: bool = False
    on: str = "ready"
    sent: Body = field(default_factory=dict)
    within: bool = False
    whole: bool = False

    def level_of(self, levels: Sequence[Level], place: int) -> Level:
        """Return how far somebody goes at a place (0 and 1 are of one organization), by their levels."""
        if self.whole:
            return min(levels[:2]) if place < 2 else levels[2]
        if not self.within:
            return levels[place]
        return min(Level.VIEWER, max(levels[:2]) if place < 2 else levels[2])

    def answer(self, level: Level) -> int:
        """Return the status for somebody of a level."""
        if level >= self.least:
            return self.done
        if level is Level.NOBODY:
            return 302
        return 404 if level is Level.PERSON else 403

    def about(self, name: str) -> "Rule":
        """Return the same rule about another of the endpoints."""
        return replace(self, on=name)

    def sending(self, body: Body) -> "Rule":
        """Return the same rule with the fields of a good request."""
        return replace(self, sent=body)

    def of_organization(self) -> "Rule":
        """Return the same rule about an organization itself."""
        return replace(self, whole=True, on="whole")

    def by(self, least: Level) -> "Rule":
        """Return the same rule for another role."""
        return replace(self, least=least)

    def fields(self, place: "Place") -> dict[str, Any]:
        """Return the fields to send at a place."""
        return dict(self.sent(place) if callable(self.sent) else self.sent)


Rules = tuple[Rule, ...]
Page = dict[str, Rules]


def page(**methods: Rule | Rules) -> Page:
    """Return what an address answers by method; HEAD is as GET, and every other method is a 405."""
    return {name: (rule,) if isinstance(rule, Rule) else rule for name, rule in methods.items()}


OPEN = Rule(Level.NOBODY)  # everybody, signed in or not
OWN = Rule(Level.PERSON)  # everybody who is signed in: shows what is theirs
SEES = Rule(Level.VIEWER)  # a page about a service: viewers and above
LEADS_ON = Rule(Level.VIEWER, 302)
OPENS = Rule(Level.OPERATOR)  # a form: those who may send it
ACTS = Rule(Level.OPERATOR, 303, changes=True)  # a form that is sent
