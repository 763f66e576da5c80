"""How much one person, key or address may send in a minute, kept by all web servers in one place.

An allowance of n a minute is a bucket of n requests that refills evenly within a minute, so that any stretch
of time t lets at most n + n·t/60 through. One row has one moment, at which its bucket is full again: that is
all there is to know of a bucket, and one statement reads, decides and writes it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

A_MINUTE = timedelta(minutes=1)
LEAST_WAIT = timedelta(milliseconds=100)
"""What is told to who must wait for less: the answer alone takes about as long."""


class Allowance(models.Model):
    """The bucket of one sender. `full_at` is PostgreSQL's real clock. A crash may empty the table."""

    sender = models.CharField(max_length=120, primary_key=True)
    full_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sender

    @classmethod
    def take(cls, sender: str, a_minute: int, now: datetime | None = None) -> timedelta | None:
        """Take one request from a sender's bucket of so many a minute: None, or how long until there is one.

        `now` is for tests. To be called outside of a transaction: its row stays locked until that ends.
        """
        each = A_MINUTE // a_minute  # rounded down, so that all fit into the minute
        values: dict[str, Any] = {"sender": sender, "now": now, "each": each, "slack": each * (a_minute - 1)}
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, values)
            taken, wait = cursor.fetchone()
        if taken:
            return None
        return max(wait or each, LEAST_WAIT)


# `excluded.full_at` is what a full bucket has after one request. More than two minutes ahead is nothing that
# we wrote: the server's clock was set back. The last line sees the row as it was before the statement began,
# which is exact enough to tell somebody how long to wait.
_TAKE = """
WITH clock AS (
    SELECT coalesce(%(now)s::timestamptz, statement_timestamp()) AS now
), taken AS (
    INSERT INTO endpoints_allowance AS kept (sender, full_at)
    SELECT %(sender)s, now + %(each)s FROM clock
    ON CONFLICT (sender) DO UPDATE SET full_at = CASE
        WHEN kept.full_at > excluded.full_at + interval '2 minutes' THEN excluded.full_at
        ELSE greatest(kept.full_at + %(each)s, excluded.full_at)
    END
    WHERE kept.full_at + %(each)s <= excluded.full_at + %(slack)s
        OR kept.full_at > excluded.full_at + interval '2 minutes'
    RETURNING 1
)
SELECT
    EXISTS (SELECT FROM taken),
    (SELECT full_at - now - %(slack)s FROM endpoints_allowance, clock WHERE sender = %(sender)s)
"""
