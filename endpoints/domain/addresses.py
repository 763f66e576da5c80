"""Free blocks of addresses in a subnet. Source: aws.md §1b (a contiguous /28 per subnet), §6 "addresses"."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

BLOCK_BITS = 28


def has_free_block(cidr: str, taken: Iterable[str]) -> bool:
    """Say whether a subnet has an aligned /28 in which nothing is taken.

    `taken` are addresses or prefixes (`10.0.0.16/28`). AWS keeps the first four addresses and the last one.
    """
    subnet = IPv4Network(cidr)
    if subnet.prefixlen > BLOCK_BITS:
        return False
    last = int(subnet.broadcast_address)
    reserved = [IPv4Address(int(subnet.network_address) + n) for n in range(4)] + [IPv4Address(last)]
    used = {_block(str(address)) for address in reserved}
    for item in taken:
        network = IPv4Network(item, strict=False)
        used |= {_block(str(network.network_address)), _block(str(network.broadcast_address))}
    return any(block not in used for block in subnet.subnets(new_prefix=BLOCK_BITS))


def _block(address: str) -> IPv4Network:
    return IPv4Network((address, BLOCK_BITS), strict=False)
