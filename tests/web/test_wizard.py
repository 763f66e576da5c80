"""Setting a ClickPipe up, page by page: what each step shows, takes, refuses and keeps."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models import ClickPipe, PipeDraft, Region, ReversePrivateEndpoint, Service
from tests.people import (
    PARAMETERS,
    REGIONAL_NAME,
    SERVICE_NAME,
    Cast,
    make_endpoint,
)
from tests.web.conftest import poll_address

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
NEW = {
    "type": "VPC_ENDPOINT_SERVICE",
    "vpcEndpointServiceName": SERVICE_NAME,
    "description": "Orders database",
}
PAGES = ["choose-connection", "choose-endpoint", "new-pipe-endpoint", "pipe-host"]


def page(service: Service, name: str, source: Source = Source.POSTGRES, *more: object) -> str:
    return reverse(name, args=[service.pk, source, *more])


def at(endpoint: ReversePrivateEndpoint, source: Source = Source.POSTGRES) -> str:
    return page(endpoint.service, "pipe-endpoint", source, endpoint.pk)


def draft_of(cast: Cast, source: Source = Source.POSTGRES) -> dict[str, Any]:
    row = PipeDraft.objects.filter(user=cast.operator, service=cast.service, source=source).first()
    return row.data if row else {}


def test_the_whole_way_from_source_to_clickpipe(cast: Cast, operator: Client) -> None:
    start = operator.get(reverse("choose-source", args=[cast.service.pk])).text
    connection = page(cast.service, "choose-connection")
    assert f'href="{connection}"' in start
    assert "Reverse private endpoint" in operator.get(connection).text
    choice = operator.post(connection)
    assert (choice.status_code, choice["Location"]) == (303, page(cast.service, "choose-endpoint"))
    new = page(cast.service, "new-pipe-endpoint")
    assert f'href="{new}"' in operator.get(choice["Location"]).text
    made = operator.post(new, NEW)
    endpoint = ReversePrivateEndpoint.objects.get()
    assert (made.status_code, made["Location"]) == (303, at(endpoint))
    waiting = operator.get(at(endpoint)).text
    assert "This page follows by itself" in waiting
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert "Create ClickPipe" not in waiting
    ReversePrivateEndpoint.objects.update(status=Status.READY, dns_names=[REGIONAL_NAME])
    ready = operator.get(at(endpoint)).text
    assert "Create ClickPipe" in ready
    assert "http-equiv" not in ready
    assert poll_address(ready) == ""
    assert 'value="5432"' in ready
    done = operator.post(at(endpoint), {"host": REGIONAL_NAME, "port": "5432", "name": "orders"})
    pipe = ClickPipe.objects.get()
    there = reverse("clickpipe", args=[cast.service.pk, pipe.pk])
    assert (done.status_code, done["Location"]) == (303, there)
    assert (pipe.source, pipe.address) == ("Postgres", f"{REGIONAL_NAME}:5432")
    assert list(pipe.endpoints.all()) == [endpoint]
    assert pipe.created_by == cast.operator
    assert not PipeDraft.objects.exists()
    assert "Can connect" in operator.get(done["Location"]).text


@pytest.mark.parametrize("name", PAGES)
def test_the_steps_are_the_operators(cast: Cast, viewer: Client, stranger: Client, name: str) -> None:
    address = page(cast.service, name)
    assert [client.get(address).status_code for client in (viewer, stranger)] == [403, 404]
    assert [client.post(address).status_code for client in (viewer, stranger)] == [403, 404]
    assert not PipeDraft.objects.exists()


def test_so_are_the_first_and_the_last_and_discarding(cast: Cast, viewer: Client, stranger: Client) -> None:
    start = reverse("choose-source", args=[cast.service.pk])
    endpoint = make_endpoint(cast.service)
    assert [client.get(start).status_code for client in (viewer, stranger)] == [403, 404]
    assert [client.get(at(endpoint)).status_code for client in (viewer, stranger)] == [403, 404]
    sent = {"host": REGIONAL_NAME, "port": "5432", "name": "x"}
    assert [client.post(at(endpoint), sent).status_code for client in (viewer, stranger)] == [403, 404]
    discard = page(cast.service, "discard-draft")
    assert [client.post(discard).status_code for client in (viewer, stranger)] == [403, 404]
    assert not ClickPipe.objects.exists()


def test_an_unknown_source_is_nothing(cast: Cast, operator: Client) -> None:
    address = page(cast.service, "choose-connection").replace("postgres", "oracle")
    assert operator.get(address).status_code == 404


def test_earlier_steps_are_links_and_later_ones_are_not(cast: Cast, operator: Client) -> None:
    shown = operator.get(page(cast.service, "choose-endpoint")).text
    assert f'<a href="{reverse("choose-source", args=[cast.service.pk])}">Source</a>' in shown
    assert f'<a href="{page(cast.service, "choose-connection")}">Connection</a>' in shown
    assert '<p class="step-title">Address and name</p>' in shown
    assert shown.count('aria-current="step"') == 1


# --- a new endpoint ------------------------------------------------------------------------------


def test_only_types_that_lead_to_the_source_are_offered_and_taken(cast: Cast, operator: Client) -> None:
    address = page(cast.service, "new-pipe-endpoint")
    assert "MSK_MULTI_VPC" not in operator.get(address).text
    assert "MSK_MULTI_VPC" in operator.get(page(cast.service, "new-pipe-endpoint", Source.KAFKA)).text
    cluster = {"type": "MSK_MULTI_VPC", "description": "x", **PARAMETERS[EndpointType.MSK_MULTI_VPC]}
    answer = operator.post(address, cluster)
    assert answer.status_code == 422
    assert "This type cannot lead to Postgres. Choose another." in answer.text
    assert not ReversePrivateEndpoint.objects.exists()


def test_mistakes_in_a_new_endpoint_are_told_and_all_that_was_typed_is_kept(
    cast: Cast, operator: Client
) -> None:
    address = page(cast.service, "new-pipe-endpoint")
    typed = {"type": "VPC_RESOURCE", "vpcResourceConfigurationId": "rcfg-x", "description": "Mine"}
    answer = operator.post(address, typed)
    assert answer.status_code == 422
    assert "1 error: Set up a ClickPipe" in answer.text
    again = operator.get(address).text
    assert 'value="rcfg-x"' in again
    assert 'value="Mine"' in again
    assert 'value="VPC_RESOURCE" checked' in again
    assert 'class="error"' not in again, "nobody is told off for what they have not sent yet"
    assert 'value="VPC_ENDPOINT_SERVICE" checked' in operator.get(f"{address}?type=VPC_ENDPOINT_SERVICE").text


def test_the_same_form_twice_makes_one_endpoint_and_back_leads_on_with_it(
    cast: Cast, operator: Client
) -> None:
    address = page(cast.service, "new-pipe-endpoint")
    sent = {**NEW, "form_key": str(uuid.uuid4())}
    first, second = operator.post(address, sent), operator.post(address, sent)
    assert first["Location"] == second["Location"]
    endpoint = ReversePrivateEndpoint.objects.get()
    back = operator.get(address).text
    assert "An endpoint was already created from this form" in back
    assert f'href="{at(endpoint)}"' in back
    assert f'value="{SERVICE_NAME}"' in back
    assert sent["form_key"] not in back, "sent once more it is another request"


def test_the_same_form_with_other_words_from_another_tab_is_another_request(
    cast: Cast, operator: Client
) -> None:
    address = page(cast.service, "new-pipe-endpoint")
    sent = {**NEW, "form_key": str(uuid.uuid4())}
    assert operator.post(address, sent).status_code == 303
    other = operator.post(address, sent | {"description": "Another one"})
    assert other.status_code == 422
    assert f"An endpoint was already created from this form: {NEW['description']}." in other.text
    assert sent["form_key"] not in other.text
    kept = draft_of(cast)["new"]
    assert kept["description"] == "Another one"
    assert operator.post(address, kept).status_code == 303
    assert ReversePrivateEndpoint.objects.count() == 2


# --- waiting -------------------------------------------------------------------------------------


def test_the_page_follows_to_the_form_by_itself(
    cast: Cast, operator: Client, django_assert_num_queries: Any
) -> None:
    endpoint = make_endpoint(cast.service, Status.PENDING_ACCEPTANCE, dns_names=[])
    waiting = operator.get(at(endpoint)).text
    assert "The owner of the endpoint service" in waiting
    assert "By when</dt>" in waiting
    poll = poll_address(waiting)
    with django_assert_num_queries(3):  # session, user, endpoint
        assert operator.get(poll, headers=HTMX).status_code == 204
    ReversePrivateEndpoint.objects.update(status=Status.READY, dns_names=[REGIONAL_NAME])
    news = operator.get(poll, headers=HTMX)
    assert "Create ClickPipe" in news.text
    assert "<title>Ready: Orders database" in news.text
    assert "Orders database: Ready" in news.text.partition('id="announcements"')[2]
    assert "<html" not in news.text
    assert poll_address(news.text) == ""


@pytest.mark.parametrize("status", [Status.FAILED, Status.REJECTED, Status.EXPIRED])
def test_an_endpoint_that_came_to_nothing_offers_another_way(
    cast: Cast, operator: Client, status: Status
) -> None:
    shown = operator.get(at(make_endpoint(cast.service, status))).text
    assert "Create another endpoint" in shown
    assert "Choose another endpoint" in shown
    assert "Create ClickPipe" not in shown
    assert "follows by itself" not in shown


def test_an_endpoint_that_cannot_lead_there_gets_no_form(cast: Cast, operator: Client) -> None:
    cluster = make_endpoint(cast.service, type=EndpointType.MSK_MULTI_VPC)
    assert "cannot lead to Postgres" in operator.get(at(cluster)).text
    answer = operator.post(at(cluster), {"host": "other", "address": "a:1", "name": "x"})
    assert (answer.status_code, answer["Location"]) == (303, at(cluster))
    assert not ClickPipe.objects.exists()


def test_an_endpoint_of_another_service_is_nothing(cast: Cast, operator: Client) -> None:
    theirs = make_endpoint(cast.other_service)
    assert operator.get(page(cast.service, "pipe-endpoint", Source.POSTGRES, theirs.pk)).status_code == 404


def test_what_was_typed_is_kept_when_the_endpoint_stops_being_ready(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service, Status.FAILED)
    answer = operator.post(at(endpoint), {"host": REGIONAL_NAME, "port": "1", "name": "typed"})
    assert (answer.status_code, answer["Location"]) == (303, at(endpoint))
    assert draft_of(cast)["pipe"]["name"] == "typed"


def test_old_readings_are_no_reason_to_go_on(cast: Cast, operator: Client) -> None:
    endpoint = make_endpoint(cast.service)
    long_ago = timezone.now() - timedelta(days=2)
    Region.objects.update(listed_at=long_ago, failing_since=long_ago)
    ReversePrivateEndpoint.objects.update(created_at=long_ago)
    shown = operator.get(at(endpoint)).text
    assert "Create ClickPipe" not in shown
    assert "AWS could not be reached" in shown
