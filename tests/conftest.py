"""What every test may use: the database of the tests, and the people of `people.py`."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from endpoints import embedded
from tests.people import Cast, introduce


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Hold the embedded PostgreSQL while tests need a database, unless DATABASE_URL names another."""
    if settings.DATABASE_URL:
        yield
        return
    with embedded.hold(settings.VAR_DIR):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody and everything that most tests need."""
    return introduce()
