"""The ClickPipes of a service: list, details, remove, and where they are told on other pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.domain.status import Status
from endpoints.domain.types import Source
from endpoints.models import ClickPipe, Service
from tests.people import REGIONAL_NAME, Cast, make_endpoint, make_pipe, make_tombstone

pytestmark = pytest.mark.django_db


def list_of(service: Service) -> str:
    return reverse("clickpipes", args=[service.pk])


def page_of(pipe: ClickPipe, name: str = "clickpipe") -> str:
    return reverse(name, args=[pipe.service_id, pipe.pk])


def row_of(shown: str, pipe: ClickPipe) -> str:
    return shown.partition(f'id="pipe-{pipe.pk}"')[2].partition("</tr>")[0]


def test_the_list_tells_source_address_endpoints_and_connection(cast: Cast, viewer: Client) -> None:
    ready = make_endpoint(cast.service, description="<Ready>")
    pending = make_endpoint(cast.service, Status.PENDING_ACCEPTANCE, description="Pending", dns_names=[])
    good = make_pipe(cast.service, ready, name="<good>", source=Source.KAFKA)
    waits = make_pipe(cast.service, ready, pending, name="waits")
    broken = make_pipe(cast.service, make_tombstone(cast.service, description="Gone"), name="broken")
    by_host = make_pipe(cast.service, name="by host", address=f"{REGIONAL_NAME}:1")
    lost = make_pipe(cast.service, name="lost", address="db.example.com:1")
    make_pipe(cast.other_service, name="theirs")
    shown = viewer.get(list_of(cast.service)).text
    assert "&lt;good&gt;" in row_of(shown, good)
    assert "&lt;Ready&gt;" in row_of(shown, good)
    assert f'data-copy="{REGIONAL_NAME}:5432"' in row_of(shown, good)
    assert "Kafka" in row_of(shown, good)
    states = {good: "Can connect", waits: "Waiting for an endpoint", by_host: "Can connect"}
    for pipe, state in (states | {broken: "Cannot connect", lost: "Cannot connect"}).items():
        assert state in row_of(shown, pipe)
    assert "theirs" not in shown
    assert "Set up a ClickPipe" not in shown, "a viewer sets nothing up"
    assert "moves no data" in shown


def test_the_shown_status_counts_not_the_stored_one(cast: Cast, viewer: Client) -> None:
    going = make_endpoint(cast.service, Status.DELETING, dns_names=[REGIONAL_NAME])
    retried = make_endpoint(cast.service, Status.READY, generation=2)
    one, other = make_pipe(cast.service, going), make_pipe(cast.service, retried)
    type(going).objects.filter(pk=going.pk).update(status=Status.READY)
    shown = viewer.get(list_of(cast.service)).text
    assert "Cannot connect" in row_of(shown, one)
    assert "Waiting for an endpoint" in row_of(shown, other)


def test_every_host_of_a_clickpipe_that_names_none_is_looked_at(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service, dns_names=["a.example.com"])
    hosts = "a.example.com:1,b.example.com:1"
    pipe = make_pipe(cast.service, source=Source.KAFKA, address=hosts)
    assert "Cannot connect" in viewer.get(page_of(pipe)).text
    make_endpoint(cast.service, dns_names=["*.example.com"])
    assert "Can connect" in viewer.get(page_of(pipe)).text


def test_fifty_on_a_page_and_always_as_many_queries(
    cast: Cast, viewer: Client, django_assert_max_num_queries: Any
) -> None:
    endpoints = [make_endpoint(cast.service) for _ in range(4)]
    for number in range(52):
        uses = endpoints[number % 4 :] if number % 2 else []
        make_pipe(cast.service, *uses, name=f"pipe {number:02}", address=f"{REGIONAL_NAME}:1")
    with django_assert_max_num_queries(12):
        first = viewer.get(list_of(cast.service)).text
    assert first.count("<tr id=") == 50
    assert "Page 1 of 2" in first
    second = viewer.get(list_of(cast.service), {"page": 2}).text
    assert second.count("<tr id=") == 2
    assert "pipe 51" in second


def test_the_details_say_what_is_the_matter_and_by_what_they_know(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED, dns_names=[REGIONAL_NAME])
    pipe = make_pipe(cast.service, endpoint, name="<orders>", address=f"{REGIONAL_NAME}:5432")
    shown = viewer.get(page_of(pipe)).text
    assert "<h1>&lt;orders&gt;</h1>" in shown
    assert "Named by id" in shown
    assert 'data-status="Failed"' in shown
    assert "Cannot connect" in shown
    assert "create another endpoint and set this ClickPipe up again" in shown
    assert f'data-copy="{REGIONAL_NAME}:5432"' in shown
    assert "operator@example.com" in shown
    assert "moves no data" in shown
    assert "remove/" not in shown, "a viewer removes nothing"


def test_strangers_find_nothing(cast: Cast, stranger: Client) -> None:
    pipe = make_pipe(cast.service)
    addresses = [list_of(cast.service), page_of(pipe), page_of(pipe, "remove-clickpipe")]
    assert [stranger.get(address).status_code for address in addresses] == [404] * 3
    assert stranger.post(addresses[2]).status_code == 404


def test_a_clickpipe_is_found_under_its_own_service_only(cast: Cast, operator: Client) -> None:
    pipe = make_pipe(cast.service)
    assert operator.get(reverse("clickpipe", args=[cast.other_service.pk, pipe.pk])).status_code == 404


def test_a_viewer_removes_nothing(cast: Cast, viewer: Client) -> None:
    pipe = make_pipe(cast.service)
    address = page_of(pipe, "remove-clickpipe")
    assert [viewer.get(address).status_code, viewer.post(address).status_code] == [403, 403]
    assert ClickPipe.objects.live().exists()


def test_an_operator_removes_after_a_question(cast: Cast, operator: Client) -> None:
    pipe = make_pipe(cast.service, make_endpoint(cast.service), name="orders")
    address = page_of(pipe, "remove-clickpipe")
    assert f'href="{address}"' in operator.get(page_of(pipe)).text
    assert "Only the record here is removed" in operator.get(address).text
    assert ClickPipe.objects.live().exists()
    answer = operator.post(address)
    assert (answer.status_code, answer["Location"]) == (303, list_of(cast.service))
    after = operator.get(answer["Location"]).text
    assert "The ClickPipe was removed: orders" in after
    assert "No ClickPipes yet" in after
    assert operator.get(page_of(pipe)).status_code == 404
    assert operator.post(address).status_code == 404


def test_data_sources_show_the_newest_and_the_way_to_all(
    cast: Cast, viewer: Client, operator: Client
) -> None:
    sources = reverse("data-sources", args=[cast.service.pk])
    assert "Newest ClickPipes" not in viewer.get(sources).text
    for number in range(7):
        make_pipe(cast.service, name=f"pipe {number}")
    shown = viewer.get(sources).text
    assert [f"pipe {number}" in shown for number in range(7)] == [False] * 2 + [True] * 5
    assert f'href="{list_of(cast.service)}">All ClickPipes' in shown
    start = reverse("choose-source", args=[cast.service.pk])
    assert start not in shown
    assert f'href="{start}"' in operator.get(sources).text
    assert reverse("choose-type", args=[cast.service.pk]) in shown
    assert reverse("which-endpoint", args=[cast.service.pk]) in shown
