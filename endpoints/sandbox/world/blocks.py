"""The /28 blocks that Resource endpoints take from subnets, beside single addresses (aws.md §1b, §6)."""

import ipaddress
from typing import TYPE_CHECKING

from endpoints.sandbox.world.objects import Nic, Subnet

if TYPE_CHECKING:
    from endpoints.sandbox.world.world import World

LENGTH = 28


def free_block(world: "World", subnet: Subnet) -> str | None:
    """Return the lowest free aligned /28 of a subnet, e.g. `10.1.1.16/28`, or None.

    A block is free when no interface has an address in it, nothing else reserved one, and it is clear of
    the subnet's first four addresses and its last.
    """
    network = ipaddress.IPv4Network(subnet.cidr)
    if network.prefixlen > LENGTH:
        return None
    used = {int(ipaddress.IPv4Address(item)) >> 4 for item in (*world.addresses_in(subnet), *subnet.reserved)}
    used |= {int(network[place]) >> 4 for place in (0, 1, 2, 3, -1)}
    first = int(network.network_address) >> 4
    for block in range(first, first + network.num_addresses // 16):
        if block not in used:
            return f"{ipaddress.IPv4Address(block << 4)}/{LENGTH}"
    return None


def addresses_of(nic: Nic) -> list[str]:
    """Return every address that an interface holds."""
    if not nic.prefix:
        return [nic.address]
    return [str(address) for address in ipaddress.IPv4Network(nic.prefix)]
