"""What the tests of the embedded PostgreSQL share."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from endpoints import embedded, embedded_home

CHECKOUT = Path(__file__).resolve().parent.parent.parent
HOLD_UNTIL_EOF = """
import sys
from pathlib import Path
from endpoints import embedded
embedded.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def connect(var: Path, database: str = embedded.NAME) -> "psycopg.Connection[tuple[Any, ...]]":
    settings = embedded.database_settings(var)
    return psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["USER"], dbname=database, autocommit=True
    )


def answers(var: Path) -> bool:
    try:
        with connect(var) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def running(var: Path) -> bool:
    return embedded._Server(var).lives()


def postmaster(var: Path) -> int:
    pid = embedded_home.postmaster(embedded_home.Home.of(var).data / "postmaster.pid")
    assert pid is not None
    return pid


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that nobody has buried yet does not."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return told.stdout.strip()[:1] not in ("", "Z")


def eventually(condition: Any, seconds: float = 20.0) -> bool:
    return embedded_home.wait(condition, seconds)


def remember(var: Path, word: str) -> None:
    with connect(var) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        connection.execute("INSERT INTO words VALUES (%s)", [word])


def words(var: Path) -> set[str]:
    with connect(var) as connection:
        return {row[0] for row in connection.execute("SELECT word FROM words").fetchall()}


@contextmanager
def another_holder(
    var: Path, python: str = sys.executable, **options: Any
) -> Iterator["subprocess.Popen[str]"]:
    """A second process that holds the server until its standard input ends."""
    process = subprocess.Popen(
        [python, "-c", HOLD_UNTIL_EOF, str(var)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        **options,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n", process.communicate()[1]
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


@contextmanager
def foreign_process() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(["sleep", "600"]) as process:
        try:
            yield process
        finally:
            process.kill()


def let_go(process: "subprocess.Popen[str]") -> None:
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")


def need_root_for(what: str) -> None:
    if os.geteuid() != 0:
        pytest.skip(f"{what} needs root")


def nobody_enters(path: Path) -> bool:
    account = embedded_home.server_account(path / "none")
    return embedded_home._refusal(account, "/bin/sh", "-c", 'cd "$1"', "sh", str(path)) is None
