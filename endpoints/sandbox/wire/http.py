"""Requests and answers, free of the server that carries them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """One HTTP request. Header names are lower case. `client_gone` tells whether the caller hung up."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    client_gone: Callable[[], bool] = lambda: False

    @property
    def path(self) -> str:
        """The path without the query, still percent-encoded."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query string; the last of equal names wins."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass
class Response:
    """One HTTP answer. `after` is called with whether it could be sent."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    after: Callable[[bool], None] | None = None


@dataclass(frozen=True)
class Dropped:
    """No answer: the connection is reset."""


Answer = Response | Dropped


def json_response(status: int, value: Any) -> Response:
    """Answer with a JSON document."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode() + b"\n")
