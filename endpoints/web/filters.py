"""What a list of endpoints is narrowed to, sorted by and cut into: read from the address, written into it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Case, F, Func, Q, TextField, Value, When
from django.db.models.expressions import BaseExpression

from endpoints.domain import regions
from endpoints.domain.specs import SPECS, Listed
from endpoints.domain.status import Status
from endpoints.domain.timing import STALE_AFTER
from endpoints.domain.types import EndpointType, Source
from endpoints.models import MovedClock
from endpoints.models.endpoint import EndpointQuerySet
from endpoints.web.search import matching

NEEDS_ACTION = "needs-action"
REMOVED_SOON = "removed-soon"
UNUSED = "none"
"""What is chosen for `status` and `source` besides the statuses and sources themselves."""

ACTION_NEEDED = (Status.PENDING_ACCEPTANCE, Status.REJECTED, Status.EXPIRED, Status.FAILED, Status.UNKNOWN)
SOON = timedelta(hours=24)

LISTINGS_FAIL: dict[str, BaseExpression] = {
    "listings_fail": Func(
        template="EXISTS (SELECT 1 FROM endpoints_region"
        " WHERE failing_since IS NOT NULL OR connections_failing_since IS NOT NULL)",
        output_field=BooleanField(),
    )
}
"""A column beside a query: whether any region cannot be read now."""

REGIONS: dict[str, BaseExpression] = {
    "region_names": Func(
        template="ARRAY(SELECT name FROM endpoints_region ORDER BY name)",
        output_field=ArrayField(TextField()),
    )
}
"""A column beside a query: the names of all regions."""

PER_PAGE = (25, 50, 100)
_PER_PAGE_USUAL = 50
_PAGES_MOST = 100_000
_NEWEST = "-created"

SORTS: dict[str, tuple[str, ...]] = {
    "created": ("created_at", "-id"),
    "status": ("shown", "shown_since", "id"),
    "description": ("description", "id"),
    "type": ("type", "-created_at", "id"),
    "by": ("created_by_name", "-created_at", "id"),
    "since": ("shown_since", "id"),
    "deadline": ("deadline_at", "id"),
}
"""What can be sorted by → the columns, of which each list has an index; with "-" before it the other way."""


@dataclass(frozen=True)
class Filters:
    """What was chosen; the names are those of the form's fields, "" for everything."""

    q: str = ""
    status: str = ""
    type: str = ""
    region: str = ""
    source: str = ""
    owner: str = ""
    by: str = ""
    sort: str = _NEWEST
    per: int = _PER_PAGE_USUAL
    page: int = 1

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Filters":
        """Read a query; whatever cannot be chosen counts as not chosen."""
        given = {field.name: str(data.get(field.name, "")).strip() for field in fields(cls)}
        region = given["region"] if regions.is_aws_region(given["region"]) else ""
        per, page = _number(given["per"]), _number(given["page"])
        return cls(
            q=given["q"][:255],
            status=_one_of(given["status"], (*Status, NEEDS_ACTION, REMOVED_SOON)),
            type=_one_of(given["type"], tuple(EndpointType)),
            region=region,
            source=_one_of(given["source"], (*Source, UNUSED)),
            owner=given["owner"][:12],
            by=given["by"][:300],
            sort=given["sort"] if given["sort"].removeprefix("-") in SORTS else _NEWEST,
            per=per if per in PER_PAGE else _PER_PAGE_USUAL,
            page=min(max(page, 1), _PAGES_MOST),
        )

    def query(self, **changes: Any) -> str:
        """Return the query of this choice with some fields changed; a new choice begins at page 1."""
        other = replace(self, **{"page": 1, **changes})
        usual = Filters()
        return urlencode(
            [
                (field.name, value)
                for field in fields(self)
                if (value := getattr(other, field.name)) != getattr(usual, field.name)
            ]
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return replace(self, sort=_NEWEST, per=_PER_PAGE_USUAL, page=1) != Filters()

    @property
    def start(self) -> int:
        """How many rows stand before the page's first."""
        return (self.page - 1) * self.per

    def narrow(self, endpoints: EndpointQuerySet, *, is_stale: bool) -> EndpointQuerySet:
        """Return those that match. `is_stale`: listings fail, so some may be shown as Unknown."""
        wanted = {
            name: value
            for name, value in {
                "type": self.type,
                "region": self.region,
                "owner_account": self.owner,
                "created_by_name": self.by,
            }.items()
            if value
        }
        found = endpoints.filter(**wanted)
        if self.q:
            found = found.filter(matching(self.q))
        if self.source:
            found = found.filter(pipe_sources__in=_SOURCES_WITH[self.source])
        if self.status == REMOVED_SOON:
            return removed_soon(found)
        if self.status:
            statuses = ACTION_NEEDED if self.status == NEEDS_ACTION else (Status(self.status),)
            return shown_as(found, statuses, is_stale=is_stale)
        return found

    def order(self, endpoints: EndpointQuerySet) -> EndpointQuerySet:
        """Return the same in the chosen order."""
        if self.sort == "-deadline":  # those without one come last either way
            return endpoints.order_by(F("deadline_at").desc(nulls_last=True), "id")
        columns = SORTS[self.sort.removeprefix("-")]
        return endpoints.order_by(*(map(_reversed, columns) if self.sort.startswith("-") else columns))


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _reversed(column: str) -> str:
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"


def _sources_with() -> dict[str, list[str]]:
    known = sorted(source.value for source in Source)
    kept = [",".join(some) for n in range(len(known) + 1) for some in combinations(known, n)]
    return {name: [one for one in kept if name in one.split(",")] for name in known} | {UNUSED: [""]}


_SOURCES_WITH = _sources_with()
"""A source → every value of `pipe_sources` that has it."""


def removed_soon(endpoints: EndpointQuerySet) -> EndpointQuerySet:
    """Return those that cleanup may remove within a day."""
    return endpoints.filter(deadline_at__lte=MovedClock() + SOON)


def shown_as(
    endpoints: EndpointQuerySet, statuses: tuple[Status, ...], *, is_stale: bool
) -> EndpointQuerySet:
    """Return those that are shown with any of these statuses, as `shown_status` says of each.

    The column `shown` knows it, but for regions that could not be read for an hour; only where listings fail
    (`is_stale`) these are looked at, for no index helps there.
    """
    if not is_stale:
        return endpoints.filter(shown__in=statuses)
    turned = Case(When(_turned_unknown(), then=Value(True)), default=Value(False))
    wanted = Q(turned=False, shown__in=statuses)
    return endpoints.alias(turned=turned).filter(
        wanted | Q(turned=True) if Status.UNKNOWN in statuses else wanted
    )


def _turned_unknown() -> Q:
    long_ago = MovedClock() - STALE_AFTER
    is_old = Q()
    for listed in Listed:
        prefix = "region__connections_" if listed is Listed.CONNECTIONS else "region__"
        never = Q(**{f"{prefix}listed_at__isnull": True}, created_at__lte=long_ago)
        is_old |= Q(
            never | Q(**{f"{prefix}listed_at__lte": long_ago}),
            **{f"{prefix}failing_since__isnull": False},
            type__in=[kind for kind, spec in SPECS.items() if spec.listed is listed],
        )
    return is_old & Q(removal_requested_at__isnull=True, observed_generation=F("generation"))
