"""What the faults that struck a call do to it before and after its effect."""

import time
from collections.abc import Mapping

from botocore.model import ServiceModel

from endpoints.sandbox.calllog import CallEntry
from endpoints.sandbox.faults.errors import REFUSALS, planned, throttled
from endpoints.sandbox.faults.fault import Fault
from endpoints.sandbox.faults.holds import Holds
from endpoints.sandbox.faults.rates import SERVICES, Rates
from endpoints.sandbox.wire.http import Request
from endpoints.sandbox.world.moved import Clock
from endpoints.sandbox.world.world import World

_HANGING_SECONDS = 0.2  # between two looks at whether the caller of a call that hangs is still there


class Drop(Exception):
    """The connection is to be reset."""


class Striking:
    """Lets faults act. Nothing here holds the world's lock while it waits."""

    def __init__(self, world: World, clock: Clock, holds: Holds) -> None:
        self.world, self.clock, self.holds = world, clock, holds
        self.rates = Rates()

    def before(
        self, request: Request, model: ServiceModel | None, entry: CallEntry, struck: Mapping[str, Fault]
    ) -> None:
        """Do what comes before the effect. Raises Drop, or AwsError for a call that is refused."""
        self._hold("before", request, entry, struck.get("hold_before"))
        if "drop" in struck:
            raise Drop
        if "hang" in struck:
            self._hang(request, struck["hang"])
        for kind in REFUSALS:
            if kind in struck:
                raise planned(struck[kind], entry.service, model)
        self._throttle(entry)
        for kind in ("throttle", "error"):
            if kind in struck:
                raise planned(struck[kind], entry.service, model)

    def after(
        self, request: Request, model: ServiceModel | None, entry: CallEntry, struck: Mapping[str, Fault]
    ) -> None:
        """Do what comes after the effect. Raises Drop, or AwsError instead of the answer."""
        self._hold("after", request, entry, struck.get("hold_after"))
        if "slow" in struck:
            time.sleep(struck["slow"].seconds)
        if "lost_answer" in struck:
            raise Drop
        if "error_after" in struck:
            raise planned(struck["error_after"], entry.service, model)

    def _hang(self, request: Request, fault: Fault) -> None:
        """Say nothing until the caller hangs up or the fault is cleared; then reset the connection."""
        while not request.client_gone():
            with self.world.lock:
                if self.world.faults.get(fault.id) is None:
                    break
            time.sleep(_HANGING_SECONDS)
        raise Drop

    def _throttle(self, entry: CallEntry) -> None:
        if entry.service not in SERVICES:
            return
        with self.world.lock:
            about = (entry.account, entry.region, entry.operation, entry.params)
            factor = self.world.knobs.real_rates
            if not self.rates.take(*about, self.clock.now(), factor, entry.service):
                raise throttled(entry.service)

    def _hold(self, phase: str, request: Request, entry: CallEntry, fault: Fault | None) -> None:
        if fault is None:
            return
        action = self.holds.wait(
            request.client_gone, phase=phase, fault_id=fault.id, seq=entry.seq, service=entry.service,
            operation=entry.operation, region=entry.region, account=entry.account, params=entry.params,
        )  # fmt: skip
        if action == "drop":
            raise Drop
