"""One fault: which calls it hits, how often, and what it does to them."""

import random
from dataclasses import asdict, dataclass, field
from typing import Any

# What each kind does is in README.md, "Faults".
KINDS = (
    "throttle", "error", "denied", "expired_token", "clock_skew", "opt_in",
    "drop", "hang", "slow", "hold_before", "hold_after", "error_after", "lost_answer",
    "read_lag", "rewrite", "partial_delete",
    "push_lost", "push_doubled", "push_late", "push_garbled",
)  # fmt: skip


@dataclass
class Fault:
    """A fault in force. Empty text matches every call; `count` None means until cleared.

    `resource` matches when it occurs as a value anywhere in the call's parameters. `nth` is the number of
    the first matching call that is hit, counted from 1 since the fault was made. `seconds` are of moved
    time for `read_lag` and `push_late` and of real time for `slow`. Without `code`, `message`, `status` the
    error is the called service's own.
    """

    id: str
    kind: str
    service: str = ""
    operation: str = ""
    region: str = ""
    account: str = ""
    resource: str = ""
    nth: int = 1
    count: int | None = None
    probability: float = 1.0
    seed: int = 0
    status: int = 0
    code: str = ""
    message: str = ""
    seconds: float = 0.0
    hide: str = "always"
    set: dict[str, Any] = field(default_factory=dict)
    omit: list[str] = field(default_factory=list)
    seen: int = 0
    applied: int = 0

    def matches(self, service: str, operation: str, region: str, account: str, params: object) -> bool:
        """Whether a call is of the sort that this fault is about."""
        wanted = (self.service, self.operation, self.region, self.account)
        found = (service, operation, region, account)
        if any(want and want != have for want, have in zip(wanted, found, strict=True)):
            return False
        # A listing names none of its rows, so which of them a rewrite is about shows only in the answer.
        return not self.resource or self.kind == "rewrite" or mentions(params, self.resource)

    def strikes(self) -> bool:
        """Count one matching call; whether the fault hits it."""
        if self.spent:
            return False
        self.seen += 1
        if self.seen < self.nth:
            return False
        if self.probability < 1 and random.Random(f"{self.seed}:{self.seen}").random() >= self.probability:  # noqa: S311  # chance, not secrecy
            return False
        self.applied += 1
        return True

    @property
    def is_of_pushes(self) -> bool:
        """Whether it is about AWS's own messages, and no call: `region`, `account`, `resource` say which."""
        return self.kind.startswith("push_")

    @property
    def spent(self) -> bool:
        """Whether it has hit as often as it was told to."""
        return self.count is not None and self.applied >= self.count

    def shown(self) -> dict[str, Any]:
        """Return the fault as the control interface shows it."""
        return {**asdict(self), "spent": self.spent}


def mentions(value: object, wanted: str) -> bool:
    """Whether a text occurs as a whole value anywhere inside parameters."""
    if isinstance(value, dict):
        return any(mentions(item, wanted) for item in value.values())
    if isinstance(value, list):
        return any(mentions(item, wanted) for item in value)
    return value == wanted


def build(key: str, values: dict[str, Any]) -> Fault:
    """Make a fault from control input. Raises ValueError naming what is wrong."""
    blank = asdict(Fault(key, ""))
    for name in values:
        if name not in blank or name in ("id", "seen", "applied"):
            raise ValueError(f"A fault has no setting {name!r}.")
    kind = values.get("kind")
    if kind not in KINDS:
        raise ValueError(f"'kind' must be one of {', '.join(KINDS)}.")
    for name, value in values.items():
        _check_type(name, blank[name], value)
    if "nth" in values and "count" not in values:
        values = {**values, "count": 1}
    fault = Fault(key, **values)
    _check_ranges(fault)
    return fault


def _check_type(name: str, default: object, value: object) -> None:
    if name == "count":
        good = value is None or (isinstance(value, int) and not isinstance(value, bool))
    elif isinstance(default, float):
        good = isinstance(value, int | float) and not isinstance(value, bool)
    elif isinstance(default, int):
        good = isinstance(value, int) and not isinstance(value, bool)
    else:
        good = isinstance(value, type(default))
    if not good:
        raise ValueError(f"'{name}' has the wrong type.")


def _check_ranges(fault: Fault) -> None:
    checks = {
        "nth": fault.nth >= 1,
        "count": fault.count is None or fault.count >= 1,
        "probability": 0 <= fault.probability <= 1,
        "seconds": 0 <= fault.seconds < 1e9,
        "status": fault.status == 0 or 400 <= fault.status <= 599,
        "hide": fault.hide in ("always", "by_id"),
        "omit": all(isinstance(name, str) for name in fault.omit),
    }
    for name, good in checks.items():
        if not good:
            raise ValueError(f"'{name}' is out of range.")
