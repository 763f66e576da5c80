"""A ClickPipe that is recorded while its endpoint is being removed: one of the two knows of the other."""

import threading
import time
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from endpoints import intents
from endpoints.domain.types import Source
from endpoints.intents import IntentRefused
from endpoints.models import ClickPipe, ReversePrivateEndpoint
from tests.people import REGIONAL_NAME, Cast, introduce, make_endpoint


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    """The cast in committed rows, for threads."""
    return introduce()


def record(cast: Cast, *endpoints: ReversePrivateEndpoint) -> ClickPipe:
    typed = {"name": "late", "address": f"{REGIONAL_NAME}:5432"}
    wanted, errors = intents.check_pipe(Source.POSTGRES, typed, tuple(row.pk for row in endpoints))
    assert wanted is not None, errors
    return intents.record_pipe(service=cast.service, wanted=wanted, by=cast.operator)


def outcome_of(job: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Start a job in a thread with its own connection; its result or exception comes into the list."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(job())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def until_it_waits(found: list[object]) -> None:
    """Return once somebody waits for what this transaction holds, or the job is over without waiting."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0] or found:
                return
        time.sleep(0.02)
    raise AssertionError("neither waiting nor done")


@pytest.mark.parametrize("by_id", [True, False])
def test_a_clickpipe_waits_for_a_removal_that_was_first_and_is_refused(committed: Cast, by_id: bool) -> None:
    row = make_endpoint(committed.service)
    with transaction.atomic():
        intents.request_removal(endpoint=row, by=committed.operator)
        thread, found = outcome_of(lambda: record(committed, *([row] if by_id else [])))
        until_it_waits(found)
    thread.join(10)
    assert [type(each) for each in found] == [IntentRefused], found
    assert ClickPipe.objects.count() == 0


def test_a_removal_waits_for_a_clickpipe_that_was_first_and_needs_an_admin(committed: Cast) -> None:
    row = make_endpoint(committed.service)
    with transaction.atomic():
        record(committed, row)
        thread, found = outcome_of(
            lambda: intents.request_removal(endpoint=row, by=committed.operator, typed="")
        )
        until_it_waits(found)
    thread.join(10)
    assert [isinstance(each, PermissionDenied) for each in found] == [True], found
    row.refresh_from_db()
    assert row.removal_requested_at is None
