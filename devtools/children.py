"""The processes that `up` starts: each in a session of its own, none left behind, the dead ones replaced."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devtools.common import CHECKOUT, DevError, full_disk_or, say, tail
from devtools.surroundings import MARK

DEATHS, DEATHS_WITHIN_SECONDS = 5, 60.0
LONGEST_BACKOFF_SECONDS = 5.0
LOG_KEPT_BYTES = 10_000_000
_PR_SET_PDEATHSIG = 1


class Deaths:
    """How often something died of late, and how long to wait before the next start."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._times: deque[float] = deque(maxlen=DEATHS)

    def count(self) -> float | None:
        """Note a death; return the seconds to wait, or None when there were too many in a minute."""
        self._times.append(self._now())
        recent = [at for at in self._times if self._times[-1] - at < DEATHS_WITHIN_SECONDS]
        if len(recent) >= DEATHS:
            return None
        return min(0.5 * 2.0 ** (len(recent) - 1), LONGEST_BACKOFF_SECONDS)


class Child:
    """One program that should run as long as `up` does."""

    def __init__(self, name: str, command: Sequence[str | Path], env: Mapping[str, str], logs: Path) -> None:
        self.name, self.log = name, logs / f"{name}.log"
        self._command, self._env = [str(part) for part in command], dict(env)
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths, self._start_at = Deaths(), 0.0

    def start(self) -> None:
        """Start it; what it says goes to its log, so that a closed terminal cannot hurt it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self._command,
                cwd=CHECKOUT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )

    def tend(self) -> None:
        """Replace it if it died. Raises DevError when it dies again and again."""
        if self._process is None:
            if time.monotonic() >= self._start_at:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            return
        self._signal_group(signal.SIGKILL)  # what a killed leader leaves would hold its port or its queue
        self._process = None
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        wait = self._deaths.count()
        if wait is None:
            last = tail(self.log, 1)
            reason = f"The {self.name} died {DEATHS} times in a minute ({how}): {last} (see {self.log})"
            raise full_disk_or(tail(self.log), reason)
        say(f"The {self.name} died ({how}); starting it again (log: {self.log}).")
        self._start_at = time.monotonic() + wait

    def stop(self, patience_seconds: float) -> None:
        """Ask it to end, and end it with all of its group when it does not."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
        self._kill_group(process)
        process.wait()

    def _signal_group(self, number: int) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    @staticmethod
    def _kill_group(process: "subprocess.Popen[bytes]") -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _die_with(parent: int) -> Callable[[], None] | None:
    """Return what a child does before its program: ask Linux for SIGTERM when we die, however we die."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # we died before it could ask
            os._exit(1)

    return ask


def end_leftovers(var: Path, patience_seconds: float = 10.0) -> int:
    """End what a killed `up` of this `var` left running; return how many there were. Raises DevError."""
    left = marked(var)
    for number, patience in ((signal.SIGTERM, patience_seconds), (signal.SIGKILL, 5.0)):
        for pid in marked(var):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        deadline = time.monotonic() + patience
        while marked(var):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        else:
            return len(left)
    raise DevError(
        f"Processes {', '.join(map(str, marked(var)))} of an earlier ./dev up do not end; end them first."
    )


def marked(var: Path) -> list[int]:
    """Return the processes that carry our mark for this `var`, whoever their parent and group are by now."""
    mark = f"{MARK}={var}"
    if Path("/proc/self/environ").exists():
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _carries(pid, mark)]
    listed = subprocess.run(
        ["/bin/ps", "-axEww", "-o", "pid=,command="], capture_output=True, text=True, check=False
    )
    lines = [line.split(None, 1) for line in listed.stdout.splitlines() if f" {mark} " in f"{line} "]
    return [int(pid) for pid, *_ in lines if int(pid) != os.getpid()]


def _carries(pid: int, mark: str) -> bool:
    if pid == os.getpid():
        return False
    try:
        return os.fsencode(mark) in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
