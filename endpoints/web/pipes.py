"""ClickPipes as pages show them: their endpoints, and the connection that follows from these."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from endpoints import texts
from endpoints.domain.pipes import Connection, connection_by_host, connection_of, names_that_answer
from endpoints.models import ClickPipe, endpoints_of
from endpoints.web.shown import Shown

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class ShownPipe:
    """One ClickPipe with the endpoints that carry it; `by_id` says that it names them."""

    pipe: ClickPipe
    endpoints: list[Shown]
    by_id: bool

    @property
    def connection(self) -> Connection:
        """What its endpoints, as they are shown, say about its way to the source."""
        if self.by_id:
            return connection_of(one.status for one in self.endpoints)
        return connection_by_host(self._answering(host) for host in self.pipe.hosts)

    def _answering(self, host: str) -> list[str]:
        names = set(names_that_answer(host))
        return [one.status for one in self.endpoints if names & one.endpoint.answered_names]

    @property
    def advice(self) -> tuple["StrOrPromise", "StrOrPromise"]:
        """What is the matter, and what to do."""
        return texts.CONNECTION_TEXTS[self.connection]


def show_pipes(pipes: Iterable[ClickPipe], now: datetime) -> list[ShownPipe]:
    """Return ClickPipes as they are shown at a moment; a constant number of queries for any number."""
    known = list(pipes)
    carried = endpoints_of(known)
    return [
        ShownPipe(pipe, [Shown(one, now) for one in carried[pipe.pk]], bool(pipe.endpoints.all()))
        for pipe in known
    ]
