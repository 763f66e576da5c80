"""What an operation gets to work with, and the register of those that are built."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from endpoints.sandbox.faults.fault import Fault
from endpoints.sandbox.wire.credentials import Identity
from endpoints.sandbox.world.world import World


class NotYet(Exception):
    """There is nothing to answer yet: call the handler again within `seconds`, without holding the lock."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass
class Call:
    """One call at the moment of its effect; the world's lock is held. `now` is moved time in seconds.

    `lenses` are the faults that change what a read shows (read lag, rewrite) or a batch does
    (partial_delete). `waited` are the real seconds since the call arrived.
    """

    world: World
    identity: Identity
    region: str
    now: float
    params: dict[str, Any]
    service: str = ""
    operation: str = ""
    lenses: list[Fault] = field(default_factory=list)
    waited: float = 0.0

    @property
    def account(self) -> str:
        """The caller's account."""
        return self.identity.account

    def mine(self, item: Any) -> bool:
        """Whether an object is of the caller's account and Region."""
        return bool(item.account == self.account and item.region == self.region)

    def young(self, born: float) -> bool:
        """Whether read lag hides what is born less than its seconds ago."""
        lags = [fault.seconds for fault in self.lenses if fault.kind == "read_lag"]
        return bool(lags) and self.now - born < max(lags)


Handler = Callable[[Call], dict[str, Any]]
_HANDLERS: dict[tuple[str, str], Handler] = {}


def operation(service: str, name: str) -> Callable[[Handler], Handler]:
    """Register a function as what answers an operation. Services register by being imported."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[service, name] = handler
        return handler

    return register


def handler_for(service: str, name: str) -> Handler | None:
    """Return what answers an operation; None when it is not built."""
    return _HANDLERS.get((service, name))


def built() -> list[tuple[str, str]]:
    """Return (service, operation) of everything that is built."""
    return list(_HANDLERS)
