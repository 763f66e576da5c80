"""Lists of Django admin with very many rows: as many queries as with few, about as fast as a plain one."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from endpoints.domain.reasons import EventCode
from endpoints.models import (
    AllowedPair,
    Attempt,
    Claim,
    ClickPipe,
    Event,
    Network,
    Orphan,
    Region,
    ReversePrivateEndpoint,
    read_clock,
)
from tests.admin.pages import url
from tests.people import Cast, make_endpoint, make_orphan, make_pipe

pytestmark = pytest.mark.django_db

MOST: dict[type[models.Model], int] = {
    ReversePrivateEndpoint: 6, Event: 4, ClickPipe: 6, Claim: 4, Orphan: 5, Network: 6, Region: 5,
    AllowedPair: 4,
}  # fmt: skip
"""Queries of a list, the session's, the user's and the filters' included."""
SEARCHED: dict[type[models.Model], str] = {
    ReversePrivateEndpoint: "endpoint 7", Event: "endpoint 7", ClickPipe: "pipe 7", Claim: "name 7",
    Network: "vpc-", Orphan: "vpce-",
}  # fmt: skip
RATIO = 4.0
"""How many times as long in PostgreSQL a list may take as its rows and their number by themselves."""
NOTHING = 0.05
"""Seconds that are too short to be compared."""


@pytest.fixture(params=[500, pytest.param(10_000, marks=pytest.mark.full)])
def many(request: pytest.FixtureRequest, cast: Cast, client: Client) -> Client:
    """Admin, with so many endpoints, each with a claim, an attempt, an event, and some ClickPipes."""
    now = read_clock().now
    first = make_endpoint(cast.service)
    pipe = make_pipe(cast.service, first)
    rows = ReversePrivateEndpoint.objects.bulk_create(
        _like(first, description=f"endpoint {n}", external_id=f"vpce-{n}", dns_names=[])
        for n in range(request.param)
    )
    Event.objects.bulk_create(Event.line(row, EventCode.REQUESTED, now) for row in rows)
    Attempt.objects.bulk_create(
        Attempt(
            endpoint=row, generation=1, network=cast.network, request={}, token=str(row.pk), created_at=now
        )
        for row in rows
    )
    held = Claim.objects.bulk_create(
        Claim(kind="service_name", key=f"name {n}", organization=cast.organization) for n in range(len(rows))
    )
    link = ReversePrivateEndpoint.claims.through
    link.objects.bulk_create(
        link(reverseprivateendpoint=row, claim=claim) for row, claim in zip(rows, held, strict=True)
    )
    ClickPipe.objects.bulk_create(_like(pipe, name=f"pipe {n}", hosts=[]) for n in range(len(rows)))
    for _ in range(120):
        make_orphan(cast.region)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client.force_login(cast.staff)
    return client


def _like(row: Any, **fields: Any) -> Any:
    """Return an unsaved row like another but for its key and these columns."""
    known = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.generated}
    return type(row)(**{name: value for name, value in known.items() if name != "id"} | fields)


def test_lists_and_searches_take_as_many_queries_for_many_as_for_few(many: Client) -> None:
    for model, most in MOST.items():
        for query in ({}, {"q": SEARCHED[model]} if model in SEARCHED else {}):
            with CaptureQueriesContext(connection) as captured:
                page = many.get(url(model), query)
            assert page.status_code == 200
            assert model not in SEARCHED or page.context["cl"].result_count > 0, model
            assert len(captured) <= most, (model, [one["sql"][:200] for one in captured])


def test_pages_of_a_row_take_no_more_with_many_others(
    many: Client, django_assert_max_num_queries: Any
) -> None:
    for model in (ReversePrivateEndpoint, Claim, Network, ClickPipe, Orphan):
        row = model._default_manager.order_by("-pk")[0]
        with django_assert_max_num_queries(14):
            assert many.get(url(model, "change", row.pk)).status_code == 200


def test_lists_are_about_as_fast_as_their_rows_and_number_by_themselves(many: Client) -> None:
    for model in (ReversePrivateEndpoint, Event, Claim):
        manager = model._default_manager

        def plain(manager: "models.Manager[Any]" = manager) -> None:
            manager.count()
            list(manager.all()[:100])

        def shown(model: type = model) -> None:
            many.get(url(model))

        shown()
        assert _in_database(shown) < RATIO * max(_in_database(plain), NOTHING), model


def _in_database(act: Callable[[], None]) -> float:
    """Return the seconds that PostgreSQL takes for an act, the best of three."""
    seconds = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            act()
            whole = time.perf_counter() - began
        seconds.append(min(whole, sum(float(query["time"]) for query in captured)))
    return min(seconds)
