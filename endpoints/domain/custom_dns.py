"""Custom private DNS names: which are allowed, and which two answer for one host.

Source: cloud-api.md §6 and §14. A leading star stands for exactly one label. What the sources do not settle
(the longest list, more reserved suffixes, names of endpoints themselves) is ours: docs/api.md.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from endpoints.domain.pasted import CONFIGURATION_ID
from endpoints.domain.types import EndpointType, SpecError

FIELD = "customPrivateDnsMappings"
"""The JSON name of the list; every error is told at it."""

NAMES_MOST = 200
LONGEST_NAME = 253  # characters

RESERVED = frozenset(
    {
        *("local", "localhost", "internal", "corp", "private"),
        *("arpa", "home", "intranet", "invalid", "lan", "onion"),
        *("vpce.amazonaws.com", "vpce.amazonaws.com.cn"),
    }
)
"""Suffixes under which no custom name may lie: of local networks, and of AWS's endpoints themselves."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
# The last label has a letter: else it would be an address.
_NAME = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)+(?=[a-z0-9_-]*[a-z]){_LABEL}")
_ITEM_FIELDS = {"privateDnsName", "targetId"}


@dataclass(frozen=True)
class CustomName:
    """One name as it was given, and the id of the resource configuration that it leads to, "" for none."""

    name: str
    target_id: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as the API echoes it; a target that was not sent is left out."""
        target = {"targetId": self.target_id} if self.target_id else {}
        return {"privateDnsName": self.name, **target}

    def __str__(self) -> str:
        return f"{self.name}={self.target_id}" if self.target_id else self.name


def parent_of(name: str) -> str:
    """Return what stands behind the first label, a star or not."""
    return name.partition(".")[2]


def overlap(one: str, other: str) -> bool:
    """Say whether some host is answered by both names."""
    if one == other:
        return True
    stars = one.startswith("*.") or other.startswith("*.")
    return stars and parent_of(one) == parent_of(other)


def custom_names(stored: Iterable[Mapping[str, str]]) -> tuple[CustomName, ...]:
    """Return the names of a list that was checked before."""
    return tuple(CustomName(item["privateDnsName"], item.get("targetId", "")) for item in stored)


def parse_names(
    value: object,
    endpoint_type: EndpointType,
    *,
    had: Collection[CustomName] = (),
    targets: Collection[str] = (),
) -> tuple[tuple[CustomName, ...], list[SpecError]]:
    """Check a list of `{"privateDnsName", "targetId"?}`; return the names in their order, and every error.

    `had` are the names before, whose targets are not looked at again, and `targets` the ids that are known
    to be there; none are known at first, and then every id is good.
    """
    if not isinstance(value, list):
        return (), [SpecError(FIELD, "not_a_list")]
    if value and endpoint_type is EndpointType.MSK_MULTI_VPC:
        return (), [SpecError(FIELD, "no_custom_dns_for_msk")]
    if len(value) > NAMES_MOST:
        most, length = str(NAMES_MOST), str(len(value))
        return (), [SpecError(FIELD, "too_many_names", maximum=most, length=length)]
    names: list[CustomName] = []
    errors: list[SpecError] = []
    for item in value:
        try:
            one = _parse_item(item, endpoint_type)
            _check_target(one, had, targets)
            if any(one.name == other.name for other in names):
                raise SpecError(FIELD, "dns_name_twice", name=one.name)
            names.append(one)
        except SpecError as error:
            errors.append(error)
    return tuple(names), errors


def _parse_item(item: Any, endpoint_type: EndpointType) -> CustomName:
    if not isinstance(item, dict) or not item.keys() <= _ITEM_FIELDS:
        raise SpecError(FIELD, "dns_item")
    name = clean_name(item.get("privateDnsName"))
    target = item.get("targetId")
    if target is None:
        return CustomName(name)
    if endpoint_type is not EndpointType.VPC_RESOURCE:
        raise SpecError(FIELD, "target_only_for_resource", name=name)
    if not isinstance(target, str) or CONFIGURATION_ID.fullmatch(target) is None:
        raise SpecError(FIELD, "target_form", name=name)
    return CustomName(name, target)


def clean_name(value: object) -> str:
    """Return a name as it was given; raise SpecError where it is not one, or lies under a reserved suffix."""
    if not isinstance(value, str) or not value:
        raise SpecError(FIELD, "dns_item")
    if len(value) > LONGEST_NAME or _NAME.fullmatch(value) is None:
        raise SpecError(FIELD, "dns_name_form", name=repr(value[:LONGEST_NAME])[1:-1])
    labels = value.split(".")
    suffix = next((".".join(labels[i:]) for i in range(len(labels)) if ".".join(labels[i:]) in RESERVED), "")
    if suffix:
        raise SpecError(FIELD, "reserved_suffix", name=value, suffix=suffix)
    return value


def _check_target(one: CustomName, had: Collection[CustomName], targets: Collection[str]) -> None:
    if one.target_id and targets and one.target_id not in targets and one not in had:
        known = ", ".join(sorted(targets))
        raise SpecError(FIELD, "target_unknown", name=one.name, target=one.target_id, known=known)
