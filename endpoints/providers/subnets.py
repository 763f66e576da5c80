"""Choosing subnets of the operator's networks by zone and by free addresses. Source: aws.md §1a–§1c, §6."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from endpoints.domain.addresses import free_blocks
from endpoints.domain.capacity import SubnetRoom
from endpoints.domain.errors import NoRoom
from endpoints.domain.sighting import NetworkFacts
from endpoints.providers.base import Operator
from endpoints.providers.errors import translated
from endpoints.providers.recent import Recent
from endpoints.providers.session import ec2_reader

NO_LATTICE = frozenset(
    {
        "use1-az3", "usw1-az2", "apne1-az3", "apne2-az2",
        "euc1-az2", "euw1-az4", "cac1-az3", "ilc1-az2",
    }
)  # fmt: skip
"""Zones without VPC Lattice."""

NO_CROSS_REGION = frozenset({"use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"})
"""Zones without cross-Region PrivateLink."""


ROOM_FOR_MANY = 100
"""So many free addresses are not used up while an answer is kept."""


@dataclass(frozen=True)
class Subnet:
    """One subnet of ours as AWS knows it; `cidr` is "" for one without IPv4, `free` counts free addresses."""

    id: str
    zone: str
    cidr: str
    free: int


def describe(operator: Operator, networks: Sequence[NetworkFacts]) -> dict[str, Subnet]:
    """Return the networks' subnets that AWS knows, by id. By filter: one unknown id would fail the call."""
    wanted = [subnet for network in networks for subnet in network.subnet_ids]
    with translated("DescribeSubnets"):
        answer = ec2_reader(operator).describe_subnets(Filters=[{"Name": "subnet-id", "Values": wanted}])
    return {
        item["SubnetId"]: Subnet(
            item["SubnetId"],
            item.get("AvailabilityZoneId", ""),
            item.get("CidrBlock", ""),
            item.get("AvailableIpAddressCount", 1),
        )
        for item in answer["Subnets"]
    }


def describe_for_many(
    operator: Operator, networks: Sequence[NetworkFacts], recent: Recent
) -> dict[str, Subnet]:
    """Return what `describe` does, or did a moment ago while there was room for all of a burst."""
    key = ("subnets", operator, tuple(network.subnet_ids for network in networks))
    return recent.get(key, lambda: describe(operator, networks), _has_room_for_many)


def _has_room_for_many(known: Mapping[str, Subnet]) -> bool:
    return all(subnet.free >= ROOM_FOR_MANY for subnet in known.values())


def one_per_zone(
    network: NetworkFacts, known: Mapping[str, Subnet], fits: Callable[[Subnet], bool]
) -> dict[str, str]:
    """Return the network's first fitting subnet of each zone: zone id → subnet id."""
    chosen: dict[str, str] = {}
    for key in network.subnet_ids:
        subnet = known.get(key)
        if subnet is not None and subnet.zone and fits(subnet):
            chosen.setdefault(subnet.zone, subnet.id)
    return chosen


def no_room(
    operator: Operator,
    networks: Iterable[NetworkFacts],
    missing: str,
    rooms: Mapping[str, SubnetRoom] | None = None,
) -> NoRoom:
    """Return why no network that would fit has room: its quota, else what is `missing` in its subnets."""
    told: dict[str, list[str]] = {}
    for network in networks:
        told.setdefault(missing if network.room > 0 else "quota", []).append(network.vpc_id)
    return NoRoom(rooms, region=operator.region, **{why: ", ".join(ids) for why, ids in told.items()})


def read_rooms(operator: Operator, networks: Sequence[NetworkFacts]) -> dict[str, SubnetRoom]:
    """Return the room for Resource endpoints of all subnets of networks, by subnet."""
    return rooms_of(operator, describe(operator, networks).values())


def rooms_of(operator: Operator, subnets: Iterable[Subnet]) -> dict[str, SubnetRoom]:
    """Return the room of those subnets that lie in a zone with VPC Lattice, by subnet."""
    known = {subnet.id: subnet for subnet in subnets if subnet.zone and subnet.zone not in NO_LATTICE}
    taken = _taken(operator, known) if known else {}
    return {
        key: SubnetRoom(subnet.zone, free_blocks(subnet.cidr, taken[key]) if subnet.cidr else 0)
        for key, subnet in known.items()
    }


def _taken(operator: Operator, ids: Iterable[str]) -> dict[str, set[str]]:
    """Return the addresses and prefixes that interfaces hold in each subnet."""
    taken: dict[str, set[str]] = {key: set() for key in ids}
    paginator = ec2_reader(operator).get_paginator("describe_network_interfaces")
    with translated("DescribeNetworkInterfaces"):
        pages = paginator.paginate(
            Filters=[{"Name": "subnet-id", "Values": sorted(taken)}], PaginationConfig={"PageSize": 1000}
        )
        for page in pages:
            for nic in page["NetworkInterfaces"]:
                held = taken.setdefault(nic.get("SubnetId", ""), set())
                held |= {a["PrivateIpAddress"] for a in nic.get("PrivateIpAddresses", [])}
                held |= {nic["PrivateIpAddress"]} if nic.get("PrivateIpAddress") else set()
                held |= {p["Ipv4Prefix"] for p in nic.get("Ipv4Prefixes", [])}
    return taken
