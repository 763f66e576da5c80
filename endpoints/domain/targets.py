"""Where the names of an endpoint lead: the resource configurations behind it, and an owner's private names.

Source: cloud-api.md §14. Read from an attempt's `Details`, and told only of names that are published.
"""

from collections.abc import Collection
from typing import Any

from endpoints.domain.dns import sort_interface_names
from endpoints.domain.sighting import Details
from endpoints.domain.types import EndpointType

KIND = "RESOURCE_CONFIGURATION"


def dns_targets(details: Details, published: Collection[str]) -> list[dict[str, str]]:
    """Return `{"id", "kind", "internalDnsName"}` of each resource configuration with a published name."""
    return [
        {"id": association["id"], "kind": KIND, "internalDnsName": name}
        for association, name in _published(details, published)
        if association.get("id")
    ]


def private_mappings(
    endpoint_type: str, details: Details, dns_names: Collection[str], private_names: Collection[str]
) -> list[dict[str, str]]:
    """Return `{"privateDnsName", "internalDnsName"}` of each private name of the source's owner.

    MSK's broker names lead to addresses and have none behind them.
    """
    if endpoint_type == EndpointType.VPC_RESOURCE:
        pairs = [(a["private"], name) for a, name in _published(details, dns_names) if a.get("private")]
    elif endpoint_type == EndpointType.VPC_ENDPOINT_SERVICE:
        known = sort_interface_names(dns_names)
        private = dict.fromkeys([*private_names, *known.private])
        pairs = [(name, known.regional[0]) for name in private] if known.regional else []
    else:
        pairs = []
    return [{"privateDnsName": private, "internalDnsName": internal} for private, internal in pairs]


def _published(details: Details, published: Collection[str]) -> list[tuple[dict[str, Any], str]]:
    found = ((each, str(each["name"]).lower()) for each in details.get("associations", ()))
    return [(each, name) for each, name in found if name in published]
