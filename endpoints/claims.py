"""Taking and giving back claims. Called with a transaction open; the unique constraint decides races."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Subquery

from endpoints.domain.specs import Held, HeldKind
from endpoints.models import AllowedPair, Claim, ClaimKind, ReversePrivateEndpoint


class Taken(Exception):
    """Somebody else holds the claim, or used it up. It is not said who.

    `holder` is the endpoint that holds it, where that is of the same organization; else None.
    """

    def __init__(self, held: Held | None = None, holder: ReversePrivateEndpoint | None = None) -> None:
        super().__init__(held)
        self.held = held
        self.holder = holder


def claim_target(endpoint: ReversePrivateEndpoint) -> None:
    """Claim what the endpoint's type needs for itself, such as its service name. Raises Taken."""
    for held in endpoint.spec.held():
        if held.kind is HeldKind.SERVICE_NAME and not settings.CLAIM_SERVICE_NAMES:
            continue
        try:
            _take(endpoint, ClaimKind(held.kind.value), held.key, shared=held.shared)
        except Taken as taken:
            raise Taken(held, taken.holder) from None


def claim_private_names(endpoint: ReversePrivateEndpoint, vpc_id: str, names: list[str]) -> None:
    """Claim an owner's private DNS names in one VPC, so that it never answers one for two. Raises Taken."""
    for name in sorted(names):
        _take(endpoint, ClaimKind.PRIVATE_NAME, _private_name(vpc_id, name), shared=False)


def private_names_taken(endpoint_id: uuid.UUID, vpc_id: str, names: Iterable[str]) -> bool:
    """Say whether another endpoint answers for one of these names in a VPC now."""
    keys = [_private_name(vpc_id, name) for name in names]
    held = Claim.objects.filter(kind=ClaimKind.PRIVATE_NAME, key__in=keys, endpoints__isnull=False)
    return held.exclude(endpoints=endpoint_id).exists()


def use_up(endpoint: ReversePrivateEndpoint, now: datetime) -> None:
    """Keep the endpoint's resource share from everybody else for ever: AWS was asked to accept or use it."""
    if not any(held.kind is HeldKind.RESOURCE_SHARE for held in endpoint.spec.held()):
        return
    endpoint.claims.filter(kind=ClaimKind.RESOURCE_SHARE, used_up_at__isnull=True).update(used_up_at=now)


def not_used_up(endpoint: ReversePrivateEndpoint) -> None:
    """Take `use_up` back, of a share with which nothing was ever made: AWS refused to accept it."""
    endpoint.claims.filter(kind=ClaimKind.RESOURCE_SHARE).update(used_up_at=None)


def release(endpoint: ReversePrivateEndpoint, *, keep: ClaimKind | None = None) -> None:
    """Give back what the endpoint holds but for one kind; unused claims go with their last holder."""
    held = Claim.objects.select_for_update().filter(pk__in=endpoint.claims.values("pk")).order_by("pk")
    for claim in held.exclude(kind=keep or ""):
        endpoint.claims.remove(claim)
        holders = set(claim.endpoints.values_list("service__organization", flat=True).distinct())
        if claim.used_up_at is None and not holders:
            claim.delete()
        elif holders and claim.organization_id not in holders:
            Claim.objects.filter(pk=claim.pk).update(organization=min(holders))


def release_all(endpoints: Collection[uuid.UUID]) -> None:
    """Give back all that these endpoints hold; unused claims go with their last holder."""
    links = ReversePrivateEndpoint.claims.through.objects.filter(reverseprivateendpoint__in=endpoints)
    held = Claim.objects.select_for_update().filter(pk__in=links.values("claim")).order_by("pk")
    known = [claim.pk for claim in held]
    links.delete()
    Claim.objects.filter(pk__in=known, used_up_at__isnull=True, endpoints__isnull=True).delete()
    _pass_on(known)


def _pass_on(known: Collection[int]) -> None:
    """Let an allowed organization have the names that it alone holds by now."""
    holders = ReversePrivateEndpoint.objects.filter(claims=OuterRef("pk")).order_by("pk")
    mine = holders.filter(service__organization=OuterRef("organization"))
    left = Claim.objects.filter(Exists(holders), ~Exists(mine), pk__in=known, kind=ClaimKind.SERVICE_NAME)
    left.update(organization=Subquery(holders.values("service__organization")[:1]))


def _private_name(vpc_id: str, name: str) -> str:
    return f"{vpc_id}/{name.lower()}"


def _is_allowed(kind: ClaimKind, key: str, organization: uuid.UUID) -> bool:
    """Say whether staff let an organization use a name that another one holds."""
    if kind is not ClaimKind.SERVICE_NAME:
        return False
    return AllowedPair.objects.filter(service_name=key, organization=organization).exists()


# A claim that is there already is locked by an update that changes nothing.
_CLAIM = """
INSERT INTO endpoints_claim AS held (kind, key, organization_id, claimed_at)
VALUES (%s, %s, %s, statement_timestamp())
ON CONFLICT (kind, key) DO UPDATE SET key = held.key
RETURNING id, organization_id, used_up_at"""


def _take(endpoint: ReversePrivateEndpoint, kind: ClaimKind, key: str, *, shared: bool) -> None:
    organization = endpoint.service.organization_id
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [kind, key, organization])
        claim, owner, used_up_at = cursor.fetchone()
    links = ReversePrivateEndpoint.claims.through.objects
    may = owner == organization or _is_allowed(kind, key, organization)
    free = may and used_up_at is None
    if not (free and shared):
        holders = set(links.filter(claim=claim).values_list("reverseprivateendpoint", flat=True))
        if endpoint.pk in holders:
            return
        if holders or not free:
            own = ReversePrivateEndpoint.objects.filter(claims=claim, service__organization=organization)
            raise Taken(holder=own.select_related("service").first())
    link = links.model(reverseprivateendpoint_id=endpoint.pk, claim_id=claim)
    links.bulk_create([link], ignore_conflicts=True)
