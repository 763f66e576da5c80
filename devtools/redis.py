"""A redis-server for the tests of `BROKER=redis`: found, or installed where that is possible."""

import os
import shutil
from collections.abc import Callable, Mapping

from devtools.common import VAR, DevError, run_logged, say

NAME = "redis-server"


def ensure(env: Mapping[str, str]) -> str:
    """Return the path of a redis-server. Raises DevError: its tests are never skipped silently."""
    log = VAR / "log" / "redis.log"
    found = find()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {NAME}...")
        # Its package would start a server of its own, which nobody here asked for.
        quiet = {**env, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        run_logged(["apt-get", "update"], log, quiet)
        run_logged(["apt-get", "install", "-y", "--no-install-recommends", NAME], log, quiet)
        found = find()
    if not found:
        raise DevError(f"No {NAME} for the tests of BROKER=redis: install it (log of the attempts: {log}).")
    return found


def find(which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Return the redis-server that REDIS_SERVER names, else the one on PATH."""
    named = os.environ.get("REDIS_SERVER")
    return (named and which(named)) or which(NAME)
