"""Where a ClickPipe's source is: its hosts and ports, without secrets. Source: cloud-api.md §7.2."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from endpoints.domain.cloud_pipes import KINDS, kind_of, source_of
from endpoints.domain.dns import PORTS
from endpoints.domain.pipes import Address, parse_addresses, with_ports
from endpoints.domain.types import Source, SpecError

_SAYS_WHERE = {"kafka": "brokers", "postgres": "host", "mysql": "host", "mongodb": "uri"}


def addresses_of(definition: Mapping[str, Any]) -> tuple[Address, ...]:
    """Return the hosts that a definition leads to, with their ports.

    Raises SpecError on the field that says so: `secret_in_uri`, `not_a_uri`, what `parse_addresses` raises.
    """
    kind, source = kind_of(definition), source_of(definition)
    field = f"source.{kind}.{_SAYS_WHERE[kind]}"
    said = str(source[_SAYS_WHERE[kind]])
    if kind == "kafka":
        return parse_addresses(field, said, Source.KAFKA)
    if kind != "mongodb":
        return parse_addresses(field, f"{said}:{source['port']}", KINDS[kind])
    members = _hosts_of_uri(field, said).split(",")
    return tuple(one for member in members for one in parse_addresses(field, member, Source.MONGODB))


# Options of MongoDB's URIs whose values are secrets; their names may be percent-encoded, too.
_SECRET_OPTION = re.compile(r"password=|session_token", re.IGNORECASE)
_URI = re.compile(r"mongodb(?:\+srv)?://(?P<hosts>[^/?]+)(?:[/?].*)?", re.DOTALL)


def _hosts_of_uri(field: str, uri: str) -> str:
    found = _URI.fullmatch(uri)
    if found is None:
        raise SpecError(field, "not_a_uri")
    # Wherever it stands: a password with a slash that is not escaped ends the hosts before the sign.
    if "@" in uri or _SECRET_OPTION.search(unquote(uri)):
        raise SpecError(field, "secret_in_uri")
    return with_ports(found["hosts"], PORTS[Source.MONGODB])
