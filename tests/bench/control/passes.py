"""What one look at a settled region costs: describe calls, queries and processor time, at three sizes."""

import math
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from endpoints.reconcile import observe
from tests.bench.control.house import Estate
from tests.bench.control.part import Sizes
from tests.bench.control.settled import settle
from tests.bench.goals import Goal

REGIONS = ("us-east-1", "us-east-2", "us-west-2")
A_CALL = 1_000  # endpoints that one describe shows
GROWTH_MOST = 1.25


@dataclass(frozen=True)
class Cost:
    """One pass: describe calls, queries, seconds, and processor seconds of the pass itself."""

    calls: int
    queries: int
    seconds: float
    processor: float


class Passes:
    """Three regions with a hundred, a thousand and ten thousand Ready endpoints, each looked at by turns."""

    def __init__(self, estate: Estate, sizes: Sizes) -> None:
        self._counts = dict(zip(REGIONS, (sizes.small, sizes.middle, sizes.large), strict=True))
        self._costs: dict[str, list[Cost]] = {region: [] for region in REGIONS}
        self._house = estate.house()
        with self._house.inside() as people:
            for region, count in self._counts.items():
                settle(self._house, people, region, count)
                observe.observe_region(region)  # it reads what is read hourly
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    def round(self) -> None:
        """Look at each region once."""
        with self._house.inside():
            for region, costs in self._costs.items():
                self._look(region)  # clients are made, caches filled
                costs.append(self._look(region))

    def _look(self, region: str) -> Cost:
        queries: Counter[str] = Counter()

        def count(execute: Any, *asked: Any) -> Any:
            queries["all"] += 1
            return execute(*asked)

        box = self._house.box
        since = box.last_seq()
        began, used = time.monotonic(), time.process_time()
        with connection.execute_wrapper(count):
            assert observe.observe_region(region)
        seconds, processor = time.monotonic() - began, time.process_time() - used
        calls = box.count(operation="DescribeVpcEndpoints", region=region, since=since)
        return Cost(calls, queries["all"], seconds, processor)

    def _median(self, region: str, name: str) -> float:
        return float(statistics.median(getattr(cost, name) for cost in self._costs[region]))

    def table(self) -> Sequence[tuple[str, ...]]:
        """Return the medians of each size."""
        lines = [("endpoints", "describes", "one each", "queries", "ms", "processor ms", "µs each")]
        for region, count in self._counts.items():
            calls, queries = self._median(region, "calls"), self._median(region, "queries")
            seconds, processor = self._median(region, "seconds"), self._median(region, "processor")
            lines.append(
                (
                    f"{count:,}", f"{calls:.0f}", f"{count:,}", f"{queries:.0f}", f"{seconds * 1e3:.0f}",
                    f"{processor * 1e3:.0f}", f"{processor * 1e6 / count:.0f}",
                )
            )  # fmt: skip
        return lines

    def goals(self) -> Sequence[Goal]:
        """Return calls a pass, and how the cost of one endpoint grows."""
        goals = [
            Goal(
                f"describes a pass at {count:,} endpoints",
                max(cost.calls for cost in self._costs[region]),
                math.ceil(count / A_CALL),
            )
            for region, count in self._counts.items()
        ]
        each = {region: self._median(region, "processor") / count for region, count in self._counts.items()}
        _, middle, large = REGIONS
        growth = f"processor time an endpoint, {self._counts[large]:,} / {self._counts[middle]:,}"
        return [*goals, Goal(growth, each[large] / each[middle], GROWTH_MOST)]
