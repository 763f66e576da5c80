"""The list of a service's endpoints: search, filters, order, pages, counters, and what they cost."""

import re
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client

from endpoints.domain.status import Status
from endpoints.domain.types import Source
from endpoints.models import Region, read_clock
from endpoints.web.filters import Filters
from tests.people import (
    EXTERNAL_ID,
    REGIONAL_NAME,
    Cast,
    make_endpoint,
    make_pipe,
)
from tests.web.conftest import list_of
from tests.web.listed import Mixed, look, mix, stats


@pytest.fixture
def mixed(cast: Cast) -> Mixed:
    return mix(cast)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["a-pending", "c-resource", "b-ready", "d-failed", "e-deleting"]),
        ({"q": "PEND"}, ["a-pending"]),
        ({"q": EXTERNAL_ID}, ["b-ready"]),
        ({"q": REGIONAL_NAME}, ["b-ready"]),
        ({"q": "rcfg-0123456789abcdef0"}, ["c-resource"]),
        ({"q": "%"}, []),
        ({"status": "Ready"}, ["c-resource", "b-ready"]),
        ({"status": "Deleting"}, ["e-deleting"]),
        ({"status": "needs-action"}, ["a-pending", "d-failed"]),
        ({"status": "removed-soon"}, ["a-pending"]),
        ({"type": "VPC_RESOURCE"}, ["c-resource"]),
        ({"region": "eu-west-1"}, ["d-failed"]),
        ({"region": "ap-south-1"}, []),
        ({"owner": "444455556666"}, ["c-resource"]),
        ({"by": "kim@example.com"}, ["a-pending"]),
        ({"by": "kim@example.com", "status": "Ready"}, []),
        ({"sort": "description"}, ["a-pending", "b-ready", "c-resource", "d-failed", "e-deleting"]),
        ({"sort": "-description"}, ["e-deleting", "d-failed", "c-resource", "b-ready", "a-pending"]),
        ({"sort": "created", "status": "Ready"}, ["b-ready", "c-resource"]),
        ({"sort": "by"}, ["a-pending", "c-resource"]),
        ({"sort": "-by"}, ["e-deleting"]),
        ({"sort": "type"}, ["a-pending", "b-ready", "d-failed", "e-deleting", "c-resource"]),
        ({"sort": "status"}, ["e-deleting", "d-failed", "a-pending"]),
        ({"sort": "deadline"}, ["a-pending", "d-failed"]),
        ({"sort": "-deadline"}, ["d-failed", "a-pending"]),
    ],
)
def test_filters_and_orders(
    cast: Cast,
    viewer: Client,
    mixed: Mixed,
    query: dict[str, str],
    found: list[str],
) -> None:
    seen = look(viewer, cast, **query)
    assert seen[: len(found)] == found
    if "sort" not in query:
        assert seen == found


@pytest.mark.parametrize(
    "query",
    [
        "page=x&per=7&sort=sideways&status=Shiny&type=NONE&source=Oracle&region=%3Cb%3E&owner=abc&by=%25",
        "page=-1&per=-50", "page=999999999999999999999", "page=0", "sort=-", "sort=--created",
        "q=%EF%BF%BD%27%22",
        "status=Ready&status=Failed", "page=%D9%A3", "q=" + "x" * 3_000, "owner=%27%3B--&by=" + "y" * 2_000,
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_not_an_error(cast: Cast, viewer: Client, query: str) -> None:
    make_endpoint(cast.service)
    for what in ("", "export.csv", "export.json"):
        assert viewer.get(f"{list_of(cast.service)}{what}?{query}").status_code == 200


def test_a_query_is_read_as_it_was_written() -> None:
    chosen = Filters(
        q="a b&c=ü", status="Failed", type="VPC_RESOURCE", region="eu-west-1", source="Kafka", owner="4" * 12,
        by="kim@example.com", sort="-since", per=25, page=3,
    )  # fmt: skip
    assert Filters.of(QueryDict(chosen.query(page=3)).dict()) == chosen
    assert Filters().query() == ""
    assert "page" not in chosen.query(status="Ready"), "another choice begins at its first page"


def test_the_heads_say_how_the_list_is_sorted(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service)
    page = viewer.get(list_of(cast.service), {"sort": "-since"}).text
    assert re.findall(r'aria-sort="(\w+)"', page) == ["descending"]
    (address,) = re.findall(r'id="sort-since" href="([^"]+)"', page)
    assert 'aria-sort="ascending"' in viewer.get(address).text
    assert "aria-sort" not in viewer.get(list_of(cast.service)).text


def test_a_person_finds_endpoints_by_the_source_of_their_clickpipes(cast: Cast, viewer: Client) -> None:
    by_id = make_endpoint(cast.service, description="by id", dns_names=["one.example.com"])
    make_endpoint(
        cast.service, description="by wildcard", dns_names=[], private_dns_names=["*.two.example.com"]
    )
    make_endpoint(cast.service, description="unused", dns_names=["three.example.com"])
    make_pipe(cast.service, by_id, source=Source.KAFKA)
    make_pipe(cast.service, by_id, source=Source.POSTGRES)
    make_pipe(cast.service, address="db.two.example.com:3306", source=Source.MYSQL)
    make_pipe(cast.other_service, address="three.example.com:3306", source=Source.MYSQL)
    assert look(viewer, cast, source="Kafka") == look(viewer, cast, source="Postgres") == ["by id"]
    assert look(viewer, cast, source="MySQL") == ["by wildcard"]
    assert look(viewer, cast, source="MongoDB") == []
    assert look(viewer, cast, source="none") == ["unused"]
    page = viewer.get(list_of(cast.service)).text
    assert 'aria-label="ClickPipes of by id: 2">2</a>' in page
    assert 'aria-label="ClickPipes of by wildcard: 1">1</a>' in page
    assert page.count("(by host name: 1)") == 1


def test_a_region_that_cannot_be_read_moves_its_endpoints_to_unknown(
    cast: Cast, viewer: Client, mixed: Mixed
) -> None:
    long_ago = read_clock().now - timedelta(hours=2)
    Region.objects.filter(name="eu-central-1").update(failing_since=long_ago, listed_at=long_ago)
    for status in Status:
        page = viewer.get(list_of(cast.service), {"status": status}).text
        assert set(re.findall(r'data-status="(\w+)"', page)) <= {status}
    page = viewer.get(list_of(cast.service)).text
    assert stats(page) == {"total": "5", "needs_action": "4", "ready": "0", "soon": "1"}
    assert len(look(viewer, cast, status="needs-action")) == 4
    assert len(look(viewer, cast, status="Unknown")) == 3
    assert "AWS could not be reached" in page
