"""A server between a client and Postern: it counts calls, and answers some itself as a busy server would."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_TOLD = ("Content-Type", "X-Request-Id", "Retry-After", "X-RateLimit-Reset")


@dataclass
class Relay:
    """Listens at `url`. `calls` are method, path and status of each, in the order of their answers."""

    url: str = ""
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    _planned: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer_next(self, method: str, status: int, **headers: str) -> None:
        """Answer the next call of a method so, without passing it on; `_` in a header's name is a dash."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        with self._lock:
            self._planned.append((method, status, told))

    def take_plan(self, method: str) -> tuple[int, dict[str, str]] | None:
        """Return the planned answer of a call, and forget it; None for one that is passed on."""
        with self._lock:
            for n, (wanted, status, headers) in enumerate(self._planned):
                if wanted == method:
                    del self._planned[n]
                    return status, headers
        return None

    def note(self, method: str, path: str, status: int) -> None:
        """Keep a call."""
        with self._lock:
            self.calls.append((method, path, status))

    def since(self, mark: int, method: str) -> list[tuple[str, str, int]]:
        """Return the calls of a method after the first `mark` calls."""
        with self._lock:
            return [call for call in self.calls[mark:] if call[0] == method]


@contextlib.contextmanager
def open_relay(port: int) -> Iterator[Relay]:
    """Run a relay to a port of this machine."""
    relay = Relay()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            """Answer by plan, or pass on and back."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            planned = relay.take_plan(self.command)
            if planned is None:
                status, headers, answer = self._pass_on(body)
            else:
                status, headers = planned
                answer = b'{"status": %d, "requestId": "", "error": "PLANNED: by the relay"}' % status
            relay.note(self.command, self.path, status)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_any

        def _pass_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            with contextlib.closing(server):
                kept = {name: value for name, value in self.headers.items() if name != "Connection"}
                server.request(self.command, self.path, body or None, kept)
                answer = server.getresponse()
                told = {name: value for name in _TOLD if (value := answer.headers.get(name))}
                return answer.status, told, answer.read()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    relay.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
