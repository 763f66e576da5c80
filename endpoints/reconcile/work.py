"""The work at hand: one endpoint held by a lease, and on whose behalf AWS is called for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import Exists, OuterRef

from endpoints.domain.steps import Decision, Step
from endpoints.domain.types import EndpointType
from endpoints.models import (
    Attempt,
    Breaker,
    Installation,
    Moment,
    Network,
    ReversePrivateEndpoint,
    quota_left,
)
from endpoints.providers.base import Adapter, Operator, Ownership
from endpoints.providers.recent import Recent
from endpoints.providers.registry import ADAPTERS
from endpoints.reconcile import breakers, turns
from endpoints.reconcile.leases import Lease, LeaseLost
from endpoints.reconcile.operators import operator_of
from endpoints.reconcile.settle import settle
from endpoints.reconcile.situation import decide, open_attempt


def call_seconds() -> float:
    """Return how long one try of one AWS call may take at most."""
    return float(settings.AWS_CONNECT_SECONDS + settings.AWS_READ_SECONDS)


def longest_step() -> timedelta:
    """Return how long one step may take at most: its reads are tried twice."""
    return timedelta(seconds=settings.STEP_CALLS * 2 * call_seconds())


@dataclass(frozen=True)
class Due:
    """What is due for an endpoint, decided in the transaction that read it."""

    row: ReversePrivateEndpoint
    attempt: Attempt | None
    decision: Decision

    @classmethod
    def of(cls, row: ReversePrivateEndpoint, moment: Moment) -> "Due":
        """Settle a locked row, and say what is left to do for it."""
        attempt, decision = settle(row, moment)
        if decision.step not in (Step.CREATE, Step.DELETE, Step.PRIVATE_DNS) and hasattr(row, "turn"):
            turns.leave_queue(row, moment.now)
        if decision.step in (Step.REST, Step.WAIT) and (row.planned or row.breaker_id):
            # What it was held back from has been done otherwise, such as by a create that a listing showed.
            row.planned, row.breaker_id = "", None
            row.save(update_fields=["planned", "breaker"])
        return cls(row, attempt, decision)


@dataclass
class Run:
    """What is kept from row to row while due rows are taken one after the other."""

    recent: Recent = field(default_factory=Recent)
    regions: set[str] = field(default_factory=set)
    """Where listings will show what was done."""

    @cached_property
    def installation(self) -> Installation:
        """The installation in whose name calls are made. Whether writes are paused is asked afresh."""
        return Installation.get()


@dataclass
class Work:
    """One endpoint held by a lease, as it was when its step was decided. `following` is due after it,
    and `shows` says whether a listing will show what it did.

    `stop_at` is the monotonic time after which nothing may follow this step.
    """

    lease: Lease
    row: ReversePrivateEndpoint
    attempt: Attempt | None
    moment: Moment
    installation: Installation
    recent: Recent = field(default_factory=Recent)
    stop_at: float = 0.0
    following: Due | None = None
    shows: bool = False

    @contextmanager
    def ending(self) -> Iterator[ReversePrivateEndpoint]:
        """Open the transaction in which a step ends: fenced, and what follows is decided in it, too."""
        with self.lease.fenced() as row:
            yield row
            self.following = Due.of(row, self.moment)

    def give_back(self, row: ReversePrivateEndpoint, attempt: Attempt) -> None:
        """Free the locked row in memory; who woke it meanwhile is not overheard. The caller saves it."""
        following = decide(row, attempt, self.moment)
        rests = following.step in (Step.REST, Step.WAIT)
        if row.due_at == self.lease.due_at:
            row.due_at = following.look_at if rests else self.moment.now
        row.lease_token = row.lease_until = None

    def lasts(self, real: datetime) -> bool:
        """Say whether lease and task last for one more step that begins at a real time."""
        return real + longest_step() < self.lease.until and time.monotonic() < self.stop_at

    @property
    def adapter(self) -> Adapter:
        """The adapter of the endpoint's type."""
        return ADAPTERS[EndpointType(self.row.type)]

    def operation_of(self, step: Step) -> str:
        """Return the AWS operation that a step is, "" where it is not one alone."""
        operations = {Step.CREATE: self.adapter.create_operation, Step.DELETE: self.adapter.delete_operation}
        return operations.get(step, "")

    @property
    def operator(self) -> Operator:
        """The operator of the attempt's network."""
        return operator_of(self.open.network, self.installation)

    @property
    def open(self) -> Attempt:
        """The open attempt; only for steps that have one."""
        assert self.attempt is not None
        return self.attempt

    @property
    def owner(self) -> Ownership:
        """Whose the attempt's object is."""
        return Ownership(self.row.pk, self.open.generation)

    @cached_property
    def networks(self) -> list[Network]:
        """The region's networks that take new endpoints, those that are paused or broken last."""
        broken = Breaker.objects.filter(network=OuterRef("pk"), opened_at__isnull=False)
        known = Network.objects.filter(region=self.row.region_id, draining=False)
        return list(known.order_by("writes_paused", Exists(broken), "pk"))

    @cached_property
    def network(self) -> Network | None:
        """The attempt's network, else the first that would take it; None when there is none."""
        return self.attempt.network if self.attempt else next(iter(self.networks), None)

    @cached_property
    def left(self) -> dict[int, int]:
        """How many more endpoints of the row's family each network may have, by what is known."""
        family = self.row.spec.family
        left = quota_left(self.row.region, family)
        return left | dict.fromkeys(breakers.full(self.networks, family, self.moment.now), 0)

    @cached_property
    def breakers(self) -> list[Breaker]:
        """What was known of the network's faults when the step was decided."""
        return list(self.network.breakers.order_by()) if self.network else []


def locked_attempt(row: ReversePrivateEndpoint) -> Attempt:
    """Return the open attempt of a locked row. Raises LeaseLost when it is closed by now."""
    attempt = open_attempt(row)
    if attempt is None:
        raise LeaseLost  # the observer saw it go meanwhile
    return attempt
