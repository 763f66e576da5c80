"""What every test may use: the database of the tests, and the people of `people.py`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from endpoints import embedded
from tests import database
from tests.people import Cast, introduce

MEASURED = "real seconds"  # name of a property with which a test tells what it measured


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Hold the embedded PostgreSQL while tests need a database, unless DATABASE_URL names another."""
    prefix = database.name_after_this_process()
    if settings.DATABASE_URL:
        yield
        return
    with embedded.hold(settings.VAR_DIR):
        database.drop_leftovers(prefix)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Make the database of the tests, whole again after each test that empties it."""
    database.keep_the_installation()
    with django_db_blocker.unblock():
        database.let_tests_empty_the_audit()


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody and everything that most tests need."""
    return introduce()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what was measured, in whichever process."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    ended = [report for report in reports if getattr(report, "when", "") == "teardown"]
    told = [(report, what) for report in ended for name, what in report.user_properties if name == MEASURED]
    if told:
        terminalreporter.section("real seconds in the kill tests")
        for report, what in told:
            terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {what}")
