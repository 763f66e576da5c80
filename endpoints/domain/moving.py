"""Where a ClickPipe leads once another endpoint takes the place of the one it goes through.

Source: aws.md §5 (name patterns: a Resource endpoint has one name for each configuration behind it).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from endpoints.domain.dns import PORTS, sort_interface_names
from endpoints.domain.pipes import Address, parse_addresses
from endpoints.domain.types import EndpointType, Source, SpecError

_CONFIGURATION = re.compile(r"\brcfg-[0-9a-f]+")


@dataclass(frozen=True)
class Entrance:
    """What to enter to go through an endpoint: one of `hosts`, or a list that carries its own ports."""

    type: EndpointType
    hosts: tuple[str, ...] = ()
    connection_string: str = ""


def entrance_of(kind: EndpointType, dns_names: Sequence[str], connection_string: str) -> Entrance:
    """Return the entrance of an endpoint; of an Interface endpoint the name that leads to every zone."""
    names = tuple(dict.fromkeys(name.lower() for name in dns_names if not name.startswith("*")))
    if kind is EndpointType.MSK_MULTI_VPC:
        return Entrance(kind, connection_string=connection_string)
    if kind is EndpointType.VPC_ENDPOINT_SERVICE:
        by_shape = sort_interface_names(names)
        return Entrance(kind, (by_shape.regional or by_shape.zonal or by_shape.private)[:1])
    return Entrance(kind, names)


def moved_address(
    address: str, source: Source, lost: Collection[str], was: EndpointType, into: Entrance
) -> str | None:
    """Return an address whose `lost` hosts are replaced by the entrance; None where that is not known.

    Ports are kept, but for those of MSK's own string: another endpoint gets the source's usual one.
    """
    addresses = parse_addresses("address", address, source)
    if not any(one.host in lost for one in addresses):
        return address
    moved: list[Address] = []
    for one in addresses:
        taking = _taking(one, source, was, into) if one.host in lost else (one,)
        if not taking:
            return None
        moved.extend(taking)
    return ",".join(dict.fromkeys(map(str, moved)))


def _taking(one: Address, source: Source, was: EndpointType, into: Entrance) -> tuple[Address, ...]:
    if into.connection_string:
        try:
            return parse_addresses("address", into.connection_string, source)
        except SpecError:
            return ()
    host = _like(one.host, into.hosts)
    port = PORTS[source] if was is EndpointType.MSK_MULTI_VPC else one.port
    return (Address(host, port),) if host else ()


def _like(host: str, hosts: tuple[str, ...]) -> str:
    """The host that leads where another one did; "" unless that is certain."""
    if len(hosts) == 1:
        return hosts[0]
    wanted = _CONFIGURATION.findall(host)
    alike = [each for each in hosts if wanted and _CONFIGURATION.findall(each) == wanted]
    return alike[0] if len(alike) == 1 else ""
