"""What all parts of ./dev share: the places, the one-line error, and how it speaks."""

import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VAR = CHECKOUT / "var"
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
SCRIPT = CHECKOUT / "dev"


class DevError(Exception):
    """./dev cannot go on; the message is the one line that the person sees."""


def say(line: str = "") -> None:
    """Print a line at once. A closed terminal is no reason to stop half way through stopping."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def tail(path: Path, lines: int = 12) -> str:
    """Return the last lines of a log; empty when there is none."""
    try:
        return "\n".join(path.read_text("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def full_disk_or(said: str, otherwise: str) -> DevError:
    """Return the error for a failed program: the full disk that it complained about, else `otherwise`."""
    if "No space left on device" in said or "DiskFull" in said:
        return DevError(f"The disk is full; make room on the one that holds {CHECKOUT} or its var/.")
    return DevError(otherwise)


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> int:
    """Run a program of ours in the checkout with our own output; return its exit code.

    Ctrl-C reaches the program, too; it gets the time to clean up before KeyboardInterrupt is raised here.
    """
    with subprocess.Popen([str(part) for part in command], cwd=CHECKOUT, env=env) as process:  # noqa: S603
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()
            raise


def run_logged(command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None) -> int:
    """Run a program of ours with its output appended to `log`; return its exit code."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603 - our own commands
            [str(part) for part in command],
            cwd=CHECKOUT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode


def try_lock(path: Path) -> int | None:
    """Lock a file for the life of this process; None when another one has it. Not inherited by programs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait for another ./dev of this checkout that is at the same work, and do it alone."""
    descriptor = try_lock(path)
    if descriptor is None:
        say("Waiting for another ./dev to finish its installation...")
        descriptor = os.open(path, os.O_RDWR)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)
