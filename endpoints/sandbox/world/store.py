"""The SQLite file behind the world: objects and the call log, written through as they change."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FORMAT = 1


class StateError(Exception):
    """The state file cannot be used; the message is one line for a person."""


class Store:
    """Keeps JSON bodies by (kind, id), and log rows by number.

    WAL with synchronous=NORMAL: a commit survives kill -9 of the process, which is what the tests do; a
    power cut may lose the last commits, which a simulator can bear. The file is locked exclusively, so a
    second sandbox on the same file is refused. Not thread-safe: the caller holds the world's lock.
    """

    def __init__(self, path: str) -> None:
        """Open or create the file (`:memory:` for none). Raises StateError when it cannot be used."""
        try:
            if path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=2, check_same_thread=False, isolation_level=None)
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            raise StateError(f"The state file {path} cannot be used: {error}.") from error

    def _prepare(self) -> None:
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("BEGIN EXCLUSIVE")
        found = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if found not in (0, FORMAT):
            raise sqlite3.DatabaseError(f"its format is {found}, this sandbox reads {FORMAT}")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS object"
            " (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id))"
        )
        self._db.execute("CREATE TABLE IF NOT EXISTS call (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        self._db.execute(f"PRAGMA user_version={FORMAT}")
        self._db.execute("COMMIT")

    def load(self, kind: str) -> Iterator[dict[str, Any]]:
        """Yield the stored bodies of one kind."""
        for (body,) in self._db.execute("SELECT body FROM object WHERE kind = ? ORDER BY rowid", (kind,)):
            yield json.loads(body)

    def load_calls(self) -> Iterator[dict[str, Any]]:
        """Yield the stored log rows, oldest first."""
        for (body,) in self._db.execute("SELECT body FROM call ORDER BY seq"):
            yield json.loads(body)

    def write(
        self,
        puts: Iterable[tuple[str, str, dict[str, Any]]],
        removals: Iterable[tuple[str, str]],
        calls: Iterable[tuple[int, dict[str, Any]]] = (),
    ) -> None:
        """Write changed objects, removed ones and log rows in one transaction."""
        with self._transaction():
            self._write(puts, removals, calls)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit, or leave nothing half done: after a full disk the next write must find a clean start."""
        self._db.execute("BEGIN")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _write(
        self,
        puts: Iterable[tuple[str, str, dict[str, Any]]],
        removals: Iterable[tuple[str, str]],
        calls: Iterable[tuple[int, dict[str, Any]]],
    ) -> None:
        self._db.executemany(
            "INSERT INTO object (kind, id, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            [(kind, key, json.dumps(body)) for kind, key, body in puts],
        )
        self._db.executemany("DELETE FROM object WHERE kind = ? AND id = ?", list(removals))
        self._db.executemany(
            "INSERT INTO call (seq, body) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET body = excluded.body",
            [(seq, json.dumps(body)) for seq, body in calls],
        )

    def forget_calls(self, up_to: int) -> None:
        """Remove log rows with a number of `up_to` or less."""
        self._db.execute("DELETE FROM call WHERE seq <= ?", (up_to,))

    def clear(self) -> None:
        """Remove everything."""
        with self._transaction():
            self._db.execute("DELETE FROM object")
            self._db.execute("DELETE FROM call")

    def close(self) -> None:
        """Close the file; nothing is pending."""
        self._db.close()
