"""What every connection to PostgreSQL is told when it opens."""

from typing import Any

from django.conf import settings
from django.db import connection as default
from django.db.backends.base.base import BaseDatabaseWrapper


def limit_idle_transactions(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Let a process that freezes in a transaction hold its rows no longer than a lease.

    A stopped worker or a paused machine keeps its connection open, and with it the locks of its
    transaction: people and other workers would wait for it without end. Nothing of ours calls
    AWS in a transaction, or idles in one for long.
    """
    milliseconds = int(settings.LEASE_SECONDS * 1000)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [str(milliseconds)]
        )


def prepare_statements() -> None:
    """Let PostgreSQL plan what this process repeats once for each connection: workers repeat themselves.

    Planning is half of a step's time in PostgreSQL. To be called before the first connection, which must not
    go through a pooler in transaction mode; for workers it may not anyway (docs/scaling.md).
    """
    default.settings_dict.setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=2)
