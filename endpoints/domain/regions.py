"""In which AWS region a service's ClickPipes run, and so its endpoints. Source: `regions.md`."""

import re
from datetime import UTC, date, datetime

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
