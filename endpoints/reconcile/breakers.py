"""Faults of a whole network: the first row that meets one opens its breaker, the others wait for it.

One message to the operators instead of one failure for each row; one try at a time, and all go on as soon
as AWS answers again. The observer's listings open and close breakers as well.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from endpoints.domain.breakers import QUOTA, STRIKES, Kind, kind_of, probe_after, stops
from endpoints.domain.errors import ProviderError
from endpoints.domain.specs import Family
from endpoints.domain.steps import Step
from endpoints.models import Breaker, Network, Region, ReversePrivateEndpoint

log = logging.getLogger(__name__)

_WRITING = ("Create", "Modify", "Delete", "Accept")
_EVERY_CALL = (Kind.ACCOUNT, Kind.UNREACHABLE)


def in_the_way(breakers: Iterable[Breaker], family: Family, step: Step, now: datetime) -> Breaker | None:
    """Return the open breaker that a step must wait for; None when there is none, or this is the next try."""
    for breaker in breakers:
        is_open = breaker.opened_at is not None
        stopped = is_open and stops(Kind(breaker.kind), family=family, creates=step is Step.CREATE)
        if stopped and not _may_probe(breaker, now):
            return breaker
    return None


def _may_probe(breaker: Breaker, now: datetime) -> bool:
    """Say whether it is time to try AWS again; whoever comes first does, for all."""
    due = Breaker.objects.filter(pk=breaker.pk, probe_at__lte=now)
    return bool(due.update(probe_at=now + probe_after(breaker.probes + 1), probes=F("probes") + 1))


def met(networks: Iterable[Network], family: Family, error: ProviderError, now: datetime) -> list[Breaker]:
    """Note an error that is its networks' own, if it is one; return their breakers that are open by now."""
    kind = kind_of(error, family)
    struck = [_strike(network, kind, error, now) for network in networks] if kind is not None else []
    return [breaker for breaker in struck if breaker.opened_at is not None]


@transaction.atomic
def _strike(network: Network, kind: Kind, error: ProviderError, now: datetime) -> Breaker:
    said = {
        "operation": error.operation,
        "code": error.raw_code,
        "raw": error.raw_text,
        "request_id": error.request_id,
    }
    breaker, _ = Breaker.objects.select_for_update().get_or_create(
        network=network, kind=kind, defaults={**said, "probe_at": now}
    )
    breaker.strikes += 1
    for name, value in said.items():
        setattr(breaker, name, value)
    if breaker.opened_at is None and breaker.strikes >= STRIKES.get(kind, 1):
        breaker.opened_at = now
        breaker.probe_at = now + probe_after(0)
        log.error("AWS fails for network %s (%s, %s): rows wait.", network, error.operation, error.raw_code)
    breaker.save()
    return breaker


def held(breaker: Breaker) -> Breaker | None:
    """Keep a breaker from closing until the transaction ends, so that a row can wait for it; None: it has."""
    return Breaker.objects.select_for_update(no_key=True).filter(pk=breaker.pk).first()


def answered(network: Network, family: Family, step: Step, now: datetime) -> None:
    """Close what a step that was carried out has disproved."""
    proven = Q(kind__in=_EVERY_CALL)
    if step in (Step.PREPARE, Step.PLACE, Step.PRIVATE_DNS):
        proven &= _met_by_reading()
    elif step is Step.CREATE:
        proven |= Q(kind=QUOTA[family])
    _close(Breaker.objects.filter(proven, network=network), now)


def listed(region: Region, role_arn: str, now: datetime) -> None:
    """Close what complete listings of a region by a role have disproved: reads work again.

    What a write had met is tried again by the rows that wait; where none does any more, the next write tells.
    """
    waiting = ReversePrivateEndpoint.objects.live().filter(breaker=OuterRef("pk"))
    disproved = Q(_met_by_reading(), kind__in=_EVERY_CALL)
    forsaken = Q(~Exists(waiting), opened_at__isnull=False, probe_at__lte=now)
    mine = Breaker.objects.filter(network__region=region, network__role_arn=role_arn)
    _close(mine.filter(disproved | forsaken), now)


def not_listed(region: Region, role_arn: str, error: Exception, now: datetime) -> None:
    """Note why a region could not be listed by a role, where that is its networks' own fault."""
    if isinstance(error, ProviderError):
        met(Network.objects.filter(region=region, role_arn=role_arn), Family.INTERFACE, error, now)


def _met_by_reading() -> Q:
    wrote = Q()
    for verb in _WRITING:
        wrote |= Q(operation__startswith=verb)
    return ~wrote


def _close(breakers: QuerySet[Breaker], now: datetime) -> None:
    for breaker in breakers.select_related("network__region"):
        with transaction.atomic():
            ReversePrivateEndpoint.objects.filter(breaker=breaker).update(due_at=now, breaker=None)
            breaker.delete()
        if breaker.opened_at is not None:
            log.warning("Nothing waits any more for network %s (%s).", breaker.network, breaker.code)


def full(networks: Iterable[Network], family: Family, now: datetime) -> set[int]:
    """Return the networks, by primary key, that AWS said are full, and where it is not time to try again."""
    known = Breaker.objects.filter(
        network__in=networks, kind=QUOTA[family], opened_at__isnull=False, probe_at__gt=now
    )
    return set(known.values_list("network", flat=True))
