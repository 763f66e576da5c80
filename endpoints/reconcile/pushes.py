"""What follows from AWS's own messages: the next look comes earlier, and nothing else.

The rows stay the truth and the cadence the rule: a message that is lost, late, doubled or wrong costs latency
or one listing.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Least

from endpoints.domain.pushes import Told, queue_region, read_pushes
from endpoints.domain.timing import OBSERVE_IN_MOTION
from endpoints.domain.types import EndpointType
from endpoints.intents import wake_pulse
from endpoints.models import Attempt, Installation, Moment, Region, ReversePrivateEndpoint, read_clock
from endpoints.providers import push
from endpoints.providers.base import Operator
from endpoints.reconcile.operators import operator_of, write_obstacle


@dataclass(frozen=True)
class Source:
    """A queue to listen to: about which region, at which URL, as whom."""

    region: str
    queue_url: str
    operator: Operator


def sources() -> list[Source]:
    """Return the queues to listen to (one query where none is configured).

    None of an installation that has moved or only plans: its messages may be another's. None of a region
    without a network, for nothing is known there of who to ask as.
    """
    regions = list(Region.objects.exclude(push_queue_url="").prefetch_related("networks"))
    if not regions:
        return []
    installation, found = Installation.get(), []
    for region in regions:
        network = next(iter(region.networks.all()), None)
        if network is None or queue_region(region.push_queue_url) != region.name:
            continue
        if write_obstacle(network, installation) not in ("moved", "plan_only"):
            operator = operator_of(network, installation)
            found.append(Source(region.name, region.push_queue_url, operator))
    return found


def listen(source: Source) -> list[push.Heard]:
    """Wait for messages, and return them. Raises ProviderError."""
    return push.receive(source.operator, source.queue_url)


def follow(source: Source, heard: list[push.Heard]) -> bool:
    """Bring the looks forward that messages ask for, then delete them; return whether any look was.

    Raises ProviderError when they could not be deleted: they come again.
    """
    told = read_pushes(message.body for message in heard)
    woken = bool(told) and wake(source.region, told)
    push.forget(source.operator, source.queue_url, heard)
    return woken


@transaction.atomic
def wake(region: str, told: Told) -> bool:
    """Make due what a message speaks of, and wake the pulse; return whether there was anything."""
    moment = read_clock()
    named = Attempt.objects.filter(
        endpoint__region=region, gone_at__isnull=True, external_id__in=told.external_ids
    )
    woken = bool(told.external_ids) and named.exists() and _list_soon(region, moment)
    if told.share_arns or told.sharing:
        now = moment.now
        rows = _awaiting(region, told).filter(Q(prepare_look_at__gt=now) | Q(due_at__gt=now))
        woken |= bool(rows.update(prepare_look_at=now, due_at=Least("due_at", Value(now))))
    if woken:
        wake_pulse()
    return woken


def _list_soon(name: str, moment: Moment) -> bool:
    """Bring a region's next listing forward, or ask for one more after the one that is under way.

    However many messages come, a region is not listed more often for them than while something moves in it.
    """
    region = Region.objects.get(pk=name)
    is_listed_now = region.lease_until is not None and region.lease_until > moment.real
    last = moment.now if is_listed_now or region.listed_at is None else min(region.listed_at, moment.now)
    due_at = max(moment.now, last + OBSERVE_IN_MOTION)
    later = Q(observe_due_at__gt=due_at)
    if is_listed_now:
        later |= Q(lease_token=region.lease_token)
    return bool(Region.objects.filter(later, pk=name).update(observe_due_at=due_at))


def _awaiting(region: str, told: Told) -> QuerySet[ReversePrivateEndpoint]:
    """Return the rows that wait for a share: those of the named ones, or all where none is named."""
    rows = ReversePrivateEndpoint.objects.live().filter(
        region=region, type=EndpointType.VPC_RESOURCE, removal_requested_at__isnull=True,
        prepare_look_at__isnull=False,
    )  # fmt: skip
    if not told.share_arns:
        return rows
    return rows.filter(parameters__vpcResourceShareArn__in=list(told.share_arns))
