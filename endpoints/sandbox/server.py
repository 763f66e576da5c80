"""The HTTP server: HTTP/1.1 with keep-alive, one thread a connection."""

import socket
import socketserver
import struct
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from endpoints.sandbox.app import Sandbox
from endpoints.sandbox.wire.http import Dropped, Request, Response

BODY_LIMIT = 8 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """Listens for one sandbox. Threads are daemons: a held call does not keep the process alive."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, host: str, port: int, sandbox: Sandbox) -> None:
        """Bind. Raises OSError when the port is taken."""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sandbox = sandbox
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        """Bind without asking DNS for our own name, which can take seconds on a machine without network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report bugs, but stay quiet about clients that hang up, which kill tests do all the time."""
        if not isinstance(sys.exception(), OSError):
            traceback.print_exc()


class Handler(BaseHTTPRequestHandler):
    """Carries requests in and answers out."""

    protocol_version = "HTTP/1.1"
    server: Server
    # Head and body go out in one packet: two would cost a delayed ACK of 44 ms (aws.md §9).
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_any(self) -> None:
        """Answer one request of any method."""
        body = self._body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, self._client_gone)
        answer = self.server.sandbox.answer(request)
        if isinstance(answer, Dropped):
            self._reset()
        else:
            self._send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_any

    def _body(self) -> bytes | None:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            self._refuse(411)
            return None
        text = self.headers.get("content-length") or "0"
        if not (text.isascii() and text.isdigit()):
            self._refuse(400)
            return None
        if int(text) > BODY_LIMIT:
            self._refuse(413)
            return None
        return self.rfile.read(int(text))

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self._send(Response(status))

    def _send(self, response: Response) -> None:
        sent = True
        try:
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)
            self.wfile.flush()
        except OSError:
            sent, self.close_connection = False, True
        if response.after is not None:
            response.after(sent)

    def _reset(self) -> None:
        """Close so that the client sees a reset connection instead of an answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # shutdown_request() would end the connection politely first, and that is not a reset.
        socket.socket.close(self.connection)

    def _client_gone(self) -> bool:
        """Whether the client closed its end. A byte that waits is a next request, so it is still there."""
        try:
            waiting: bytes = self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not waiting

    def version_string(self) -> str:
        """Name the server; Python's version is nobody's business."""
        return "postern-sandbox"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the call log has it."""
