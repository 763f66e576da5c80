"""A server whose answers are planned, to see whether a client is strict."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.api.contract.wire import Wire

Answer = tuple[int, dict[str, str], bytes]
PlannedServer = Callable[[dict[str, list[Answer]]], Wire]


def answer(result: object, status: int = 200) -> Answer:
    """Return an answer in the envelope."""
    return status, {}, json.dumps({"status": status, "requestId": "r", "result": result}).encode()


@contextmanager
def planned_servers() -> Iterator[PlannedServer]:
    """Start servers with planned answers by method, of which the last is repeated; each returns its wire."""
    started = []

    def start(answers: dict[str, list[Answer]]) -> Wire:
        class Handler(BaseHTTPRequestHandler):
            def do_any(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                planned = answers[self.command]
                status, headers, body = planned.pop(0) if len(planned) > 1 else planned[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_any

            def log_message(self, format: str, *args: object) -> None:
                pass

        listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        started.append(listening)
        return Wire(f"http://127.0.0.1:{listening.server_port}/v1", "k", "s", lambda _: None)

    try:
        yield start
    finally:
        for one in started:
            one.shutdown()
            one.server_close()
