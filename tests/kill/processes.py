"""Processes as /proc tells them: who is whose child, and who is gone. Linux only, as the kill tests are."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process; the start time tells it from another that got its pid later."""

    pid: int
    parent: int
    group: int
    started: int

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless it is gone."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def is_alive(self) -> bool:
        """Say whether it still runs; a zombie does not."""
        return _read(self.pid) == self

    def is_calling(self, port: int) -> bool:
        """Say whether it has a connection to a port of this machine."""
        wanted = _connections_to(port)
        with suppress(OSError):
            for name in os.listdir(f"/proc/{self.pid}/fd"):
                with suppress(OSError):
                    if os.readlink(f"/proc/{self.pid}/fd/{name}") in wanted:
                        return True
        return False

    def waits_for_the_queue(self) -> bool:
        """Say whether it sleeps on a pipe or a lock, as an idle hand of the cluster does."""
        with suppress(OSError):
            sleeps_in = Path(f"/proc/{self.pid}/wchan").read_text()
            return "pipe" in sleeps_in or "futex" in sleeps_in
        return False


def children_of(pid: int) -> list[Process]:
    """Return the living children of a process, eldest first."""
    return sorted((p for p in _all() if p.parent == pid), key=lambda p: (p.started, p.pid))


def family_of(pid: int) -> list[Process]:
    """Return a living process and all that descend from it."""
    found = [p for p in _all() if p.pid == pid]
    for process in found:
        found += children_of(process.pid)
    return found


def _all() -> list[Process]:
    read = (_read(int(name)) for name in os.listdir("/proc") if name.isdecimal())
    return [process for process in read if process is not None]


def _read(pid: int) -> Process | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, parent, group = fields[:3]
    return None if state in "ZX" else Process(pid, int(parent), int(group), int(fields[19]))


def _connections_to(port: int) -> set[str]:
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines]
    # Columns: local address, remote address, state (01 = established), …, inode.
    return {f"socket:[{f[9]}]" for f in fields if f[2].endswith(f":{port:04X}") and f[3] == "01"}
