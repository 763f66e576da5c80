"""Server time and queries of addresses, asked for as a web server asks: by WSGI calls in this process."""

import statistics
import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from endpoints.models import User


class Browser:
    """Somebody who is signed in, and asks for addresses."""

    def __init__(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        self._factory = RequestFactory(headers={"Cookie": f"sessionid={cookie}"}, SERVER_NAME="localhost")
        self._application = get_wsgi_application()

    def ask(self, address: str, **headers: str) -> tuple[int, str]:
        """Return status and body of an answer."""
        environ = self._factory.get(address, headers=headers).environ
        begun: list[str] = []

        def start(status: str, *_: Any) -> Any:
            begun.append(status)

        answer = self._application(environ, start)
        body = b"".join(answer)
        answer.close()
        return int(begun[0].split()[0]), body.decode()

    def milliseconds(self, address: str) -> float:
        """Return how long one answer took; it must be a page."""
        begin = time.perf_counter()
        status, _ = self.ask(address)
        took = (time.perf_counter() - begin) * 1000
        assert status == 200, f"{status}: {address}"
        return took

    def queries(self, address: str, **headers: str) -> tuple[int, int]:
        """Return an answer's status and its queries."""
        with CaptureQueriesContext(connection) as captured:
            status, _ = self.ask(address, **headers)
        return status, len(captured)


TRIES = 3


def medians(browser: Browser, addresses: Mapping[str, str], rounds: int) -> dict[str, float]:
    """Return the median of each address in milliseconds; they take turns, after one unmeasured round.

    A turn is the fastest of TRIES answers: what else this machine does meanwhile is not the server's time.
    """
    took: dict[str, list[float]] = {name: [] for name in addresses}
    for number in range(rounds + 1):
        for name, address in addresses.items():
            milliseconds = min(browser.milliseconds(address) for _ in range(TRIES))
            if number:
                took[name].append(milliseconds)
    return {name: statistics.median(times) for name, times in took.items()}


def table(lines: Iterable[tuple[str, ...]]) -> str:
    """Return lines of cells in columns, the first to the left, the others to the right."""
    cells = list(lines)
    widths = [max(len(line[n]) for line in cells) for n in range(len(cells[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    )
