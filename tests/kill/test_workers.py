"""Workers as people and a service manager see them: two at once, told to stop, stuck, without a database."""

import signal
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from tests.kill.house import WORKED_ON_WITHIN, House, since
from tests.kill.targets import alive, assert_one_object_each, target
from tests.sandbox_client import eventually

pytestmark = pytest.mark.kill
Tell = Callable[[object], None]

WRITES = {
    "CreateVpcEndpoint": 2, "AcceptResourceShareInvitation": 1, "CreateVpcConnection": 1,
    "DeleteVpcConnection": 1,
}  # fmt: skip
"""How often each is called for one endpoint of each type; what EC2 deletes may go with one call."""


def _at_once(times: int, act: Callable[[], object]) -> None:
    """Do something in many threads that all begin together; raise what any of them raised."""
    ready, raised = threading.Barrier(times), list[BaseException]()

    def one() -> None:
        try:
            ready.wait(10)
            act()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if raised:
        raise raised[0]


def test_ten_posts_and_ten_removals_at_once_with_two_workers_make_one_create_and_one_delete(
    house: House, tell: Tell
) -> None:
    for worker in (house.start_worker(), house.start_worker()):
        worker.crew()
    began = time.monotonic()
    statuses: list[int] = []

    def post(address: str, data: Mapping[str, str]) -> None:
        browser = Client()
        browser.force_login(house.user)
        statuses.append(browser.post(address, data).status_code)

    for kind in EndpointType:
        form = {**target(house.box, kind), "form_key": str(uuid.uuid4())}
        _at_once(10, partial(post, reverse("create-endpoint", args=[house.service.pk]), form))
    assert statuses == [303] * 30
    rows = {EndpointType(row.type): row for row in ReversePrivateEndpoint.objects.all()}
    assert sorted(rows) == sorted(EndpointType)
    house.wait(lambda: all(house.ready(row) for row in rows.values()), 30, "Ready")
    tell(f"ten posts at once for each type are Ready after {since(began):.1f} s")
    house.box.advance(house.grace)
    began, statuses[:] = time.monotonic(), []
    for row in rows.values():
        remove = reverse("remove-endpoint", args=[house.service.pk, row.pk])
        _at_once(10, partial(post, remove, {}))
    assert set(statuses) <= {302, 303}, statuses
    house.wait(lambda: all(house.gone(row) for row in rows.values()), 60, "the removal")
    tell(f"ten removals at once for each type are done after {since(began):.1f} s")
    for row in rows.values():
        assert len(house.finds(row)) <= 2
    for operation, times in WRITES.items():
        assert house.box.count(operation=operation) == times, operation
    deletes = house.box.calls(operation="DeleteVpcEndpoints")
    deleted = [key for call in deletes for key in call["params"]["VpcEndpointIds"]]
    ours = [row.external_id for row in rows.values() if row.external_id.startswith("vpce-")]
    assert sorted(deleted) == sorted(ours)
    assert_one_object_each(house.box, *rows.values())


def test_a_worker_that_is_told_to_stop_ends_with_all_its_children(house: House, tell: Tell) -> None:
    worker = house.start_worker()
    worker.crew()
    family = worker.family()
    began = time.monotonic()
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(20) == 0
    eventually(lambda: not any(process.is_alive() for process in family), 2, "the end of the children")
    tell(f"stopped after {since(began):.1f} s")
    assert since(began) < 10


def test_a_stuck_queue_is_cut_loose_by_the_watchdog(house: House, tell: Tell) -> None:
    worker = house.start_worker()
    crew = worker.crew()
    for hand in crew[:-2]:
        hand.send(signal.SIGSTOP)
    began = time.monotonic()
    row = house.ask()
    house.wait(lambda: house.ready(row), WORKED_ON_WITHIN, "Ready")
    tell(f"Ready {since(began):.1f} s after all hands were stopped")
    assert not any(process.is_alive() for process in crew)
    assert worker.process.poll() is None


@pytest.mark.full
def test_a_hand_killed_while_it_holds_the_queue_is_replaced_with_its_whole_cluster(
    house: House, tell: Tell
) -> None:
    worker = house.start_worker()
    crew = worker.crew()
    # Idle hands wait for the queue, and one of them holds its lock: kill both, so that one of them had it.
    for hand in crew[:-2]:
        hand.send(signal.SIGKILL)
    began = time.monotonic()
    row = house.ask()
    house.wait(lambda: house.ready(row), WORKED_ON_WITHIN, "Ready")
    tell(f"Ready {since(began):.1f} s after all idle hands were killed")
    assert worker.process.poll() is None


def test_work_goes_on_after_the_database_was_away(house: House, tell: Tell) -> None:
    worker = house.start_worker()
    worker.crew()
    row = house.ask()
    name = connection.settings_dict["NAME"]
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    wanted = {k: v for k, v in parameters.items() if k not in ("cursor_factory", "context")}
    connection.close()
    with psycopg.connect(**wanted, autocommit=True) as outside:
        outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            end = time.monotonic() + 5
            while time.monotonic() < end:
                outside.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
                )
                time.sleep(0.1)
        finally:
            outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    began = time.monotonic()
    with suppress(psycopg.Error):
        connection.close()
    house.wait(lambda: house.ready(row), house.lease + WORKED_ON_WITHIN, "Ready")
    tell(f"Ready {since(began):.1f} s after the database came back")
    assert worker.process.poll() is None
    assert alive(house.box, row) == [row.external_id]
