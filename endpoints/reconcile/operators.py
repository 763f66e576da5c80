"""On whose behalf calls are made, whether in the pinned account, and whether to write at all."""

import time
from datetime import datetime

from django.conf import settings
from django.db import connection

from endpoints.domain.errors import OperatorError
from endpoints.models import Installation, Network, Region
from endpoints.providers.base import Operator
from endpoints.providers.session import account_id

ACCOUNT_TRUSTED_SECONDS = 600.0  # how long a process trusts what STS said
_accounts: dict[Operator, tuple[str, float]] = {}


class WrongAccount(OperatorError):
    """The credentials belong to another AWS account than the one this region is pinned to."""


def operator_of(network: Network, installation: Installation) -> Operator:
    """Return the operator that makes a network's calls."""
    return Operator(
        region=network.region_id,
        role_arn=network.role_arn,
        installation_id=installation.pk,
        tag_prefix=settings.TAG_PREFIX,
        connect_seconds=settings.AWS_CONNECT_SECONDS,
        read_seconds=settings.AWS_READ_SECONDS,
    )


def check_account(operator: Operator, region: Region, now: datetime, *, afresh: bool = False) -> None:
    """Make sure that the operator acts in the region's pinned account; pin it the first time.

    Raises WrongAccount, or ProviderError when STS does not answer. `afresh` asks STS again: absence counts
    only in the account where the endpoints were made.
    """
    known = _accounts.get(operator)
    if known is None or afresh or time.monotonic() - known[1] > ACCOUNT_TRUSTED_SECONDS:
        account = account_id(operator)
        _accounts[operator] = (account, time.monotonic())
        _remember(region, account, now)
    else:
        account = known[0]
        if not region.account_id:
            _remember(region, account, now)
    if region.account_id != account:
        raise WrongAccount(
            "GetCallerIdentity", "WrongAccount", f"The credentials belong to account {account}."
        )


def write_obstacle(network: Network, installation: Installation) -> str:
    """Return why nothing may be written to AWS for a network now, "" when writes may go."""
    if installation.has_moved:
        return "moved"
    if settings.PLAN_ONLY or installation.plan_only:
        return "plan_only"
    if settings.AWS_WRITES_PAUSED or installation.writes_paused or network.writes_paused:
        return "paused"
    return ""


def writes_go_on(network: Network) -> bool:
    """Ask afresh whether nobody paused writes since `write_obstacle` found none: cheap, for each call."""
    with connection.cursor() as cursor:
        cursor.execute(_PAUSED, [network.pk])
        (paused,) = cursor.fetchone()
    return not paused


_PAUSED = """SELECT EXISTS (SELECT FROM endpoints_installation WHERE writes_paused OR plan_only)
OR EXISTS (SELECT FROM endpoints_network WHERE id = %s AND writes_paused)"""


def _remember(region: Region, account: str, now: datetime) -> None:
    Region.objects.filter(pk=region.pk, account_id="").update(account_id=account)
    Region.objects.filter(pk=region.pk).update(account_seen=account, account_verified_at=now)
    region.refresh_from_db(fields=["account_id", "account_seen", "account_verified_at"])
