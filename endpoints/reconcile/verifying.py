"""Looking at a network in AWS because a person asked: account, VPC, subnets, groups, blocks, quotas.

It reads only, writes what it found beside the network, and changes nothing that endpoints go by but what it
read of room and quotas on the way.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db.models import F, Q

from endpoints.domain.errors import OperatorError, ProviderError, Throttled
from endpoints.domain.rates import Api
from endpoints.domain.specs import Family
from endpoints.domain.verification import (
    Check,
    Finding,
    Result,
    judge_blocks,
    judge_groups,
    judge_quotas,
    judge_subnets,
    judge_vpc,
)
from endpoints.models import Installation, Moment, Network, read_clock
from endpoints.providers import networks
from endpoints.providers.base import Operator
from endpoints.providers.subnets import read_rooms
from endpoints.reconcile import quotas, turns
from endpoints.reconcile.operators import WrongAccount, check_account, operator_of
from endpoints.reconcile.rooms import facts_of, keep_rooms

log = logging.getLogger(__name__)

_CALLS = 8
"""Rated reads of one look."""
_SHARE = 0.4  # of a task's time that may be over when the next check begins


@dataclass(frozen=True)
class _Look:
    network: Network
    operator: Operator
    moment: Moment


def waiting() -> list[int]:
    """Return the networks whose look was asked for and has not ended, by primary key."""
    under_way = Q(verified_at__isnull=True) | Q(verified_at__lt=F("verify_requested_at"))
    asked = Network.objects.filter(under_way, verify_requested_at__isnull=False)
    return list(asked.values_list("pk", flat=True))


def verify_network(key: int) -> bool:
    """Look at a network that waits for it, and keep what was found; False when there is nothing to do now."""
    network = Network.objects.select_related("region").filter(pk=key).first()
    if network is None or not network.is_being_verified:
        return False
    moment = read_clock()
    if turns.spend(network.region, Api.READ, _CALLS, moment) is not None:
        return False  # it still waits, and is enqueued again
    look = _Look(network, operator_of(network, Installation.get()), moment)
    found = [{**asdict(finding)} for finding in _findings(look)]
    mine = Network.objects.filter(pk=key, verify_requested_at=network.verify_requested_at)
    return bool(mine.update(verification=found, verified_at=read_clock().now))


def _findings(look: _Look) -> Iterator[Finding]:
    stop_at = time.monotonic() + _SHARE * settings.TASK_TIMEOUT_SECONDS
    account = list(_account(look))
    yield from account
    stays = all(finding.result is Result.GOOD for finding in account)
    for check, judge in _CHECKS:
        if not stays:
            yield Finding(check, Result.SKIPPED, "skipped")
        elif time.monotonic() >= stop_at:
            yield Finding(check, Result.UNREAD, "no_time")
        else:
            yield from _tried(look, check, judge)


def _tried(look: _Look, check: Check, judge: Callable[[_Look], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(judge(look))
    except ProviderError as error:
        return [_unread(look, check, error)]


def _unread(look: _Look, check: Check, error: ProviderError) -> Finding:
    log.warning("Network %s could not be verified (%s): %s", look.network, check, error)
    if isinstance(error, Throttled):
        turns.slow_down(look.network.region, Api.READ, look.moment.now)
    denied = isinstance(error, OperatorError)
    raw = f"{error.raw_code}: {error.raw_text}"
    params = {"operation": error.operation}
    return Finding(
        check, Result.BAD if denied else Result.UNREAD, "denied" if denied else "unread", params, raw
    )


def _account(look: _Look) -> Iterator[Finding]:
    region = look.network.region
    try:
        check_account(look.operator, region, look.moment.now, afresh=True)
    except WrongAccount:
        params = {"account": region.account_seen, "wanted": region.account_id}
        yield Finding(Check.ACCOUNT, Result.BAD, "account_wrong", params)
    except ProviderError as error:
        yield _unread(look, Check.ACCOUNT, error)
    else:
        yield Finding(Check.ACCOUNT, Result.GOOD, "account_right", {"account": region.account_id})


def _vpc(look: _Look) -> Iterable[Finding]:
    return judge_vpc(networks.read_vpc(look.operator, look.network.vpc_id))


def _subnets(look: _Look) -> Iterable[Finding]:
    wanted = look.network.subnet_ids
    return judge_subnets(look.network.vpc_id, wanted, networks.read_subnets(look.operator, wanted))


def _groups(look: _Look) -> Iterable[Finding]:
    wanted = look.network.security_group_ids
    return judge_groups(look.network.vpc_id, wanted, networks.read_groups(look.operator, wanted))


def _blocks(look: _Look) -> Iterable[Finding]:
    rooms = read_rooms(look.operator, facts_of([look.network], {}))
    keep_rooms([look.network], rooms, look.moment.now)
    return judge_blocks(rooms)


def _quotas(look: _Look) -> Iterable[Finding]:
    region = look.network.region
    quotas.keep_quotas(region, look.operator, look.moment.now)
    used = networks.count_endpoints(look.operator, look.network.vpc_id)
    return judge_quotas(used, {family: region.quota(family) for family in Family})


_CHECKS: tuple[tuple[Check, Callable[[_Look], Iterable[Finding]]], ...] = (
    (Check.VPC, _vpc),
    (Check.SUBNETS, _subnets),
    (Check.GROUPS, _groups),
    (Check.BLOCKS, _blocks),
    (Check.QUOTAS, _quotas),
)
