"""Whether a network is as it must be, judged by what AWS tells of it. Pure. Source: aws.md §1b, §4, §6.

A finding says what was checked, how it stands, and by a code what was found; `texts.verification` words it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from endpoints.domain.capacity import FEW, SubnetRoom
from endpoints.domain.specs import Family


class Check(StrEnum):
    """What is looked at, in this order."""

    ACCOUNT = "account"
    VPC = "vpc"
    SUBNETS = "subnets"
    GROUPS = "groups"
    BLOCKS = "blocks"
    QUOTAS = "quotas"


class Result(StrEnum):
    """How it stands. UNREAD: AWS did not tell; SKIPPED: nothing could be learned from looking."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    UNREAD = "unread"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """One line of the result; `raw` are AWS's own words where it refused."""

    check: Check
    result: Result
    code: str
    params: dict[str, str] = field(default_factory=dict)
    raw: str = ""


@dataclass(frozen=True)
class VpcSeen:
    """A VPC of the account: its state in AWS's word, and its addresses."""

    id: str
    state: str
    cidr: str


@dataclass(frozen=True)
class SubnetSeen:
    """A subnet of the account; `zone` is a zone ID, `free` counts free addresses."""

    id: str
    vpc_id: str
    zone: str
    free: int


@dataclass(frozen=True)
class GroupSeen:
    """A security group of the account; `lets_in`: some rule lets anything in."""

    id: str
    vpc_id: str
    lets_in: bool


def judge_vpc(seen: VpcSeen | None) -> Iterator[Finding]:
    """Is it there, and ready for use?"""
    if seen is None:
        yield Finding(Check.VPC, Result.BAD, "vpc_missing")
    elif seen.state.casefold() != "available":
        yield Finding(Check.VPC, Result.BAD, "vpc_not_available", {"state": seen.state})
    else:
        yield Finding(Check.VPC, Result.GOOD, "vpc_found", {"cidr": seen.cidr})


def judge_subnets(vpc_id: str, wanted: Sequence[str], seen: Mapping[str, SubnetSeen]) -> Iterator[Finding]:
    """Are all there, in this VPC, in several zones, and with addresses left?"""
    mine = [seen[key] for key in wanted if key in seen and seen[key].vpc_id == vpc_id]
    elsewhere = [key for key in wanted if key in seen and seen[key].vpc_id != vpc_id]
    yield from _strays(Check.SUBNETS, "subnets", wanted, seen, elsewhere)
    if not mine:
        return
    full = [subnet.id for subnet in mine if subnet.free <= 0]
    zones = sorted({subnet.zone for subnet in mine})
    if full:
        result = Result.BAD if len(full) == len(mine) else Result.WARNING
        yield Finding(Check.SUBNETS, result, "subnets_full", {"ids": ", ".join(full)})
    if len(zones) == 1:
        yield Finding(Check.SUBNETS, Result.WARNING, "subnets_one_zone", {"zone": zones[0]})
    if len(mine) == len(wanted) and not full:
        said = ", ".join(f"{subnet.id} ({subnet.zone}): {subnet.free}" for subnet in mine)
        yield Finding(Check.SUBNETS, Result.GOOD, "subnets_found", {"subnets": said})


def judge_groups(vpc_id: str, wanted: Sequence[str], seen: Mapping[str, GroupSeen]) -> Iterator[Finding]:
    """Are all there, in this VPC, and does any let the ClickPipes in?

    Outbound rules say nothing here: an endpoint's interfaces answer, and begin no connection.
    """
    elsewhere = [key for key in wanted if key in seen and seen[key].vpc_id != vpc_id]
    mine = [seen[key] for key in wanted if key in seen and key not in elsewhere]
    yield from _strays(Check.GROUPS, "groups", wanted, seen, elsewhere)
    if mine and not any(group.lets_in for group in mine):
        ids = ", ".join(group.id for group in mine)
        yield Finding(Check.GROUPS, Result.BAD, "groups_closed", {"ids": ids})
    elif len(mine) == len(wanted):
        yield Finding(Check.GROUPS, Result.GOOD, "groups_found", {"ids": ", ".join(wanted)})


def judge_blocks(rooms: Mapping[str, SubnetRoom]) -> Iterator[Finding]:
    """Is there a free /28 for a Resource endpoint, and in which subnets is none? Empty: no zone has them."""
    if not rooms:
        yield Finding(Check.BLOCKS, Result.WARNING, "blocks_no_zone")
        return
    said = {"subnets": ", ".join(f"{key} ({room.zone}): {room.blocks}" for key, room in rooms.items())}
    none = [key for key, room in rooms.items() if room.blocks <= 0]
    if len(none) == len(rooms):
        yield Finding(Check.BLOCKS, Result.BAD, "blocks_none", said)
    elif none:
        yield Finding(Check.BLOCKS, Result.WARNING, "blocks_missing", {"ids": ", ".join(none), **said})
    else:
        yield Finding(Check.BLOCKS, Result.GOOD, "blocks_found", said)


def judge_quotas(used: Mapping[Family, int], quotas: Mapping[Family, int]) -> Iterator[Finding]:
    """How much of each quota is used in the VPC, whoever made it?"""
    for family in Family:
        left = quotas[family] - used.get(family, 0)
        params = {"used": str(used.get(family, 0)), "quota": str(quotas[family])}
        if left <= 0:
            yield Finding(Check.QUOTAS, Result.BAD, f"quota_{family}_full", params)
        else:
            result = Result.WARNING if left <= FEW else Result.GOOD
            yield Finding(Check.QUOTAS, result, f"quota_{family}", params)


def _strays(
    check: Check, name: str, wanted: Iterable[str], seen: Mapping[str, object], elsewhere: Sequence[str]
) -> Iterator[Finding]:
    missing = [key for key in wanted if key not in seen]
    if missing:
        yield Finding(check, Result.BAD, f"{name}_missing", {"ids": ", ".join(missing)})
    if elsewhere:
        yield Finding(check, Result.BAD, f"{name}_elsewhere", {"ids": ", ".join(elsewhere)})
