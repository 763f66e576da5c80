"""A create whose answer was lost is sent again; two on purpose stay two."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from endpoints.api.retries import digest_of
from endpoints.models import Network, ReversePrivateEndpoint, Service
from tests.api.conftest import BODY, Caller, CallerFor, make_service, row

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]


def age(endpoint: ReversePrivateEndpoint, by: timedelta) -> None:
    ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).update(created_at=timezone.now() - by)


def test_same_create_within_75_seconds_returns_the_same_row(caller: Caller) -> None:
    first = row(caller.create())
    age(first, timedelta(seconds=70))
    assert row(caller.create()) == first


def test_what_is_kept_of_a_request_cannot_be_tried_out_without_our_key(caller: Caller, settings: Any) -> None:
    body = json.dumps(BODY).encode()
    digest = digest_of(caller.key, body)
    assert row(caller.create()).request_digest == digest
    key_id = caller.key.key_id.encode()
    for told in (body, key_id + body, key_id + b"\n" + body):
        assert hashlib.sha256(told).hexdigest() != digest
    settings.SECRET_KEY = "another"
    assert digest_of(caller.key, body) != digest


def test_same_create_later_makes_a_second_row(caller: Caller) -> None:
    first = row(caller.create())
    age(first, timedelta(seconds=76))
    assert row(caller.create()) != first


@pytest.mark.parametrize(
    "other",
    [
        json.dumps(BODY | {"description": "Payments"}),
        json.dumps(BODY) + "\n",
        json.dumps(BODY | {"mskClusterArn": None}),
        json.dumps(dict(reversed(BODY.items()))),
    ],
    ids=["description", "space", "null", "order"],
)
def test_a_body_that_differs_in_any_byte_is_a_new_request(caller: Caller, other: str) -> None:
    assert row(caller.create()) != row(caller.call("POST", body=other.encode()))


def test_same_create_after_a_delete_makes_a_new_row(caller: Caller) -> None:
    first = row(caller.create())
    caller.call("DELETE", f"/{first.pk}")
    second = row(caller.create())
    assert second != first
    assert row(caller.create()) == second


def test_same_create_with_another_key_or_to_another_service_makes_a_second_row(
    caller: Caller, caller_for: CallerFor, service: Service
) -> None:
    rows = {row(caller.create()).pk, row(caller_for(service).create()).pk}
    sibling = make_service("analytics", service.organization)
    caller.collection = caller.collection.replace(str(service.pk), str(sibling.pk))
    assert len(rows | {row(caller.create()).pk}) == 3


def test_a_repeat_is_answered_whatever_has_changed_meanwhile(caller: Caller) -> None:
    first = row(caller.create())
    Network.objects.update(draining=True)
    Service.objects.update(endpoint_limit=1)
    assert row(caller.create()) == first
    caller.error("POST", body=BODY | {"description": "another"}, status=400)


@pytest.mark.django_db(transaction=True, available_apps=None)
def test_ten_like_creates_at_once_make_one_row(caller: Caller) -> None:
    def create(_: int) -> str:
        try:
            made: str = caller.create().json()["result"]["id"]
            return made
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(create, range(10)))) == 1
