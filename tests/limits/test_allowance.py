"""Allowances: never more than a bucket and its refill, by however many servers, and waits that come true."""

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from endpoints.models import Allowance
from endpoints.models.allowance import LEAST_WAIT

BEGIN = datetime(2028, 2, 29, 23, 59, tzinfo=UTC)


class AnyArrivals(TestCase):
    """Requests at any times, some of them at once."""

    @settings(max_examples=40, deadline=None)
    @given(st.integers(1, 90), st.lists(st.floats(0, 20), max_size=40), st.booleans())
    def test_no_stretch_of_time_lets_more_through_than_the_bucket_and_its_refill(
        self, a_minute: int, gaps: list[float], bunched: bool
    ) -> None:
        sender, now, taken = uuid.uuid4().hex, BEGIN, []
        for n, gap in enumerate(gaps):
            now += timedelta(seconds=0 if bunched and n % 8 else gap)
            wait = Allowance.take(sender, a_minute, now)
            if wait is None:
                taken.append(now)
            else:
                assert LEAST_WAIT <= wait <= timedelta(minutes=1) / a_minute
        for n, begin in enumerate(taken):
            for m, end in enumerate(taken[n:], start=1):
                assert m <= a_minute + (end - begin).total_seconds() * a_minute / 60 + 1e-3

    @settings(max_examples=20, deadline=None)
    @given(st.integers(1, 30), st.floats(0, 30))
    def test_who_waits_as_long_as_told_is_let_through(self, a_minute: int, later: float) -> None:
        sender = uuid.uuid4().hex
        for _ in range(a_minute):
            assert Allowance.take(sender, a_minute, BEGIN) is None
        now = BEGIN + timedelta(seconds=later)
        while (wait := Allowance.take(sender, a_minute, now)) is None:
            pass
        if wait > LEAST_WAIT:
            assert Allowance.take(sender, a_minute, now + wait * 0.9) is not None
        assert Allowance.take(sender, a_minute, now + wait) is None


@pytest.mark.django_db
def test_one_request_is_one_statement_whatever_the_answer(django_assert_num_queries: Any) -> None:
    for expected in (True, False):
        with django_assert_num_queries(1):
            assert (Allowance.take("user/1", 1) is None) is expected


@pytest.mark.django_db
def test_senders_do_not_pay_for_each_other() -> None:
    assert Allowance.take("user/1", 1, BEGIN) is None
    assert Allowance.take("user/2", 1, BEGIN) is None
    assert Allowance.take("user/1", 1, BEGIN) is not None


@pytest.mark.django_db
def test_a_server_whose_clock_was_set_back_shuts_nobody_out() -> None:
    assert Allowance.take("user/1", 1, BEGIN + timedelta(hours=3)) is None
    assert Allowance.take("user/1", 1, BEGIN) is None
    assert Allowance.take("user/1", 1, BEGIN) is not None


@pytest.mark.django_db(transaction=True)
def test_many_servers_together_let_no_more_through_than_one_would() -> None:
    a_minute, threads, each = 60, 6, 40
    granted: list[float] = []
    start = threading.Barrier(threads)

    def serve() -> None:
        try:
            start.wait()
            for _ in range(each):
                if Allowance.take("address/192.0.2.1", a_minute) is None:
                    granted.append(time.monotonic())
        finally:
            connection.close()

    began = time.monotonic()
    crew = [threading.Thread(target=serve) for _ in range(threads)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    lasted = time.monotonic() - began
    assert a_minute <= len(granted) <= a_minute + lasted * a_minute / 60 + 1


@pytest.mark.django_db
def test_the_table_has_no_log_to_write() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'endpoints_allowance'")
        assert cursor.fetchone() == ("u",)
