"""The database of the tests is this process's own, whole after a flush, and not left behind."""

import os
import subprocess
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from endpoints.models import Installation
from tests import database


@pytest.fixture
def ended() -> int:
    """The pid of a process that has ended."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def databases(prefix: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_each_process_has_a_database_of_its_own() -> None:
    assert connection.settings_dict["NAME"].endswith(f"_{os.getpid()}")


@pytest.mark.django_db(transaction=True)
def test_a_flush_leaves_an_installation_that_belongs_here() -> None:
    before = Installation.get()
    call_command("flush", interactive=False, verbosity=0)
    assert Installation.get().pk != before.pk
    assert not Installation.get().has_moved


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_run_left_is_dropped_and_no_other(ended: int) -> None:
    prefix = f"test_leftovers_of_{os.getpid()}_"
    names = {f"{prefix}{ended}", f"{prefix}{os.getpid()}"}
    with connection.cursor() as cursor:
        try:
            for name in names:
                cursor.execute(f'CREATE DATABASE "{name}"')
            database.drop_leftovers(prefix)
            assert databases(prefix) == names - {f"{prefix}{ended}"}
        finally:
            for name in names:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


@pytest.mark.django_db
def test_a_transaction_that_idles_for_longer_than_a_lease_is_ended(settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM current_setting('idle_in_transaction_session_timeout')::interval)"
        )
        assert cursor.fetchone() == (settings.LEASE_SECONDS,)
