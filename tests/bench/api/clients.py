"""Many clients at once, each with a connection of its own that stays open; a process of its own.

`python -m tests.bench.api.clients`, with a Work as JSON on its input and a Found as JSON on its output.
"""

import asyncio
import json
import statistics
import sys
import time
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Work:
    """So many requests for a path, by so many clients; each may take so many seconds."""

    port: int
    path: str
    credentials: str
    clients: int
    requests: int
    patience: float = 60.0


@dataclass(frozen=True)
class Found:
    """Requests a second, and milliseconds that half and 95 % of them took at most."""

    rate: float
    median: float
    late: float


class Crowd:
    """Sends the requests; a client takes the next one as soon as its last was answered."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._left = work.requests
        self._took: list[float] = []
        head = f"GET {work.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {work.credentials}\r\n"
        self._request = f"{head}X-Forwarded-Proto: https\r\nUser-Agent: bench\r\n\r\n".encode()

    async def run(self) -> Found:
        """Send all of them. Raises AssertionError for any answer but 200."""
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(self._work.clients):
                group.create_task(self._client())
        seconds = time.perf_counter() - began
        took = sorted(self._took)
        late = took[min(len(took) - 1, int(len(took) * 0.95))]
        return Found(len(took) / seconds, statistics.median(took) * 1e3, late * 1e3)

    async def _client(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._work.port)
        try:
            while self._left > 0:
                self._left -= 1
                began = time.perf_counter()
                writer.write(self._request)
                await asyncio.wait_for(_answer(reader), self._work.patience)
                self._took.append(time.perf_counter() - began)
        finally:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    assert status.startswith(b"HTTP/1.1 200 "), head
    (length,) = (int(line[15:]) for line in lines if line.lower().startswith(b"content-length:"))
    return await reader.readexactly(length)


if __name__ == "__main__":
    wanted = Work(**json.load(sys.stdin))
    print(json.dumps(asdict(asyncio.run(Crowd(wanted).run()))))
