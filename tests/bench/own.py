"""A database that a bench has for itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from endpoints import embedded
from tests import database


@contextmanager
def own_database() -> Iterator[None]:
    """Make a database, and drop it at the end."""
    prefix = database.name_after_this_process()
    old = connection.settings_dict["NAME"]
    with embedded.hold(settings.VAR_DIR):
        database.drop_leftovers(prefix)
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(old, verbosity=0)
