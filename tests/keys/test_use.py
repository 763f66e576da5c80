"""The use of keys at the API: one and the same 401, and a last use that is written once a minute."""

import base64
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from endpoints.models import ApiKey, User, read_clock
from tests.keys.conftest import ask, issue
from tests.people import Cast, introduce

pytestmark = pytest.mark.django_db
COUNTING = """
CREATE SEQUENCE uses;
CREATE FUNCTION count_use() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM nextval('uses'); RETURN NULL; END
$$;
CREATE TRIGGER count_use AFTER UPDATE OF last_used_at ON endpoints_apikey
    FOR EACH ROW EXECUTE FUNCTION count_use();
"""


def test_whatever_is_wrong_with_a_key_the_answer_is_the_same(cast: Cast) -> None:
    secrets: dict[str, tuple[str, str]] = {}
    for name in ("wrong", "disabled", "expired", "issuer"):
        key, secret = issue(cast, name=name, by=cast.staff if name == "issuer" else cast.admin)
        secrets[name] = (key.key_id, secret if name != "wrong" else secret[::-1])
    secrets["unknown"] = ("a" * 20, secrets["expired"][1])
    ApiKey.objects.filter(name="disabled").update(disabled_at=timezone.now())
    ApiKey.objects.filter(name="expired").update(expires_at=read_clock().real)
    User.objects.filter(pk=cast.staff.pk).update(is_active=False)
    address = reverse("api-list-endpoints", args=[cast.organization.pk, cast.service.pk])
    answers = set()
    for pair in secrets.values():
        basic = "Basic " + base64.b64encode(":".join(pair).encode()).decode()
        response = Client().get(address, headers={"Authorization": basic})
        answers.add((response.status_code, response.json()["error"], response["WWW-Authenticate"]))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 401


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('uses') - 1")
        return int(cursor.fetchone()[0])


@pytest.fixture
def written(transactional_db: None) -> Iterator[Callable[[], int]]:
    """Say how often PostgreSQL has written a last use."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTING)
        yield _count
        cursor.execute(
            "DROP TRIGGER count_use ON endpoints_apikey; DROP FUNCTION count_use; DROP SEQUENCE uses"
        )


def test_of_many_uses_at_once_one_is_written(written: Callable[[], int]) -> None:
    cast = introduce()
    key, secret = issue(cast)
    number = 6
    start = threading.Barrier(number)
    statuses: list[int] = []

    def use() -> None:
        try:
            start.wait()
            statuses.append(ask(cast.service, key.key_id, secret))
        finally:
            connection.close()

    crew = [threading.Thread(target=use) for _ in range(number)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert statuses == [200] * number
    assert written() == 1


def test_a_use_within_the_minute_writes_nothing(cast: Cast, django_assert_num_queries: Any) -> None:
    key, secret = issue(cast)
    ask(cast.service, key.key_id, secret)
    with django_assert_num_queries(4) as seen:
        ask(cast.service, key.key_id, secret)
    assert not [query for query in seen.captured_queries if query["sql"].startswith("UPDATE")]
