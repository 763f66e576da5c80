"""How soon a region is worth another listing."""

from datetime import datetime

from django.db.models import Exists, F, Q, Value
from django.db.models.functions import Greatest

from endpoints.domain.reasons import Reason
from endpoints.domain.status import FACTS, Status
from endpoints.domain.timing import DOUBT_WATCHED, OBSERVE_APART, OBSERVE_IN_MOTION, observe_every
from endpoints.intents import wake_pulse
from endpoints.models import Attempt, Moment, Region, ReversePrivateEndpoint


def next_look(region: Region, began: datetime) -> datetime:
    """Return when to list a region again after a listing that began at `began` (moved time)."""
    every = observe_every(_live_statuses(region), in_motion=_is_in_motion(region, began))
    planned = region.observe_due_at
    # While something moves, from when it was due, if that is not long ago: what tasks wait would add up.
    if every == OBSERVE_IN_MOTION and planned is not None and planned <= began < planned + every / 2:
        return planned + every
    return began + every


def look_soon(region: Region, moment: Moment) -> None:
    """Pull a region's next listing forward: something there is about to change, or is waited for."""
    soon = moment.now + OBSERVE_IN_MOTION
    if Region.objects.filter(pk=region.pk, observe_due_at__gt=soon).update(observe_due_at=soon):
        wake_pulse()


def look_after(name: str, moment: Moment) -> None:
    """Pull a region's next listing close: calls were made there, and nobody is about to make more.

    One that is under way may have begun before the last call ended: another follows it.
    """
    at_work = ReversePrivateEndpoint.objects.filter(region=name, lease_until__gt=moment.real)
    soon = Greatest(Value(moment.now), F("listed_at") + OBSERVE_APART)
    late = Q(observe_due_at__gt=soon) | Q(lease_until__gt=moment.real)
    region = Region.objects.filter(late, ~Exists(at_work), pk=name)
    if region.update(observe_due_at=soon):
        wake_pulse()


def _live_statuses(region: Region) -> set[Status]:
    live = ReversePrivateEndpoint.objects.live().filter(region=region)
    return {Status(status) for status in live.values_list("status", flat=True).distinct()}


def _is_in_motion(region: Region, now: datetime) -> bool:
    """Say whether a listing may soon show news.

    What waits for room, for its turn or for a pause to end has nothing new in AWS, however long it waits.
    """
    moving = [status for status, facts in FACTS.items() if facts.in_motion]
    lives = Q(endpoint__removal_requested_at__isnull=True, generation=F("endpoint__generation"))
    moves = (
        Q(lives, ~Q(external_id=""), endpoint__status__in=moving)
        | Q(endpoint__reason=Reason.MODIFYING)
        | Q(delete_asked_at__isnull=False)
        | Q(in_doubt=True, started_at__gt=now - DOUBT_WATCHED)
        | Q(absent_listings__gt=0)
    )
    return Attempt.objects.filter(moves, network__region=region, gone_at__isnull=True).exists()
