"""A connection of one's own to PostgreSQL: for wake-ups (LISTEN) and for locks that only one may hold.

It must reach PostgreSQL itself: a pooler in transaction mode would lose both.
"""

import os
import socket

import psycopg
from django.db import connection

CONNECT_SECONDS = 5
PULSE = "pulse"
"""The purpose of the line on which a worker leads, or tries to."""
LEADER_LOCK = 0x706F737465726E  # "postern"
_AT_BOTH_ENDS = {"tcp_keepalives_idle": 5, "tcp_keepalives_interval": 2, "tcp_keepalives_count": 3}


def open_line(purpose: str, *channels: str, silent_seconds: float = 0) -> psycopg.Connection:
    """Return a connection in autocommit that hears `channels`. Raises psycopg.Error.

    PostgreSQL drops it, and what it held, soon after its host is gone; and after `silent_seconds` without a
    statement, if given. `purpose`, host and process stand in pg_stat_activity.
    """
    parameters = connection.get_connection_params()
    wanted = {k: v for k, v in parameters.items() if k not in ("cursor_factory", "context")}
    ours = {name.removeprefix("tcp_"): value for name, value in _AT_BOTH_ENDS.items()}
    name = f"postern {purpose} {socket.gethostname()[:30]} {os.getpid()}"
    line = psycopg.connect(
        **{"connect_timeout": CONNECT_SECONDS, **ours, **wanted, "application_name": name}, autocommit=True
    )
    try:
        for setting, value in _AT_BOTH_ENDS.items():
            line.execute("SELECT set_config(%s, %s, false)", [setting, str(value)])
        silent = f"{silent_seconds * 1000:.0f}ms"
        line.execute("SELECT set_config('idle_session_timeout', %s, false)", [silent])
        for channel in channels:
            line.execute(f"LISTEN {channel}")
    except psycopg.Error:
        line.close()
        raise
    return line


def heard(line: psycopg.Connection, seconds: float) -> bool:
    """Wait for a wake-up; say whether one came. Raises psycopg.Error."""
    return len(list(line.notifies(timeout=seconds, stop_after=1))) > 0
