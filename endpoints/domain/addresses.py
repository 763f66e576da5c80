"""Free blocks of addresses in a subnet. Source: aws.md §1b (a contiguous /28 per subnet), §6 "addresses"."""

from collections.abc import Iterable
from ipaddress import IPv4Network

_BLOCK = 16  # addresses of a /28
_KEPT = 4  # first addresses of a subnet that AWS keeps, beside its last


def free_blocks(cidr: str, taken: Iterable[str]) -> int:
    """Return how many aligned /28 a subnet has in which nothing is taken.

    `taken` are addresses or prefixes of any size (`10.0.0.16/28`). AWS keeps the first four addresses and the
    last one.
    """
    subnet = IPv4Network(cidr)
    first, last = int(subnet.network_address), int(subnet.broadcast_address)
    if subnet.num_addresses < _BLOCK:
        return 0
    used = {*_blocks(first, first + _KEPT - 1), *_blocks(last, last)}
    for item in taken:
        network = IPv4Network(item, strict=False)
        used.update(_blocks(int(network.network_address), int(network.broadcast_address)))
    return sum(block not in used for block in _blocks(first, last))


def _blocks(first: int, last: int) -> range:
    """Return the numbers of the blocks in which the addresses from first to last lie."""
    return range(first // _BLOCK, last // _BLOCK + 1)
