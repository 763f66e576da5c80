"""The page tells the place in the queue and the expected wait, and follows as the queue moves."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from endpoints.domain.breakers import Kind
from endpoints.domain.rates import Api
from endpoints.domain.reasons import Reason
from endpoints.domain.status import Status
from endpoints.models import Breaker, RateBucket, ReversePrivateEndpoint
from tests.people import Cast, make_breaker, make_bucket, make_endpoint, make_turn


@pytest.fixture
def bucket(db: None) -> RateBucket:
    """An empty bucket of creates."""
    return make_bucket()


def line_up(cast: Cast, bucket: RateBucket, number: int) -> ReversePrivateEndpoint:
    """Return an endpoint that waits for its turn."""
    row = make_endpoint(cast.service, Status.PROVISIONING, reason=Reason.WAITING_FOR_TURN)
    make_turn(row, bucket, number)
    return row


def page(client: Client, row: ReversePrivateEndpoint) -> str:
    return unescape(client.get(f"/services/{row.service_id}/endpoints/{row.pk}/").content.decode())


def test_the_page_says_which_place_it_has_and_how_long_that_should_take(
    cast: Cast, client: Client, bucket: RateBucket
) -> None:
    client.force_login(cast.operator)
    rows = [line_up(cast, bucket, number) for number in range(1, 41)]
    assert "It waits for its turn: AWS accepts only a few changes a minute" in page(client, rows[0])
    assert "It is the next in the queue. Expected wait: less than a minute." in page(client, rows[0])
    # 40 creates at 0.29 a second are 137 seconds.
    assert "Its place in the queue is 40. Expected wait: 2 min." in page(client, rows[39])


def test_deletes_go_by_25_so_that_the_wait_is_shorter(cast: Cast, client: Client, bucket: RateBucket) -> None:
    client.force_login(cast.operator)
    RateBucket.objects.update(api=Api.DELETE)
    rows = [line_up(cast, bucket, number) for number in range(1, 41)]
    assert "Its place in the queue is 40. Expected wait: less than a minute." in page(client, rows[39])


def test_the_page_follows_when_the_queue_moves(cast: Cast, client: Client, bucket: RateBucket) -> None:
    client.force_login(cast.operator)
    first, second = line_up(cast, bucket, 1), line_up(cast, bucket, 2)
    body = page(client, second)
    (address,) = re.findall(r'id="live" class="stack" hx-get="([^"]+)"', body)
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 204
    first.turn.delete()
    answer: Any = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "It is the next in the queue." in unescape(answer.content.decode())


def test_who_waits_for_no_turn_has_no_place(cast: Cast, client: Client) -> None:
    client.force_login(cast.operator)
    row = make_endpoint(cast.service, Status.PROVISIONING, reason=Reason.CREATING)
    assert "in the queue" not in page(client, row)


def test_staff_see_the_queues(cast: Cast, client: Client, bucket: RateBucket) -> None:
    RateBucket.objects.update(slow_until=bucket.filled_at + timedelta(minutes=1))
    line_up(cast, bucket, 1)
    client.force_login(cast.staff)
    for name in ("ratebucket", "turn", "breaker"):
        assert client.get(f"/admin/endpoints/{name}/").status_code == 200


def test_everybody_sees_that_aws_fails_where_they_work(cast: Cast, client: Client) -> None:
    fault = make_breaker(cast.network)
    client.force_login(cast.viewer)
    address = f"/services/{cast.service.pk}/endpoints/"
    words = f"AWS refuses all calls or does not answer in {cast.network.region_id}."
    assert words in client.get(address).content.decode()
    Breaker.objects.filter(pk=fault.pk).update(kind=Kind.INTERFACE_QUOTA)
    assert words not in client.get(address).content.decode()
