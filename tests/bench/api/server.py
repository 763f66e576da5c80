"""Gunicorn as production runs it, on a database of its own, with the rate limits off."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.environment import CHECKOUT
from tests.kill.house import database_url
from tests.sandbox_client import eventually

STARTS_WITHIN = 60.0  # seconds


@contextmanager
def serve(directory: Path, **settings: str) -> Iterator[int]:
    """Start `gunicorn endpoints.wsgi`, with more settings, and return its port; it is ended at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    binary = Path(sys.executable).parent / "gunicorn"
    command = [str(binary), "endpoints.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    log = directory / "gunicorn.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=_environment() | settings,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        eventually(lambda: process.poll() is not None or _answers(port), STARTS_WITHIN, "the web server")
        assert process.poll() is None, log.read_text()
        yield port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/v1", headers={"X-Forwarded-Proto": "https"})
        with connection.getresponse() as answer:
            return answer.status == http.client.NOT_FOUND
    except OSError:
        return False
    finally:
        connection.close()


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT),
        "POSTERN_WITHOUT_DOTENV": "1",
        "DJANGO_SETTINGS_MODULE": "tests.bench.api.settings",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": "https://localhost",
        "BEHIND_TLS_PROXY": "1",
        "KEY_READS_A_MINUTE": "0",  # unlimited; production refuses to start without any limit
    }
