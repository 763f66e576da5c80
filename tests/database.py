"""The database of the tests: one for each process that runs them, none left behind."""

import os
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate
from psycopg import sql

from endpoints.models import Installation
from endpoints.models.installation import postgres_identity


def name_after_this_process() -> str:
    """Give the database of the tests a name that no other run has; return it without the process id.

    Two runs in one checkout, or the two lanes of one, use one server.
    """
    prefix = f"test_{connection.settings_dict['NAME']}_"
    connection.settings_dict["TEST"]["NAME"] = f"{prefix}{os.getpid()}"
    return prefix


def drop_leftovers(prefix: str) -> None:
    """Drop the databases of runs that were killed. Only for a server that this machine alone uses."""
    server = {key.lower(): connection.settings_dict[key] for key in ("HOST", "PORT", "USER")}
    with psycopg.connect(**server, dbname="postgres", autocommit=True) as outside:
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (name,) in outside.execute(query, [prefix]).fetchall():
            pid = name.removeprefix(prefix).partition("_")[0]  # a clone has the pid and a suffix
            if pid.isdecimal() and not _runs(int(pid)):
                with suppress(psycopg.Error):  # another run drops it at this moment
                    outside.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def keep_the_installation() -> None:
    """Bring the installation's row, which a migration made, back whenever a test empties the database."""
    post_migrate.connect(_bring_back, sender=apps.get_app_config("endpoints"))  # a flush sends it, too


def let_tests_empty_the_audit() -> None:
    """Take away the trigger that refuses TRUNCATE, with which tests with threads begin anew.

    What it promises is tested in a transaction that puts it back (tests/audit).
    """
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE endpoints_auditentry DISABLE TRIGGER audit_is_not_emptied")


def age_the_audit(by: timedelta) -> None:
    """Make every entry of the audit older, past the trigger that refuses it; within a test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE endpoints_auditentry DISABLE TRIGGER audit_keeps")
        cursor.execute(
            "UPDATE endpoints_auditentry SET at = at - make_interval(secs => %s)", [by.total_seconds()]
        )
        cursor.execute("ALTER TABLE endpoints_auditentry ENABLE TRIGGER audit_keeps")


def _bring_back(**_: Any) -> None:
    if not Installation.objects.exists():
        identifier, oid = postgres_identity()
        Installation.objects.create(id=uuid.uuid4(), pg_system_identifier=identifier, pg_database_oid=oid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True
