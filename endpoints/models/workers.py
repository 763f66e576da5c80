"""Which workers beat, as PostgreSQL sees it: each holds a connection by which it leads, or tries to."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from endpoints.lines import LEADER_LOCK, PULSE

SILENT_SECONDS = 15
"""A worker that said nothing for so long is frozen, or cut off."""

_SQL = """
    SELECT application_name, state_change, clock_timestamp(), EXISTS (
        SELECT FROM pg_locks
        WHERE pg_locks.pid = pg_stat_activity.pid AND locktype = 'advisory' AND granted AND objsubid = 1
        AND pg_locks.database = pg_stat_activity.datid
        AND (classid::bigint << 32) + objid::bigint = %s
    )
    FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE %s
    ORDER BY application_name
"""


@dataclass(frozen=True)
class Worker:
    """One worker by host and process, when it last beat, and how many seconds ago (real time)."""

    name: str
    beat_at: datetime
    seconds: float
    leads: bool

    @property
    def is_silent(self) -> bool:
        """Whether it should have beaten since."""
        return self.seconds > SILENT_SECONDS


def read_workers() -> list[Worker]:
    """Return the workers whose connection stands, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [LEADER_LOCK, f"postern {PULSE} %"])
        return [
            Worker(name.split(" ", 2)[2], beat_at, (now - beat_at).total_seconds(), leads)
            for name, beat_at, now, leads in cursor.fetchall()
        ]
