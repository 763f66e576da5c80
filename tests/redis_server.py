"""Debian's redis-server in a test: on loopback, with a directory of its own and nothing kept."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.sandbox_client import eventually


class RedisServer:
    """One server, on the same port whenever it is started; `client` asks it in the test's own process."""

    def __init__(self, program: str, directory: Path, port: int) -> None:
        self.url = f"redis://127.0.0.1:{port}/0"
        self.client = redis.Redis.from_url(self.url, socket_timeout=5)
        self._command = [
            program, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(directory),
            "--save", "", "--appendonly", "no", "--daemonize", "no",
        ]  # fmt: skip
        self._log = directory / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it (again), empty, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        eventually(self._answers, 10, "an answer of redis-server")

    def kill(self) -> None:
        """Kill it with -9: what was in it is lost."""
        self._end(signal.SIGKILL)

    def length(self) -> int:
        """Return how many tasks of Postern wait."""
        return int(str(self.client.llen("django_q:postern:q")))

    def pushes(self) -> int:
        """Return how often something was put into a list."""
        stats: Any = self.client.info("commandstats")
        return int(stats["cmdstat_rpush"]["calls"])

    def close(self) -> None:
        """Stop it, if it runs."""
        self.client.close()
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False


@contextmanager
def start_redis(directory: Path) -> Iterator[RedisServer]:
    """Run a redis-server on a free port and stop it at the end."""
    named = os.environ.get("REDIS_SERVER")
    program = (named and shutil.which(named)) or shutil.which("redis-server")
    if program is None:
        pytest.fail("No redis-server: install it (apt-get install redis-server) or name it in REDIS_SERVER.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = RedisServer(program, directory, port)
    server.start()
    try:
        yield server
    finally:
        server.close()
