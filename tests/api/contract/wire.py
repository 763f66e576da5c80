"""How the Terraform provider sends one request: what counts as success, and what is sent again.

Written from cloud-api.md §1, §2 and §13: exactly 200, no redirects, 404 by its status alone, 429 and 5xx sent
again for about a minute, POST included.
"""

import base64
import contextlib
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

LASTS = 61  # seconds after which nothing is sent again
_PAUSES = (4, 8, 16, 32)


class Failed(Exception):
    """What Terraform shows as an error."""


class NotFound(Failed):
    """The server answered 404."""


class Redirected(Failed):
    """The server answered with a redirect, by which a write would lose its body."""


@dataclass
class Wire:
    """Sends requests to `api_url`, which includes /v1. `sleep` passes the time, `calls` is all that was sent.

    Time is counted by what was slept and what calls really took.
    """

    api_url: str
    key: str
    secret: str
    sleep: Callable[[float], object]
    calls: list[tuple[str, str, int]] = field(default_factory=list)

    def send(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Send until it is answered for good; return the object of the answer. Raises Failed."""
        spent, failures = 0.0, 0
        while True:
            began = time.monotonic()
            status, headers, raw = self._once(method, path, body)
            spent += time.monotonic() - began
            if status == 200:
                return self._object(raw)
            if status == 404:
                raise NotFound(path)
            if 300 <= status < 400:
                raise Redirected(f"{method} {path}: {status} to {headers.get('Location')}")
            if status == 429:
                told = headers.get("X-RateLimit-Reset")
                pause = int(float(told) + 1) if told else 1
            elif status >= 500 and failures < len(_PAUSES):
                pause = _PAUSES[failures] + 1
                failures += 1
            else:
                raise Failed(f"status: {status}, body: {raw.decode()}")
            self.sleep(pause)
            spent += pause
            if spent >= LASTS:
                raise Failed(f"status: {status}, body: {raw.decode()}")

    def _once(self, method: str, path: str, body: object) -> tuple[int, http.client.HTTPMessage, bytes]:
        url = urlsplit(self.api_url + path)
        basic = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        headers = {
            "Authorization": f"Basic {basic}",
            "User-Agent": "terraform-provider-clickhouse/dirty Commit/NA",
        }
        raw = None
        if body is not None:
            raw = json.dumps(body).encode()
            headers["Content-Type"] = "application/json; charset=utf-8"
        connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, url.path, raw, headers)
            answer = connection.getresponse()
            text = answer.read()
        self.calls.append((method, path, answer.status))
        return answer.status, answer.headers, text

    @staticmethod
    def _object(raw: bytes) -> dict[str, Any]:
        """Read the envelope: unknown fields do not matter, a body that is no JSON does."""
        try:
            envelope = json.loads(raw)
        except ValueError as error:
            raise Failed(f"the body is not JSON: {raw!r}") from error
        if not isinstance(envelope, dict):
            raise Failed(f"the body is no object: {raw!r}")
        result = envelope.get("result")
        return {} if result is None else dict(result)
