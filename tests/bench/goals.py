"""What a bench found, each beside what is wanted of it; told as a table and as one line of JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tests.bench.measure import table


@dataclass(frozen=True)
class Goal:
    """One figure and what it may be at most or must be at least; neither: it is only told.

    `where` it was seen, if it is the worst of several.
    """

    name: str
    seen: float
    most: float | None = None
    where: str = ""
    least: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the figure is good enough."""
        low_enough = self.most is None or self.seen <= self.most
        return low_enough and (self.least is None or self.seen >= self.least)

    @property
    def wanted(self) -> str:
        """The bound in words, "" without one."""
        bounds = [("at most", self.most), ("at least", self.least)]
        return ", ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)


def conclude(bench: str, goals: Sequence[Goal]) -> int:
    """Print the goals as a table and then as one line of JSON; return the exit code."""
    lines = [("figure", "seen", "wanted", "")]
    for goal in goals:
        lines.append((goal.name, f"{goal.seen:.2f}", goal.wanted, "" if goal.is_met else "MISSED"))
    print(table(lines))
    print()
    met = all(goal.is_met for goal in goals)
    figures = {goal.name: {**asdict(goal), "seen": round(goal.seen, 3)} for goal in goals}
    print(json.dumps({"bench": bench, "met": met, "goals": figures}))
    return 0 if met else 1
