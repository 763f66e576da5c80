"""DNS names of endpoints, told apart by shape and never by place in a list, and the ports that go with them.

Source: aws.md §5 (name patterns), ui.md §1.2 (ports).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from endpoints.domain.pipes import PORTS as PORTS
from endpoints.domain.pipes import clean_host, clean_port, names_that_answer
from endpoints.domain.types import SpecError, clean_text

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


_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
LONGEST_HOST = 1_000  # characters; far more than any host name, and enough to say what was pasted instead


def host_names(text: object) -> tuple[str, ...]:
    """Return the names that can answer a host, lower case: the host, and the wildcard over its first label.

    A port behind a colon and a closing dot are ignored; a name in another script is read as DNS has it.
    Raises SpecError on `host` for what is no host name: `several_hosts`, `host_is_url`, `host_is_address`,
    and what `clean_host` and `clean_port` raise.
    """
    field = "host"
    given = clean_text(field, text, maximum=LONGEST_HOST).lower()
    if "," in given:
        raise SpecError(field, "several_hosts")
    if "/" in given:
        raise SpecError(field, "host_is_url")
    if given.count(":") > 1 or _ADDRESS.fullmatch(given.partition(":")[0]):
        raise SpecError(field, "host_is_address")
    name, colon, port = given.partition(":")
    if colon:
        clean_port(field, port)
    host = clean_host(field, _as_dns_has_it(name))
    return names_that_answer(host) if "." in host else (host,)


def _as_dns_has_it(name: str) -> str:
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        raise SpecError("host", "not_a_host") from None
