"""Who keeps the embedded PostgreSQL, who stops it, and what it takes over after sudden deaths."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from endpoints import embedded, embedded_home
from tests.embedded.helpers import (
    CHECKOUT,
    HOLD_UNTIL_EOF,
    alive,
    another_holder,
    answers,
    connect,
    eventually,
    foreign_process,
    let_go,
    postmaster,
    remember,
    running,
    words,
)


def test_settings_are_known_before_anything_runs(var: Path) -> None:
    settings = embedded.database_settings(var)
    assert (settings["NAME"], settings["USER"]) == ("postern", "postern")
    assert not var.exists()
    assert len(f"{settings['HOST']}/.s.PGSQL.{settings['PORT']}".encode()) < 104
    assert settings == embedded.database_settings(var / ".." / "var")
    assert settings != embedded.database_settings(var / "other")


def test_hold_makes_a_database_and_the_last_release_stops_it(var: Path) -> None:
    with embedded.hold(var) as holder:
        assert holder.running()
        assert embedded.hold(var) is holder
        with connect(var) as connection:
            row = connection.execute(
                "SELECT current_setting('fsync'), current_setting('listen_addresses'),"
                " current_setting('TimeZone'), current_setting('server_encoding'), datcollate"
                " FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        assert row == ("on", "", "UTC", "UTF8", "C")
        assert embedded.socket_directory(var).stat().st_mode & 0o777 == 0o700
        remember(var, "kept")
    assert not running(var)
    assert not embedded.socket_directory(var).exists()
    with embedded.hold(var):
        assert words(var) == {"kept"}


def test_server_runs_on_until_the_last_of_two_leaves(var: Path) -> None:
    holder = embedded.hold(var)
    with another_holder(var) as second:
        holder.release()
        holder.release()
        assert answers(var)
        let_go(second)
    assert not running(var)


def test_killed_server_recovers_with_its_data(var: Path) -> None:
    holder = embedded.hold(var)
    remember(var, "committed")
    os.kill(postmaster(var), signal.SIGKILL)
    assert eventually(lambda: not holder.running())
    holder.ensure()
    assert words(var) == {"committed"}


def test_hold_right_after_a_kill_recovers_too(var: Path) -> None:
    embedded.hold(var)
    for word in ("first", "second", "third"):
        with suppress(psycopg.errors.DuplicateTable):
            remember(var, word)
        os.kill(postmaster(var), signal.SIGKILL)
        embedded.hold(var)
    assert words(var) == {"first", "second", "third"}


def test_killed_holder_frees_the_lock(var: Path) -> None:
    with another_holder(var) as first, another_holder(var) as second:
        first.kill()
        first.wait()
        assert answers(var)
        let_go(second)
    assert not running(var)


def test_server_left_by_killed_holders_is_taken_over_and_stopped(var: Path) -> None:
    with another_holder(var) as only:
        remember_pid = postmaster(var)
        only.kill()
        only.wait()
    holder = embedded.hold(var)
    assert postmaster(var) == remember_pid
    holder.release()
    assert not running(var)


def script(var: Path, text: str) -> str:
    """Run a script of its own process, because it forks, and return what it prints."""
    head = (
        "import os, sys\nfrom pathlib import Path\nfrom endpoints import embedded\nvar = Path(sys.argv[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", head + text, str(var)], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


WORKER_THAT_OUTLIVES_ITS_PARENT = """
holder = embedded.hold(var)
reader, writer = os.pipe()
child = os.fork()
if child == 0:  # as a django-q2 worker: lives on, then leaves without atexit
    os.close(writer)
    os.read(reader, 1)
    os._exit(0)
os.close(reader)
holder.release()
print(holder.running())
os.close(writer)
os.waitpid(child, 0)
embedded.hold(var).release()
print(holder.running())
"""

WORKER_THAT_EXITS_BEFORE_ITS_PARENT = """
embedded.hold(var)
if os.fork() == 0:  # as a gunicorn worker: through atexit
    sys.exit(0)
os.wait()
print(embedded.hold(var).running())
"""


def test_forked_child_holds_for_itself(var: Path) -> None:
    assert script(var, WORKER_THAT_OUTLIVES_ITS_PARENT) == "True\nFalse\n"


def test_child_that_exits_releases_nothing_of_its_parents(var: Path) -> None:
    assert script(var, WORKER_THAT_EXITS_BEFORE_ITS_PARENT) == "True\n"
    assert (var / "postgres.log").read_text().count("ready to accept connections") == 1
    assert not running(var)


def test_program_started_by_a_holder_keeps_nothing_alive(var: Path) -> None:
    holder = embedded.hold(var)
    with foreign_process():
        holder.release()
        assert not running(var)


def test_stale_pid_file_with_a_living_foreign_pid_is_no_obstacle(var: Path) -> None:
    embedded.hold(var)
    remember(var, "here")
    pid_file = var / "postgres" / "postmaster.pid"
    with foreign_process() as foreign:
        os.kill(postmaster(var), signal.SIGKILL)
        assert eventually(lambda: not running(var))
        lines = pid_file.read_text().split("\n")
        pid_file.write_text("\n".join([str(foreign.pid), *lines[1:]]))
        socket_lock = embedded.socket_directory(var) / ".s.PGSQL.5432.lock"
        socket_lock.write_text("\n".join([str(foreign.pid), *lines[1:]]))
        holder = embedded.hold(var)
        assert words(var) == {"here"}
        holder.release()
        assert foreign.poll() is None


def test_two_first_starts_at_once_make_one_cluster(var: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD_UNTIL_EOF, str(var)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
    pid = postmaster(var)
    remember(var, "one")
    for process in processes:
        assert postmaster(var) == pid
        let_go(process)
    assert not running(var)


def test_server_whose_var_was_removed_makes_room(var: Path) -> None:
    with another_holder(var) as first:
        orphan = postmaster(var)
        subprocess.run(["rm", "-rf", str(var)], check=True)
        embedded.hold(var)
        assert postmaster(var) != orphan
        assert eventually(lambda: not alive(orphan))
        remember(var, "fresh")
        first.kill()
    assert words(var) == {"fresh"}


def test_server_whose_socket_was_swept_away_is_started_again(var: Path) -> None:
    embedded.hold(var)
    remember(var, "still here")
    subprocess.run(["rm", "-rf", str(embedded.socket_directory(var))], check=True)
    embedded.hold(var)
    assert words(var) == {"still here"}


def test_interrupted_initdb_is_begun_again(var: Path) -> None:
    (var / "postgres.new" / "base").mkdir(parents=True)
    with embedded.hold(var):
        assert answers(var)


def test_start_that_hangs_elsewhere_is_told(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_home, "LOCK_PATIENCE_SECONDS", 0.1)
    var.mkdir()
    descriptor = embedded_home.lock(var / "pg.start.lock", fcntl.LOCK_EX)
    assert descriptor is not None
    begun = time.monotonic()
    with pytest.raises(embedded.EmbeddedError, match="Another process has been starting"):
        embedded.hold(var)
    assert time.monotonic() - begun < 5
    os.close(descriptor)
