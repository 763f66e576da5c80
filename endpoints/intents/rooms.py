"""Asking for a fresh look at the room in a region's networks; whoever shows the room asks."""

from django.db.models import Q

from endpoints.domain.timing import ROOM_GOOD_FOR
from endpoints.intents.base import wake_pulse
from endpoints.models import Region, read_clock


def ask_for_room(region: str) -> bool:
    """Have the workers read the room of a region's networks again; say whether they will.

    At most every few minutes, however often pages are opened: a call costs reads of all its networks.
    """
    now = read_clock().now
    known = Q(rooms_wanted_at__gt=now - ROOM_GOOD_FOR, rooms_wanted_at__lte=now)
    asked = Region.objects.filter(pk=region, networks__isnull=False).exclude(known)
    if not Region.objects.filter(pk__in=asked.values("pk")).update(rooms_wanted_at=now, observe_due_at=now):
        return False
    wake_pulse()
    return True
