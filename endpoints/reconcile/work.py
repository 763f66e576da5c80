"""The work at hand: one endpoint held by a lease, and on whose behalf AWS is called for it."""

from dataclasses import dataclass
from datetime import timedelta

from endpoints.domain.steps import Step
from endpoints.domain.types import EndpointType
from endpoints.models import Attempt, Installation, Moment, Network, ReversePrivateEndpoint
from endpoints.providers.base import Adapter, Operator, Ownership
from endpoints.providers.registry import ADAPTERS
from endpoints.reconcile.leases import Lease, LeaseLost
from endpoints.reconcile.operators import operator_of, write_obstacle
from endpoints.reconcile.situation import open_attempt

PAUSED_LOOK_EVERY = timedelta(seconds=15)


@dataclass(frozen=True)
class Work:
    """One endpoint held by a lease, as it was when its step was decided."""

    lease: Lease
    row: ReversePrivateEndpoint
    attempt: Attempt | None
    moment: Moment
    installation: Installation

    @property
    def adapter(self) -> Adapter:
        """The adapter of the endpoint's type."""
        return ADAPTERS[EndpointType(self.row.type)]

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

    @property
    def networks(self) -> list[Network]:
        """The networks of the endpoint's region that take new endpoints, those that are paused last."""
        takes = Network.objects.filter(region=self.row.region_id, draining=False)
        return list(takes.order_by("writes_paused", "pk"))


def locked_attempt(row: ReversePrivateEndpoint) -> Attempt:
    """Return the open attempt of a locked row. Raises LeaseLost when it is closed by now."""
    attempt = open_attempt(row)
    if attempt is None:
        raise LeaseLost  # the observer saw it go meanwhile
    return attempt


def obstacle_to(step: Step, work: Work) -> str:
    """Return why a step may not be carried out now, "" when it may. Reads always may."""
    if step in (Step.PREPARE, Step.PLACE):
        return ""
    network = work.attempt.network if work.attempt else next(iter(work.networks), None)
    return write_obstacle(network, work.installation) if network else ""
