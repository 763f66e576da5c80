"""Free blocks of 16 addresses, against a count of every single address."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints.domain.addresses import free_blocks


def by_counting(cidr: str, taken: list[str]) -> int:
    """Try every sixteenth address of the subnet as a block, address by address."""
    subnet = [int(address) for address in IPv4Network(cidr)]
    held = {*subnet[:4], subnet[-1]}
    for item in taken:
        held |= {int(address) for address in IPv4Network(item, strict=False)}
    starts = [address for address in subnet if address % 16 == 0]
    return sum(all(start + n in subnet and start + n not in held for n in range(16)) for start in starts)


@st.composite
def subnets_with_taken(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A subnet that is quickly counted, mostly full, and prefixes of any size in and around it."""
    length = draw(st.integers(24, 29))
    base = int(IPv4Address("10.0.1.0")) + draw(st.integers(0, 7)) * 2 ** (32 - length)
    subnet = IPv4Network((base, length))
    taken = []
    for start in range(0, subnet.num_addresses, 16):
        held = draw(st.sampled_from(["", "one", "one", "all"]))
        if held:
            at = base + start + draw(st.integers(0, 15))
            taken.append(f"{IPv4Address(at)}" if held == "one" else f"{IPv4Address(at)}/28")
    near = st.integers(base - 20, base + subnet.num_addresses + 20)
    prefixes = st.builds(lambda at, size: f"{IPv4Address(at)}/{size}", near, st.integers(25, 32))
    return str(subnet), [*taken, *draw(st.lists(prefixes, max_size=2))]


@settings(deadline=None, database=None, max_examples=300)
@given(subnets_with_taken())
def test_a_block_is_free_when_each_of_its_addresses_is(drawn: tuple[str, list[str]]) -> None:
    cidr, taken = drawn
    free = by_counting(cidr, taken)
    assert free_blocks(cidr, taken) == free <= max(IPv4Network(cidr).num_addresses // 16 - 2, 0)


@pytest.mark.parametrize(
    ("cidr", "free"),
    [
        ("10.0.0.0/29", 0),
        ("10.0.0.0/28", 0),
        ("10.0.0.0/27", 0),
        ("10.0.0.0/26", 2),
        ("10.0.0.0/24", 14),
        ("10.0.0.0/16", 4094),
    ],
)
def test_aws_keeps_addresses_in_the_first_and_the_last_block(cidr: str, free: int) -> None:
    assert free_blocks(cidr, []) == free


def test_one_address_in_each_block_leaves_none_however_many_are_free() -> None:
    def one_each() -> Iterator[str]:
        return (f"10.0.0.{n}" for n in range(24, 240, 16))

    assert free_blocks("10.0.0.0/24", one_each()) == 0
    assert free_blocks("10.0.0.0/24", list(one_each())[1:]) == 1


def test_a_wide_prefix_takes_every_block_it_covers() -> None:
    assert free_blocks("10.0.0.0/26", ["10.0.0.0/26"]) == 0
    assert free_blocks("10.0.0.0/26", ["10.0.0.0/24"]) == 0


def test_a_large_subnet_is_looked_through() -> None:
    taken = [f"10.0.{n // 256}.{n % 256}" for n in range(16, 2**16 - 32, 16)]
    assert free_blocks("10.0.0.0/16", taken) == 1
    assert free_blocks("10.0.0.0/16", [*taken, "10.0.255.224"]) == 0
