"""What carries background tasks: django-q2's brokers, on PostgreSQL's clock and with patience.

The row is the truth and the queue may forget: a task that is lost here is enqueued again by the pulse.
"""

import logging
import time
from contextlib import suppress
from functools import cache
from typing import Any

import psycopg
import redis
from django.db import connection
from django.db.models.functions import Now
from django_q.brokers.orm import ORM
from django_q.brokers.redis_broker import Redis as TheirRedis
from django_q.conf import Conf
from redis.backoff import NoBackoff
from redis.retry import Retry

from endpoints.lines import heard, open_line

log = logging.getLogger(__name__)

QUEUE_CHANNEL = "postern_queue"
LOOK_AGAIN_SECONDS = 5.0  # for tasks whose wake-up was lost, or whose taker died
WAIT_SECONDS = 1.0  # in which a cluster that is told to stop does not notice
AWAY_SECONDS = 1.0  # until a broker that does not answer is asked again

Tasks = list[tuple[int | None, Any]]
"""Acknowledgement and payload of each task."""


class BrokerAway(Exception):
    """The broker does not answer. The rows wait, and nothing is lost."""


_ENQUEUE = """
WITH task AS (
    INSERT INTO django_q_ormq (key, payload, lock) VALUES (%s, %s, statement_timestamp()) RETURNING id
) SELECT id, pg_notify(%s, '') FROM task
"""

_TAKE = """
UPDATE django_q_ormq SET lock = statement_timestamp() + %s * interval '1 second'
WHERE id IN (
    SELECT id FROM django_q_ormq WHERE key = %s AND lock <= statement_timestamp()
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING id, payload
"""


class Postgres(ORM):  # type: ignore[misc] # django-q2 has no types
    """django-q2's table, on PostgreSQL's clock; who waits for tasks is woken instead of asking for ever."""

    _line: psycopg.Connection | None = None
    _look_at = 0.0  # monotonic time

    def enqueue(self, task: str) -> int:
        """Add a task, in the caller's transaction if there is one; return its id."""
        self.get_connection()  # drops a stale connection outside of transactions
        with connection.cursor() as cursor:
            cursor.execute(_ENQUEUE, [self.list_key or Conf.CLUSTER_NAME, task, QUEUE_CHANNEL])
            (made, _) = cursor.fetchone()
        return int(made)

    def dequeue(self) -> Tasks | None:
        """Take tasks and hide them for the retry time; None when there are none yet, after a short wait."""
        try:
            line = self._line or self._open()
            tasks = self._take(line)
            if not tasks and heard(line, WAIT_SECONDS):
                self._look_at = 0.0
            return tasks
        except psycopg.Error as error:
            log.warning("PostgreSQL does not answer: %s", str(error).strip())
            self._close()
            time.sleep(AWAY_SECONDS)
            return None

    def _take(self, line: psycopg.Connection) -> Tasks | None:
        if time.monotonic() < self._look_at:
            return None
        tasks = line.execute(_TAKE, [Conf.RETRY, self.list_key, Conf.BULK]).fetchall()
        if not tasks:
            self._look_at = time.monotonic() + LOOK_AGAIN_SECONDS
        return tasks

    def queue_size(self) -> int:
        """Return how many tasks nobody has taken."""
        return int(self.get_connection().filter(key=self.list_key, lock__lte=Now()).count())

    def undone(self) -> int:
        """Return how many tasks are not acknowledged, taken or not."""
        self.get_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_q_ormq WHERE key = %s", [self.list_key])
            (undone,) = cursor.fetchone()
        return int(undone)

    def lock_size(self) -> int:
        """Return how many tasks are taken and not acknowledged."""
        return int(self.get_connection().filter(key=self.list_key, lock__gt=Now()).count())

    def _open(self) -> psycopg.Connection:
        self._line, self._look_at = open_line("queue", QUEUE_CHANNEL), 0.0
        return self._line

    def _close(self) -> None:
        if self._line is not None:
            with suppress(psycopg.Error):
                self._line.close()
            self._line = None


class Redis(TheirRedis):  # type: ignore[misc] # django-q2 has no types
    """django-q2's list in Redis; in an outage who enqueues is told soon, and who takes tasks waits."""

    def enqueue(self, task: str) -> int:
        """Add a task; return the length of the list. Raises BrokerAway."""
        return int(self._ask("rpush", self.list_key, task))

    def queue_size(self) -> int:
        """Return how many tasks nobody has taken. Raises BrokerAway."""
        return int(self._ask("llen", self.list_key))

    def dequeue(self) -> Tasks | None:
        """Take one task; None when there is none yet, after a short wait."""
        try:
            taken: Tasks | None = super().dequeue()
            return taken
        except redis.RedisError as error:
            log.warning("Redis does not answer: %s", error)
            time.sleep(AWAY_SECONDS)
            return None

    def set_stat(self, key: str, value: str, timeout: int) -> None:
        """Show a cluster's state to django-q2's monitor, unless Redis is away: others tell that."""
        with suppress(redis.RedisError):
            super().set_stat(key, value, timeout)

    def _ask(self, command: str, *arguments: str) -> Any:
        try:
            return getattr(self.connection, command)(*arguments)
        except redis.RedisError as error:
            raise BrokerAway(f"Redis does not answer: {error}") from error

    @staticmethod
    def get_connection(list_key: str | None = None) -> redis.Redis:
        """Return this process's client."""
        return _client(Conf.REDIS)


@cache
def _client(url: str) -> redis.Redis:
    # One more try at once, for a connection that was closed meanwhile. The library's own tries last seconds,
    # in which a page would wait. What the address says (?socket_timeout=…) goes before.
    patience = {"socket_connect_timeout": 2.0, "socket_timeout": 5.0, "retry": Retry(NoBackoff(), 1)}
    return redis.Redis.from_url(url, **patience)
