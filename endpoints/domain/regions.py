"""In which AWS region a service's ClickPipes run, and so its endpoints. Source: `regions.md`."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

DEFAULT_EUROPE = "eu-central-1"
DEFAULT_ELSEWHERE = "us-east-2"
PROVIDERS = ("aws", "gcp", "azure")

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]")

# Services created on or after the (UTC) day have their ClickPipes in the service's own region.
_OWN_REGION_SINCE: dict[str, date] = {
    "us-east-1": date.min,
    "us-west-2": date(2025, 6, 24),
    "ap-south-1": date(2025, 6, 25),
    "ap-southeast-2": date(2025, 6, 25),
    "ap-northeast-2": date(2025, 11, 14),
    "eu-west-1": date(2026, 1, 20),
    "ap-southeast-3": date(2026, 3, 6),
    "ap-southeast-1": date(2026, 3, 18),
    "af-south-1": date(2026, 4, 15),
    "ap-east-1": date(2026, 4, 15),
    "ap-northeast-1": date(2026, 4, 15),
    "ca-central-1": date(2026, 4, 15),
    "eu-north-1": date(2026, 4, 15),
    "eu-west-2": date(2026, 4, 15),
    "il-central-1": date(2026, 4, 15),
    "sa-east-1": date(2026, 4, 15),
    "mx-central-1": date(2026, 5, 19),
}

_EUROPE_BY_PROVIDER = {
    "aws": re.compile(r"eu-"),
    "gcp": re.compile(r"europe-"),
    "azure": re.compile(
        "northeurope|westeurope|austria|belgium|denmark|finland|france|germany|greece|italy|norway|poland"
        "|spain|sweden|switzerland|uk"
    ),
}


def is_aws_region(text: str) -> bool:
    """Say whether a text has the shape of an AWS region name, such as `eu-central-1`."""
    return _REGION.fullmatch(text) is not None


def clickpipes_region(provider: str, region: str, created_at: datetime) -> str:
    """Return the AWS region of a service's ClickPipes.

    `provider` is one of PROVIDERS and `region` the provider's own name for the service's region;
    `created_at` is aware. An override that staff set on the service goes before this table.
    """
    if provider == "aws":
        since = _OWN_REGION_SINCE.get(region)
        if since is not None and created_at.astimezone(UTC).date() >= since:
            return region
    in_europe = _EUROPE_BY_PROVIDER[provider].match(region) is not None
    return DEFAULT_EUROPE if in_europe else DEFAULT_ELSEWHERE


class RowKind(StrEnum):
    """What a row of the table speaks of."""

    OWN = "own"
    EARLIER_EUROPE = "earlier_europe"
    EARLIER_ELSEWHERE = "earlier_elsewhere"
    OTHER_EUROPE = "other_europe"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Row:
    """One row: services in these AWS regions, made on or after a day (None: any time), and where their
    ClickPipes run ("": in the same region). Without `regions` it speaks of all that no row before names."""

    kind: RowKind
    clickpipes: str = ""
    regions: tuple[str, ...] = ()
    since: date | None = None


def table() -> tuple[Row, ...]:
    """Return the table as it is published: own regions by the day since which they are, then the rest."""
    by_day: dict[date, list[str]] = {}
    for region, day in _OWN_REGION_SINCE.items():
        by_day.setdefault(day, []).append(region)
    own = [
        Row(RowKind.OWN, regions=tuple(regions), since=None if day == date.min else day)
        for day, regions in sorted(by_day.items())
    ]
    rest = (
        Row(RowKind.EARLIER_EUROPE, DEFAULT_EUROPE),
        Row(RowKind.EARLIER_ELSEWHERE, DEFAULT_ELSEWHERE),
        Row(RowKind.OTHER_EUROPE, DEFAULT_EUROPE),
        Row(RowKind.ELSEWHERE, DEFAULT_ELSEWHERE),
    )
    return (*own, *rest)


def row_of(provider: str, region: str, created_at: datetime) -> Row:
    """Return the row that holds for a service; the arguments are those of `clickpipes_region`."""
    clickpipes = clickpipes_region(provider, region, created_at)
    is_named = provider == "aws" and region in _OWN_REGION_SINCE
    if is_named and clickpipes == region:
        return next(row for row in table() if region in row.regions)
    in_europe = clickpipes == DEFAULT_EUROPE
    if is_named:
        kind = RowKind.EARLIER_EUROPE if in_europe else RowKind.EARLIER_ELSEWHERE
    else:
        kind = RowKind.OTHER_EUROPE if in_europe else RowKind.ELSEWHERE
    return next(row for row in table() if row.kind is kind)
