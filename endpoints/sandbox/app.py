"""The sandbox put together: world, clock, log, holds, and the three faces on them."""

import threading
from pathlib import Path
from urllib.parse import urlsplit

from endpoints.sandbox.calllog import CallLog
from endpoints.sandbox.console.pages import Console
from endpoints.sandbox.control.api import Control
from endpoints.sandbox.dispatch import Dispatcher
from endpoints.sandbox.faults.holds import Holds
from endpoints.sandbox.wire.http import Answer, Request, Response, json_response
from endpoints.sandbox.world import seed
from endpoints.sandbox.world.knobs import for_profile
from endpoints.sandbox.world.moved import Clock
from endpoints.sandbox.world.store import Store
from endpoints.sandbox.world.world import World

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Sandbox:
    """One simulated AWS. The profile counts only at the first start, when the state is empty."""

    def __init__(self, state: str, clock_file: Path | None, profile: str = "demo") -> None:
        """Open the state. Raises StateError for an unusable file, ValueError for an unknown profile."""
        for_profile(profile)
        self.store = Store(state)
        self.clock = Clock(clock_file)
        self.world = World(self.store)
        self.log = CallLog(self.store)
        self.holds = Holds()
        self.resetting = threading.Lock()
        if self.world.empty:
            seed.sow(self.world, profile, self.clock.now())
            self.world.journal.flush(self.store, [])
        self._dispatcher = Dispatcher(self.world, self.clock, self.log, self.holds)
        self._control = Control(self)
        self._console = Console(self.world, self.clock, self.log, self.holds, self._control)

    def reset(self, profile: str | None = None) -> None:
        """Go back to the seed: no calls, faults or holds. Raises ValueError for an unknown profile."""
        with self.resetting, self.world.lock:
            chosen = profile or self.world.knobs.profile
            for_profile(chosen)
            self.world.clear()
            self.log.restart()
            self._dispatcher.striking.rates.refill()
            seed.sow(self.world, chosen, self.clock.now())
            self.world.journal.flush(self.store, [])
        self.holds.release_all("drop")

    def answer(self, request: Request) -> Answer:
        """Answer any request: control, console, or AWS."""
        if request.path.startswith(("/_control/", "/_console/")) or request.path == "/_console":
            refusal = refuse_foreign(request)
            if refusal is not None:
                return refusal
        if request.path.startswith("/_control/"):
            return self._control.answer(request)
        if request.path.startswith("/_console"):
            return self._console.answer(request)
        if "authorization" not in request.headers and "text/html" in request.headers.get("accept", ""):
            return Response(303, headers={"Location": "/_console/"})
        return self._dispatcher.answer(request)

    def close(self) -> None:
        """Close the state file; whatever comes later fails."""
        with self.world.lock:
            self.store.close()


def refuse_foreign(request: Request) -> Response | None:
    """Refuse requests that a web page made from elsewhere: the control and the console have no sign-in.

    The Host must be a loopback name, which stops DNS rebinding. What changes something must come from a
    page of our own, or from no page at all; reading is safe, since no page elsewhere sees the answer.
    """
    host = request.headers.get("host", "")
    if (urlsplit(f"//{host}").hostname or "") not in _LOOPBACK:
        return json_response(403, {"error": "The Host header must be a loopback name."})
    if request.method in ("GET", "HEAD"):
        return None
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return json_response(403, {"error": "Requests from other origins are refused."})
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return json_response(403, {"error": "Requests from other sites are refused."})
    return None
