"""DNS names of endpoints, told apart by shape and never by place in a list, and the ports that go with them.

Source: aws.md §5 (name patterns), ui.md §1.2 (ports).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from endpoints.domain.types import Source

PORTS = {Source.KAFKA: 9092, Source.POSTGRES: 5432, Source.MYSQL: 3306, Source.MONGODB: 27017}
"""The usual port of each source. A DNS name is not an address until it has one."""

_INTERFACE = re.compile(
    r"(?P<endpoint>vpce-[0-9a-f]+)-(?P<suffix>[0-9a-z]+)(?:-(?P<zone>[a-z]{2}(?:-[a-z]+)+-\d[a-z]))?"
    r"\.(?P<service>vpce-svc-[0-9a-f]+)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.vpce\.amazonaws\.com(?:\.cn)?"
)


@dataclass(frozen=True)
class InterfaceNames:
    """The DNS names of an Interface endpoint: the regional ones, the zonal ones, the owner's private ones."""

    regional: tuple[str, ...]
    zonal: tuple[str, ...]
    private: tuple[str, ...]


def sort_interface_names(names: Iterable[str]) -> InterfaceNames:
    """Sort the names of `DnsEntries` by shape, each group in the order given."""
    regional: list[str] = []
    zonal: list[str] = []
    private: list[str] = []
    for name in names:
        matched = _INTERFACE.fullmatch(name)
        if matched is None:
            private.append(name)
        else:
            (zonal if matched["zone"] else regional).append(name)
    return InterfaceNames(tuple(regional), tuple(zonal), tuple(private))


def broker_hosts(brokers: str) -> tuple[str, ...]:
    """Return the host names of a bootstrap string (`host:port,host:port,…`), each once, without ports."""
    hosts = (pair.rpartition(":")[0] for pair in brokers.split(",") if ":" in pair)
    return tuple(dict.fromkeys(host.strip() for host in hosts if host.strip()))
