"""The table of ClickPipes regions, a row at a time and at both sides of every date."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.regions import Row, RowKind, clickpipes_region, is_aws_region, row_of, table

SINCE = {
    "us-west-2": "2025-06-24",
    "ap-south-1": "2025-06-25",
    "ap-southeast-2": "2025-06-25",
    "ap-northeast-2": "2025-11-14",
    "eu-west-1": "2026-01-20",
    "ap-southeast-3": "2026-03-06",
    "ap-southeast-1": "2026-03-18",
    "af-south-1": "2026-04-15",
    "ap-east-1": "2026-04-15",
    "ap-northeast-1": "2026-04-15",
    "ca-central-1": "2026-04-15",
    "eu-north-1": "2026-04-15",
    "eu-west-2": "2026-04-15",
    "il-central-1": "2026-04-15",
    "sa-east-1": "2026-04-15",
    "mx-central-1": "2026-05-19",
}


@pytest.mark.parametrize(("region", "day"), SINCE.items())
def test_a_region_has_its_own_from_its_utc_day_on(region: str, day: str) -> None:
    first = datetime.fromisoformat(day).replace(tzinfo=UTC)
    elsewhere = "eu-central-1" if region.startswith("eu-") else "us-east-2"
    assert clickpipes_region("aws", region, first) == region
    assert clickpipes_region("aws", region, first - timedelta(microseconds=1)) == elsewhere
    # An hour before midnight in UTC-5 is the next day in UTC.
    west = datetime.fromisoformat(day).replace(tzinfo=timezone(timedelta(hours=-5))) - timedelta(hours=1)
    assert clickpipes_region("aws", region, west) == region


@pytest.mark.parametrize(
    ("provider", "region", "expected"),
    [
        ("aws", "us-east-1", "us-east-1"),
        ("aws", "us-east-2", "us-east-2"),
        ("aws", "eu-central-1", "eu-central-1"),
        ("aws", "eu-south-2", "eu-central-1"),
        ("aws", "ap-east-2", "us-east-2"),
        ("aws", "ca-west-1", "us-east-2"),
        ("gcp", "europe-west4", "eu-central-1"),
        ("gcp", "us-central1", "us-east-2"),
        ("gcp", "asia-southeast1", "us-east-2"),
        ("azure", "westeurope", "eu-central-1"),
        ("azure", "germanywestcentral", "eu-central-1"),
        ("azure", "uksouth", "eu-central-1"),
        ("azure", "eastus2", "us-east-2"),
        ("azure", "japaneast", "us-east-2"),
    ],
)
@pytest.mark.parametrize("year", [2020, 2030])
def test_everything_else_goes_by_its_continent(provider: str, region: str, expected: str, year: int) -> None:
    assert clickpipes_region(provider, region, datetime(year, 1, 1, tzinfo=UTC)) == expected


@pytest.mark.parametrize("name", ["eu-central-1", "us-gov-west-1", "ap-southeast-3"])
def test_region_names_are_known_by_their_shape(name: str) -> None:
    assert is_aws_region(name)


@pytest.mark.parametrize("name", ["", "eu-central-1a", "EU-CENTRAL-1", "eu_central_1", "eu-central-1\n"])
def test_other_texts_are_no_region_names(name: str) -> None:
    assert not is_aws_region(name)


@settings(deadline=None, database=None)
@given(
    st.sampled_from(["aws", "gcp", "azure"]),
    st.sampled_from(["us-east-1", "us-west-2", "eu-west-1", "eu-west-3", "europe-west1", "westeurope", "x"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_the_marked_row_says_where_the_clickpipes_run(provider: str, region: str, created: datetime) -> None:
    row = row_of(provider, region, created)
    assert row in table()
    assert (row.clickpipes or region) == clickpipes_region(provider, region, created)
    assert not row.regions or (provider == "aws" and region in row.regions)


def test_the_table_names_every_region_once_and_ends_with_everything_else() -> None:
    named = [region for row in table() for region in row.regions]
    assert len(named) == len(set(named)) == 17
    assert table()[0] == Row(RowKind.OWN, regions=("us-east-1",))
    assert [row.kind for row in table()[-4:]] == [kind for kind in RowKind if kind is not RowKind.OWN]
    days = [row.since for row in table() if row.since]
    assert days == sorted(days)
