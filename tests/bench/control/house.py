"""The houses of the bench: each a database, a sandbox and workers that nobody else uses."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from django.db import connection
from django.test.utils import override_settings

from endpoints.models import Installation
from endpoints.models.installation import postgres_identity
from tests.bench.control.limits import QUOTA, UNLIMITED
from tests.engine.conftest import forget_clients
from tests.kill import house as kill
from tests.sandbox_client import Sandbox, start_sandbox


@dataclass
class House:
    """One part's own world. Whatever touches rows or AWS from the bench's process does so `inside()`."""

    database: str
    box: Sandbox
    directory: Path
    env: Mapping[str, str] = field(default_factory=dict)
    people: kill.House | None = None

    @contextmanager
    def inside(self) -> Iterator[kill.House]:
        """Turn this process to this house's database, AWS and clock; back at the end."""
        outside = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = self.database
        forget_clients()
        try:
            with (
                mock.patch.dict(os.environ, self.box.environment()),
                override_settings(CLOCK_FILE=self.box.clock_file),
            ):
                if self.people is None:
                    self.people = self._furnish()
                yield self.people
        finally:
            connection.close()
            connection.settings_dict["NAME"] = outside
            forget_clients()

    @contextmanager
    def workers(self, count: int) -> Iterator[list[kill.Worker]]:
        """Run so many `manage.py worker`; they are killed at the end. Only inside."""
        assert self.people is not None
        try:
            yield [self.people.start_worker() for _ in range(count)]
        finally:
            self.people.close()
            self.people.workers.clear()

    def _furnish(self) -> kill.House:
        identifier, oid = postgres_identity()
        Installation.objects.update(pg_system_identifier=identifier, pg_database_oid=oid)
        self.box.knobs(interface_quota_per_vpc=QUOTA, resource_quota_per_vpc=QUOTA)
        return kill.furnish(self.box, self.directory, UNLIMITED | dict(self.env))


class Estate:
    """Where houses are built: each from the database that is connected now, and with a sandbox of its own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stack = ExitStack()
        self._count = 0

    def __enter__(self) -> "Estate":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def house(self, **env: str) -> House:
        """Build a house; `env` are further settings of its workers. Nothing delays in its sandbox."""
        self._count += 1
        suffix = str(self._count)
        directory = self._directory / suffix
        directory.mkdir()
        name = str(connection.creation.get_test_db_clone_settings(suffix)["NAME"])
        connection.creation.clone_test_db(suffix, verbosity=0)
        self._stack.callback(connection.creation.destroy_test_db, verbosity=0, suffix=suffix)
        box = self._stack.enter_context(start_sandbox(directory, state=":memory:"))
        return House(name, box, directory, env)
