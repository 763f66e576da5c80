"""Setting a ClickPipe up: the choice of an endpoint, or of a host that one answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models import ClickPipe, Region, read_clock
from endpoints.web.picking import PICKS_MOST
from tests.people import Cast, make_endpoint, make_tombstone
from tests.web.test_wizard import at, draft_of, page

pytestmark = pytest.mark.django_db


# --- the choice ----------------------------------------------------------------------------------


def test_endpoints_that_cannot_be_used_are_shown_with_the_reason(cast: Cast, operator: Client) -> None:
    service = cast.service
    reasons = {
        make_endpoint(service, Status.PROVISIONING): "It is not Ready yet: AWS is at work.",
        make_endpoint(service, Status.PENDING_ACCEPTANCE): "It is not Ready yet: its owner must accept it.",
        make_endpoint(service, Status.REJECTED): "Its owner rejected it.",
        make_endpoint(service, Status.EXPIRED): "It was not accepted in time.",
        make_endpoint(service, Status.FAILED): "It failed. Its page says why.",
        make_endpoint(service, Status.DELETING): "It is being removed.",
        make_endpoint(service, Status.UNKNOWN): "Its state is not known at present.",
        make_endpoint(service, type=EndpointType.MSK_MULTI_VPC): (
            "The type MSK multi-VPC cannot lead to Postgres."
        ),
    }
    ready = make_endpoint(service)
    gone = make_tombstone(service)
    shown = operator.get(page(service, "choose-endpoint")).text
    for endpoint, reason in reasons.items():
        _, _, after = shown.partition(f'id="pick-{endpoint.pk}"')
        head, _, rest = after.partition("</label>")
        assert f'disabled aria-describedby="why-{endpoint.pk}"' in head
        assert reason in rest.partition("</div>")[0]
    assert "disabled" not in shown.partition(f'id="pick-{ready.pk}"')[2].partition(">")[0]
    assert str(gone.pk) not in shown
    assert shown.count(">Wait for it</button>") == 2
    button = shown.index(">Continue</button>")
    assert shown.index(str(ready.pk)) < button < shown.index('name="wait"'), "Enter means Continue"
    assert shown.index(str(ready.pk)) < min(shown.index(str(one.pk)) for one in reasons)
    kafka = operator.get(page(service, "choose-endpoint", Source.KAFKA)).text
    assert "cannot lead to" not in kafka


def test_old_readings_come_after_what_can_be_chosen(cast: Cast, operator: Client) -> None:
    long_ago = read_clock().now - timedelta(days=2)
    old = make_endpoint(
        cast.service, type=EndpointType.MSK_MULTI_VPC, description="A cluster", created_at=long_ago
    )
    ready = make_endpoint(cast.service, description="Ready one")
    Region.objects.update(connections_listed_at=long_ago, connections_failing_since=long_ago)
    shown = operator.get(page(cast.service, "choose-endpoint", Source.KAFKA)).text
    assert "Its state is not known at present." in shown
    assert shown.index(str(ready.pk)) < shown.index(">Continue</button>") < shown.index(str(old.pk))
    assert shown.count(">Continue</button>") == 1


def test_a_usable_endpoint_is_taken_and_one_to_wait_for(cast: Cast, operator: Client) -> None:
    ready = make_endpoint(cast.service)
    pending = make_endpoint(cast.service, Status.PENDING_ACCEPTANCE)
    address = page(cast.service, "choose-endpoint")
    chosen = operator.post(address, {"way": "endpoint", "endpoint": str(ready.pk)})
    assert (chosen.status_code, chosen["Location"]) == (303, at(ready))
    waits = operator.post(address, {"way": "endpoint", "endpoint": str(ready.pk), "wait": str(pending.pk)})
    assert waits["Location"] == at(pending)
    assert draft_of(cast)["endpoint"] == str(pending.pk)


def test_any_other_is_refused_at_the_choice(cast: Cast, operator: Client) -> None:
    address = page(cast.service, "choose-endpoint")
    failed = make_endpoint(cast.service, Status.FAILED, description="<Old>")
    cluster = make_endpoint(cast.service, type=EndpointType.MSK_MULTI_VPC)
    theirs = make_endpoint(cast.other_service)
    gone = make_tombstone(cast.service)
    for sent, said in {
        str(failed.pk): "&lt;Old&gt;: It failed. Its page says why.",
        str(cluster.pk): "The type MSK multi-VPC cannot lead to Postgres.",
        str(gone.pk): "It was removed.",
        str(theirs.pk): "Choose an endpoint, or create one.",
        "": "Choose an endpoint, or create one.",
        "x\0": "Choose an endpoint, or create one.",
    }.items():
        answer = operator.post(address, {"way": "endpoint", "endpoint": sent})
        assert answer.status_code == 422
        assert said in answer.text
        assert "1 error: Set up a ClickPipe" in answer.text
        assert 'href="#id_endpoint"' in answer.text


def test_many_endpoints_are_searched_not_listed(
    cast: Cast, operator: Client, django_assert_num_queries: Any
) -> None:
    for number in range(PICKS_MOST + 3):
        make_endpoint(cast.service, description=f"Orders {number:03}", dns_names=[f"db-{number}.example.com"])
    address = page(cast.service, "choose-endpoint")
    everything = operator.get(address).text
    assert everything.count('name="endpoint"') == PICKS_MOST
    assert "50 of 53 endpoints are shown" in everything
    one = operator.get(address, {"q": "orders 052"}).text
    assert one.count('name="endpoint"') == 1
    assert operator.get(address, {"q": "DB-52.example.com"}).text.count('name="endpoint"') == 1
    assert "No endpoint matches this search" in operator.get(address, {"q": "nothing"}).text
    with django_assert_num_queries(7):
        operator.get(address)


def test_without_any_usable_endpoint_the_page_says_so(cast: Cast, operator: Client) -> None:
    address = page(cast.service, "choose-endpoint")
    assert "No reverse private endpoints yet" in operator.get(address).text
    make_endpoint(cast.service, Status.FAILED)
    assert "None of these can be used now" in operator.get(address).text


# --- by host name --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("db.example.com", "db.example.com:5432"),
        ("DB.example.com:6432", "db.example.com:6432"),
        ("orders.private.example.com", "orders.private.example.com:5432"),
    ],
)
def test_a_host_that_an_endpoint_answers_leads_on(
    cast: Cast, operator: Client, typed: str, address: str
) -> None:
    make_endpoint(cast.service, dns_names=["db.example.com"], private_dns_names=["*.private.example.com"])
    answer = operator.post(page(cast.service, "choose-endpoint"), {"way": "host", "host": typed})
    assert (answer.status_code, answer["Location"]) == (303, page(cast.service, "pipe-host"))
    form = operator.get(answer["Location"]).text
    assert f'value="{address}"' in form
    done = operator.post(answer["Location"], {"address": address, "name": "by host"})
    assert done.status_code == 303
    pipe = ClickPipe.objects.get()
    assert (pipe.address, pipe.endpoints.count()) == (address, 0)
    details = operator.get(done["Location"]).text
    assert "Found by host name" in details
    assert "Can connect" in details


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("db.nowhere.example", "No endpoint of this service that leads to this source answers db.nowhere.ex"),
        ("", "Enter a value."),
        ("a b", "This is no host name."),
        ("db.example.com:x", "A port is a number"),
        ("db.example.com,db.example.com:1", "Only Kafka has a list"),
        ("a\0b", "cannot be printed"),
        ("\ufffd", "was not sent as UTF-8"),
    ],
)
def test_any_other_host_is_told_at_its_field(cast: Cast, operator: Client, typed: Any, said: str) -> None:
    make_endpoint(cast.service, dns_names=["db.example.com"])
    answer = operator.post(page(cast.service, "choose-endpoint"), {"way": "host", "host": typed})
    assert answer.status_code == 422
    assert said in answer.text.partition('id="id_host_error"')[2]
    assert "1 error: Set up a ClickPipe" in answer.text


def test_a_host_whose_endpoint_went_meanwhile_is_told_at_the_last_step(cast: Cast, operator: Client) -> None:
    answer = operator.post(
        page(cast.service, "pipe-host"), {"address": "db.example.com:5432", "name": "orders"}
    )
    assert answer.status_code == 422
    assert "answers db.example.com" in answer.text
    assert 'value="orders"' in answer.text
