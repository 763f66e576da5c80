"""What a ClickPipe says of its connection: addresses, and the state that follows from its endpoints.

Source: ui.md §0.3 (Kafka points at endpoints by id, the others by host name), §1.2 (ports).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from endpoints.domain.status import Status
from endpoints.domain.types import Source, SpecError, clean_text

NAME_MAX = 255  # characters
HOSTS_MOST = 100
PORTS = {Source.KAFKA: 9092, Source.POSTGRES: 5432, Source.MYSQL: 3306, Source.MONGODB: 27017}
"""The usual port of each source. A DNS name is not an address until it has one."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


class Connection(StrEnum):
    """What the endpoints of a ClickPipe say about its way to the source. Postern itself sends no data."""

    READY = "ready"
    WAITING = "waiting"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Address:
    """One host, lower case, and its port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def clean_host(field: str, text: object) -> str:
    """Return a host name in lower case without its closing dot; else raise SpecError on `field`."""
    given = clean_text(field, text, maximum=254)
    host = given.lower().removesuffix(".")
    # `isascii`: some other letters become ASCII ones in lower case.
    if not given.isascii() or _HOST.fullmatch(host) is None:
        raise SpecError(field, "not_a_host")
    return host


def clean_port(field: str, text: object) -> int:
    """Return a port, 1 to 65535; else raise SpecError on `field`."""
    digits = clean_text(field, text, maximum=20)
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= 65_535):
        raise SpecError(field, "not_a_port")
    return int(digits)


def parse_addresses(field: str, text: object, source: Source) -> tuple[Address, ...]:
    """Read `host:port`, for Kafka a list of them with commas, in the order given.

    Raises SpecError on `field`: `no_port`, `one_host` (several for a source that has one), `too_many_hosts`,
    and what `clean_host` and `clean_port` raise.
    """
    given = clean_text(field, text, maximum=10_000)
    parts = [part.strip() for part in given.split(",") if part.strip()]
    if len(parts) > 1 and source is not Source.KAFKA:
        raise SpecError(field, "one_host")
    if len(parts) > HOSTS_MOST:
        raise SpecError(field, "too_many_hosts", maximum=str(HOSTS_MOST))
    if not parts:
        raise SpecError(field, "required")
    return tuple(dict.fromkeys(_parse_address(field, part, source) for part in parts))


def _parse_address(field: str, part: str, source: Source) -> Address:
    host, colon, port = part.rpartition(":")
    if not colon:
        raise SpecError(field, "no_port", port=str(PORTS[source]))
    return Address(clean_host(field, host), clean_port(field, port))


def with_ports(text: str, port: int) -> str:
    """Return a host, or a list of them with commas, each with its own port, else with this one."""
    parts = (part.strip() for part in text.split(","))
    return ",".join(part if ":" in part else f"{part}:{port}" for part in parts if part)


def names_that_answer(host: str) -> tuple[str, str]:
    """Return the two names that can answer a host: itself, and the wildcard that covers its first label."""
    return host, f"*.{host.partition('.')[2]}"


def connection_of(statuses: Iterable[str]) -> Connection:
    """Return the state of a ClickPipe whose endpoints have these statuses (`Removed` for a tombstone).

    One broken endpoint breaks it, for its part of the traffic is lost; without any endpoint nothing leads to
    the source.
    """
    seen = set(statuses)
    if not seen or seen & {Status.FAILED, Status.REJECTED, Status.EXPIRED, Status.DELETING, "Removed"}:
        return Connection.BROKEN
    if seen <= {Status.READY}:
        return Connection.READY
    if seen <= {Status.READY, Status.PROVISIONING, Status.PENDING_ACCEPTANCE}:
        return Connection.WAITING
    return Connection.UNKNOWN


_WORST_FIRST = (Connection.BROKEN, Connection.UNKNOWN, Connection.WAITING, Connection.READY)


def connection_by_host(statuses: Iterable[Iterable[str]]) -> Connection:
    """Return the state of a ClickPipe that names no endpoint, by the statuses that answer each of its hosts.

    One Ready endpoint is enough for a host, and every host is needed; a host that nothing answers is broken.
    """
    of_hosts = {
        Connection.READY if Status.READY in answering else connection_of(answering)
        for answering in map(set, statuses)
    }
    return next((state for state in _WORST_FIRST if state in of_hosts), Connection.BROKEN)
