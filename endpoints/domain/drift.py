"""What of an object in AWS is not as Postern made it: somebody else changed it. Source: aws.md §1a, §1b.

Judged only in states in which AWS itself changes nothing; in all others what was known stays.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from endpoints.domain.sighting import Sighting

_AT_REST = ("available", "pendingacceptance")
_EVERYBODY = ("*", {"AWS": "*"}, {"AWS": ["*"]})


class Changed(StrEnum):
    """What may differ."""

    ADDRESS_TYPE = "address_type"
    POLICY = "policy"
    PRIVATE_DNS = "private_dns"
    SECURITY_GROUPS = "security_groups"
    SUBNETS = "subnets"
    TAGS = "tags"


@dataclass(frozen=True)
class Expected:
    """How an object should stand: what was asked for, and what Postern changed since.

    None and "" where nothing is expected. Without a `policy` AWS's default is expected, which allows
    everything; `address_type` is the one that AWS gave it when it was made.
    """

    endpoint_id: str
    generation: int
    subnets: frozenset[str] | None = None
    groups: frozenset[str] | None = None
    private_dns: bool | None = None
    policy: str = ""
    address_type: str = ""


def expected(
    request: Mapping[str, Any],
    endpoint_id: str,
    generation: int,
    *,
    private_dns: bool | None,
    address_type: str,
) -> Expected:
    """Return what a saved create request asked for; `private_dns` is what Postern made of it since."""
    return Expected(
        endpoint_id,
        generation,
        _ids(request, "SubnetIds"),
        _ids(request, "SecurityGroupIds"),
        private_dns,
        request.get("PolicyDocument", ""),
        request.get("IpAddressType", "") or address_type,
    )


def changed(seen: Sighting, wanted: Expected, before: Collection[str]) -> list[str]:
    """Return the names of what differs, sorted; `before` is what was known to differ until now."""
    found = {Changed.TAGS} if _has_other_tags(seen, wanted) else set()
    if seen.state.casefold() in _AT_REST:
        found |= set(_differences(seen, wanted))
    else:
        found |= {Changed(name) for name in before if name in set(Changed) - {Changed.TAGS}}
    return sorted(found)


def _has_other_tags(seen: Sighting, wanted: Expected) -> bool:
    carried = (seen.endpoint_id, seen.generation)
    return not seen.is_ours or carried != (wanted.endpoint_id, wanted.generation)


def _differences(seen: Sighting, wanted: Expected) -> Iterable[Changed]:
    setup = seen.setup
    if setup is None:
        return
    if _differs(setup.subnets, wanted.subnets):
        yield Changed.SUBNETS
    if _differs(setup.groups, wanted.groups):
        yield Changed.SECURITY_GROUPS
    if wanted.private_dns is not None and seen.private_dns_enabled != wanted.private_dns:
        yield Changed.PRIVATE_DNS
    if setup.policy and not _is_same_policy(setup.policy, wanted.policy):
        yield Changed.POLICY
    if setup.address_type and wanted.address_type and setup.address_type != wanted.address_type:
        yield Changed.ADDRESS_TYPE


def _ids(request: Mapping[str, Any], name: str) -> frozenset[str] | None:
    return frozenset(request[name]) if name in request else None


def _differs(seen: Iterable[str] | None, wanted: frozenset[str] | None) -> bool:
    return seen is not None and wanted is not None and frozenset(seen) != wanted


def _is_same_policy(seen: str, wanted: str) -> bool:
    try:
        found = json.loads(seen)
        return found == json.loads(wanted) if wanted else _allows_everything(found)
    except ValueError:
        return seen == wanted


def _allows_everything(policy: Any) -> bool:
    """Say whether this is AWS's default policy, however it is spelled."""
    if not isinstance(policy, dict):
        return False
    stated = policy.get("Statement")
    statements = stated if isinstance(stated, list) else [stated]
    return bool(statements) and all(_is_open(statement) for statement in statements)


def _is_open(statement: Any) -> bool:
    if not isinstance(statement, dict):
        return False
    said = {name: value for name, value in statement.items() if name != "Sid"}
    return (
        said.keys() == {"Effect", "Action", "Principal", "Resource"}
        and said["Effect"] == "Allow"
        and said["Action"] in ("*", ["*"])
        and said["Resource"] in ("*", ["*"])
        and said["Principal"] in _EVERYBODY
    )
