"""Keeping how much room was seen in the networks: pages show it, and never call AWS."""

import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from django.db.models import Q

from endpoints.domain.capacity import SubnetRoom
from endpoints.domain.errors import ProviderError
from endpoints.domain.sighting import NetworkFacts
from endpoints.models import Installation, Network, Region
from endpoints.providers.subnets import read_rooms
from endpoints.reconcile import quotas
from endpoints.reconcile.leases import renew_region
from endpoints.reconcile.operators import check_account, operator_of

log = logging.getLogger(__name__)


def by_role(networks: Iterable[Network]) -> list[list[Network]]:
    """Return the networks in groups that one role acts in, in the order given."""
    groups: dict[str, list[Network]] = {}
    for network in networks:
        groups.setdefault(network.role_arn, []).append(network)
    return list(groups.values())


def facts_of(networks: Iterable[Network], left: Mapping[int, int]) -> list[NetworkFacts]:
    """Return the networks as adapters see them; `left` is what their quota allows, by primary key."""
    return [
        NetworkFacts(n.vpc_id, tuple(n.subnet_ids), tuple(n.security_group_ids), left.get(n.pk, 0))
        for n in networks
    ]


def keep_rooms(networks: Iterable[Network], rooms: Mapping[str, SubnetRoom], at: datetime) -> None:
    """Keep what was seen at a moment (moved time) of all subnets of networks; newer news stay."""
    older = Q(capacity_at__isnull=True) | Q(capacity_at__lte=at)
    for network in networks:
        seen = {key: asdict(rooms[key]) for key in network.subnet_ids if key in rooms}
        Network.objects.filter(older, pk=network.pk).update(capacity=seen, capacity_at=at)


def look_at_rooms(region: Region, token: uuid.UUID, now: datetime) -> None:
    """Read the room of a region's networks, and its quotas unless they are known, because a page wants them.

    What cannot be read stays as it is known, until it is asked for again. Raises LeaseLost.
    """
    Region.objects.filter(pk=region.pk).update(rooms_looked_at=now)
    installation = Installation.get()
    for group in by_role(Network.objects.filter(region=region, draining=False).order_by("pk")):
        renew_region(region.pk, token)
        operator = operator_of(group[0], installation)
        try:
            check_account(operator, region, now)
            rooms = read_rooms(operator, facts_of(group, {}))
            if quotas.are_old(region, now):
                quotas.keep_quotas(region, operator, now)
        except ProviderError as error:
            log.warning("The room of networks in %s could not be read: %s", region.pk, error)
            continue
        keep_rooms(group, rooms, now)
    renew_region(region.pk, token)
