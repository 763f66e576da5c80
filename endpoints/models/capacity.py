"""How many more endpoints the networks of a region take, by what was last read and by our own rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef

from endpoints.domain.capacity import NONE, Capacity, SubnetRoom, capacity
from endpoints.domain.specs import SPECS, Family
from endpoints.domain.timing import ROOM_GOOD_FOR
from endpoints.models.attempt import Attempt
from endpoints.models.counting import Counted
from endpoints.models.installation import Network, Region


@dataclass(frozen=True)
class Room:
    """How many more Resource endpoints fit, as the oldest reading of the networks says."""

    capacity: Capacity
    as_of: datetime

    def is_old(self, now: datetime) -> bool:
        """Say whether it should be read again before it is relied on (moved time)."""
        return not now - ROOM_GOOD_FOR < self.as_of <= now


def quota_left(region: Region, family: Family) -> dict[int, int]:
    """Return how many more endpoints of a family each network of a region may have, by our own attempts."""
    kinds = [kind.value for kind, spec in SPECS.items() if spec.family is family]
    ours = Attempt.objects.filter(network=OuterRef("pk"), gone_at__isnull=True, endpoint__type__in=kinds)
    known = Network.objects.filter(region=region).order_by()
    counted = known.annotate(used=Counted(ours.order_by().values("pk"))).values_list("pk", "used")
    return {network: region.quota(family) - used for network, used in counted}


def room_in_region(name: str) -> Room | None:
    """Return the room in all networks of a region that take new endpoints; None while any was never read."""
    region = Region.objects.filter(pk=name).first()
    return None if region is None else _room(region, Network.objects.filter(region=region, draining=False))


def room_in_network(network: Network) -> Room | None:
    """Return the room in one network; None when it was never read."""
    return _room(network.region, [network])


def _room(region: Region, networks: Iterable[Network]) -> Room | None:
    known = list(networks)
    read_at = [network.capacity_at for network in known if network.capacity_at is not None]
    if not known or len(read_at) < len(known):
        return None
    left = quota_left(region, Family.RESOURCE)
    found = NONE
    for network in known:
        rooms = [SubnetRoom(room["zone"], room["blocks"]) for room in network.capacity.values()]
        found += capacity(rooms, left[network.pk])
    return Room(found, min(read_at))
