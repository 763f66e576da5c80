"""A create whose answer was lost is sent again; two on purpose stay two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from endpoints.models import ReversePrivateEndpoint, Service
from tests.api.conftest import Caller, CallerFor, row

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]


def age(endpoint: ReversePrivateEndpoint, by: timedelta) -> None:
    ReversePrivateEndpoint.objects.filter(pk=endpoint.pk).update(created_at=timezone.now() - by)


def test_same_create_within_two_minutes_returns_the_same_row(caller: Caller) -> None:
    first = row(caller.create())
    age(first, timedelta(seconds=115))
    assert row(caller.create()) == first


def test_same_create_later_makes_a_second_row(caller: Caller) -> None:
    first = row(caller.create())
    age(first, timedelta(seconds=125))
    assert row(caller.create()) != first


def test_other_description_makes_a_second_row_at_once(caller: Caller) -> None:
    assert row(caller.create()) != row(caller.create(description="Payments"))


def test_same_create_after_a_delete_makes_a_new_row(caller: Caller) -> None:
    first = row(caller.create())
    caller.call("DELETE", f"/{first.pk}")
    second = row(caller.create())
    assert second != first
    assert row(caller.create()) == second


def test_same_create_with_another_key_makes_a_second_row(
    caller: Caller, caller_for: CallerFor, service: Service
) -> None:
    assert row(caller.create()) != row(caller_for(service, "admin").create())


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
