"""Workers with BROKER=redis and a real redis-server: from asked to gone, and when Redis dies in between."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django_q.conf import Conf
from django_q.models import OrmQ

from endpoints import intents
from endpoints.domain.types import EndpointType
from tests.engine.world import codes
from tests.kill.conftest import Furnish
from tests.kill.house import SHORT, House, since
from tests.kill.targets import alive, assert_one_object_each
from tests.redis_server import RedisServer, start_redis

pytestmark = pytest.mark.kill
Tell = Callable[[object], None]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with start_redis(tmp_path) as server:
        yield server


@pytest.fixture
def house(server: RedisServer, furnished: Furnish, settings: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house in which workers, and the people's side in this process, enqueue to Redis."""
    settings.BROKER, settings.REDIS_URL = "redis", server.url
    monkeypatch.setattr(Conf, "BROKER_CLASS", "endpoints.brokers.Redis")
    monkeypatch.setattr(Conf, "REDIS", server.url)
    return furnished({**SHORT, "BROKER": "redis", "REDIS_URL": server.url})


def test_endpoints_become_ready_and_go_with_two_workers_and_tasks_in_redis(
    house: House, server: RedisServer, tell: Tell
) -> None:
    for worker in (house.start_worker(), house.start_worker()):
        worker.crew()
    began = time.monotonic()
    rows = [house.ask(kind) for kind in EndpointType]
    house.wait(lambda: all(house.ready(row) for row in rows), 30, "Ready")
    house.box.advance(house.grace)
    for row in rows:
        house.remove(row)
    house.wait(lambda: all(house.gone(row) for row in rows), 60, "the removal")
    tell(f"with Redis three types are Ready and gone after {since(began):.1f} s")
    assert_one_object_each(house.box, *rows)
    # It was Redis that carried the tasks.
    assert server.pushes() > len(rows)
    assert not OrmQ.objects.exists()


def test_nothing_is_lost_when_redis_dies_and_comes_back_empty(
    house: House, server: RedisServer, tell: Tell
) -> None:
    worker = house.start_worker()
    worker.crew()
    before = house.ask()
    house.wait(lambda: house.ready(before), 30, "Ready")
    server.kill()
    began = time.monotonic()
    during = house.ask(k=2)
    house.remove(before)
    assert since(began) < 4, "people wait for a Redis that is away"
    assert codes(during) == ["requested"]
    time.sleep(3)
    assert not house.ready(during)
    assert worker.process.poll() is None
    server.start()
    began = time.monotonic()
    house.wait(lambda: house.ready(during), 30, "Ready")
    tell(f"Ready {since(began):.1f} s after Redis came back empty")
    house.box.advance(house.grace)
    house.wait(lambda: house.gone(before), 60, "the removal")
    assert alive(house.box, during) == [during.external_id]


@pytest.mark.full
def test_tasks_that_die_with_redis_are_enqueued_again_by_the_pulse(
    house: House, server: RedisServer, tell: Tell
) -> None:
    """Nobody takes the task before Redis loses it; the intent's wake-up was answered long ago."""
    row = house.ask()
    assert server.length() == 1
    server.kill()
    server.start()
    assert server.length() == 0
    began = time.monotonic()
    house.start_worker()
    house.wait(lambda: house.ready(row), 30, "Ready")
    tell(f"Ready {since(began):.1f} s after the start of a worker")


def test_a_worker_that_starts_while_redis_is_away_works_once_it_is_there(
    house: House, server: RedisServer, tell: Tell
) -> None:
    server.kill()
    row = house.ask()
    worker = house.start_worker()
    house.wait(lambda: "Redis does not answer" in house.said(), 20, "a word about Redis")
    server.start()
    began = time.monotonic()
    house.wait(lambda: house.ready(row), 30, "Ready")
    tell(f"Ready {since(began):.1f} s after Redis came")
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(20) == 0


def test_an_intent_that_is_rolled_back_enqueues_nothing(house: House, server: RedisServer) -> None:
    with transaction.atomic():
        intents.request_removal(endpoint=house.ask(), by=house.user)
        transaction.set_rollback(True)
    assert server.length() == 0
