"""A wait whose client has gone gives its place to others."""

import http.client
import select
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from endpoints.api import peer, waiting
from endpoints.models import Service
from tests.api.conftest import Caller, CallerFor, row
from tests.bench.api.server import serve
from tests.sandbox_client import eventually

PROXIED = {"Host": "localhost", "X-Forwarded-Proto": "https"}  # as the server of the bench expects it


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection: the server's end, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        server, _ = listening.accept()
        with server, client:
            yield server, client


def has_gone(asker: object) -> bool:
    return peer.has_gone(RequestFactory().get("/", **{"gunicorn.socket": asker}))  # type: ignore[arg-type]


@pytest.mark.parametrize("timeout", [None, 60, 0])
def test_who_has_closed_is_gone_and_who_is_silent_or_sends_more_is_not(
    pair: tuple[socket.socket, socket.socket], timeout: float | None
) -> None:
    server, client = pair
    server.settimeout(timeout)
    assert not has_gone(server)
    client.sendall(b"GET")
    assert not has_gone(server)
    assert server.recv(9) == b"GET", "nothing was taken from it"
    client.close()
    assert eventually(lambda: has_gone(server), 5, "the end")


def test_who_was_cut_off_is_gone(pair: tuple[socket.socket, socket.socket]) -> None:
    server, client = pair
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close by a reset
    client.close()
    assert eventually(lambda: has_gone(server), 5, "the reset")


def test_where_there_is_no_socket_everybody_counts_as_there() -> None:
    assert not peer.has_gone(RequestFactory().get("/"))
    assert not has_gone("no socket")


@pytest.mark.django_db
@pytest.mark.urls("endpoints.api.urls")
def test_a_wait_ends_at_its_next_look(
    caller: Caller, pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, (server, client) = row(caller.create()).pk, pair
    rested: list[float] = []

    def rest(seconds: float) -> None:
        rested.append(seconds)
        if len(rested) == 2:
            client.close()

    monkeypatch.setattr(waiting, "_rest", rest)
    asked: dict[str, Any] = {"gunicorn.socket": server}
    caller.error("GET", f"/{made}/wait?timeout=300", status=408, **asked)
    assert len(rested) == 2
    assert waiting._waiting == {}


@pytest.mark.django_db(transaction=True, available_apps=None)
def test_a_web_server_has_room_again_as_soon_as_a_client_has_gone(
    service: Service, caller_for: CallerFor, tmp_path: Path
) -> None:
    caller = caller_for(service)
    path = f"{caller.collection}/{row(caller.create()).pk}/wait?timeout="
    headers = {**PROXIED, "Authorization": caller.credentials}
    with serve(tmp_path, API_WAITS="1") as port:

        def status(seconds: int) -> int:
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                asking.request("GET", f"{path}{seconds}", headers=headers)
                with asking.getresponse() as answer:
                    return answer.status
            finally:
                asking.close()

        def waits(asking: http.client.HTTPConnection) -> bool:
            """Ask for a long wait, and say whether it got the place: a refusal would come at once."""
            asking.request("GET", f"{path}300", headers=headers)
            return not select.select([asking.sock], [], [], 2)[0]

        assert status(0) == http.client.REQUEST_TIMEOUT, "it looks once, and takes no place"
        cancelled = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        assert waits(cancelled)
        assert status(1) == http.client.TOO_MANY_REQUESTS
        cancelled.close()
        eventually(lambda: status(1) == http.client.REQUEST_TIMEOUT, 10, "the place to be free")
