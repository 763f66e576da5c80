"""Custom private DNS names: none is answered for twice in a service, nor by two tenants in a network.

The names are recorded and not served: nothing in AWS changes with them.
"""

from collections.abc import Collection, Iterable

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.domain.custom_dns import FIELD, CustomName, custom_names, overlap, parent_of
from endpoints.domain.reasons import EventCode
from endpoints.intents.base import IntentRefused, held_by, require_role
from endpoints.models import (
    Actor,
    Attempt,
    Claim,
    ClaimKind,
    Event,
    Network,
    Principal,
    ReversePrivateEndpoint,
    Role,
    read_clock,
)
from endpoints.models import CustomName as Row


@transaction.atomic
def change_custom_dns(
    *, endpoint: ReversePrivateEndpoint, names: Collection[CustomName], by: Principal
) -> ReversePrivateEndpoint:
    """Record these custom private DNS names instead of those before; the same ones again change nothing.

    Raises PermissionDenied, IntentRefused(`being_removed`) unless there is nothing to add, or what
    `claim_custom_dns` raises.
    """
    require_role(by, endpoint.service, Role.OPERATOR)
    rows = ReversePrivateEndpoint.objects.select_for_update(of=("self",))
    locked = rows.with_details().select_related("service", "region").get(pk=endpoint.pk)
    before, after = locked.custom_dns, [name.as_json() for name in names]
    if after == before:
        return locked
    if names and (locked.removal_requested_at is not None or locked.is_removed):
        raise IntentRefused("being_removed", is_conflict=True)
    claim_custom_dns(locked, names)
    locked.custom_dns = after
    locked.save(update_fields=["custom_dns"])
    audit.record(Action.ENDPOINT_DNS_CHANGED, by=by, on=locked, before={FIELD: before}, after={FIELD: after})
    told = {"names": [str(name) for name in names]}
    code = EventCode.CUSTOM_DNS_CHANGED
    Event.line(locked, code, read_clock().now, actor=Actor.of(by).name, params=told).save()
    return locked


def claim_custom_dns(endpoint: ReversePrivateEndpoint, names: Collection[CustomName]) -> None:
    """Let an endpoint hold these names and no others, in this transaction.

    Raises IntentRefused(`dns_name_taken`), a conflict that names its holder within the organization.
    """
    held = Row.objects.filter(endpoint=endpoint)
    if not names:
        held.delete()
        return
    _lock(f"service/{endpoint.service_id}", f"region/{endpoint.region_id}")
    Row.objects.filter(service=endpoint.service_id, endpoint__removed_at__isnull=False).delete()
    wanted = [name.name for name in names]
    _refuse_what_others_hold(endpoint, wanted)
    held.delete()
    Row.objects.bulk_create(
        [
            Row(endpoint=endpoint, service_id=endpoint.service_id, name=name, parent=parent_of(name))
            for name in wanted
        ]
    )


def claim_again(endpoint: ReversePrivateEndpoint) -> None:
    """Claim an endpoint's names for wherever its next attempt may be placed. Raises IntentRefused."""
    names = custom_names(endpoint.custom_dns)
    if names:
        _lock(f"service/{endpoint.service_id}", f"region/{endpoint.region_id}")
        _refuse_what_others_hold(endpoint, [name.name for name in names], anywhere=True)


def _lock(*keys: str) -> None:
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"custom-dns/{key}"])


def _refuse_what_others_hold(
    endpoint: ReversePrivateEndpoint, wanted: list[str], *, anywhere: bool = False
) -> None:
    """Raise IntentRefused for the first name that another endpoint answers for.

    An endpoint that has no place yet may get any network of its region, so that all of them count.
    """
    place = None if anywhere else _network_of(endpoint)
    service, organization = endpoint.service_id, endpoint.service.organization_id
    elsewhere = Q(endpoint__region=endpoint.region_id) & ~Q(endpoint__service__organization=organization)
    if place is not None:
        placed = Attempt.objects.filter(gone_at__isnull=True).exclude(network=place)
        elsewhere &= ~Q(endpoint__in=placed.values("endpoint"))
    others = (
        _overlapping(wanted)
        .filter(Q(service=service) | elsewhere, endpoint__removed_at__isnull=True)
        .exclude(endpoint=endpoint)
    )
    taken = others.select_related("endpoint__service").order_by("pk").first()
    if taken is not None:
        name = next(name for name in wanted if overlap(name, taken.name))
        is_own = taken.endpoint.service.organization_id == organization
        raise _taken(name, taken.endpoint if is_own else None)
    _refuse_private_names(endpoint, wanted, place)


def _refuse_private_names(endpoint: ReversePrivateEndpoint, wanted: list[str], place: Network | None) -> None:
    """Raise IntentRefused for a name that an owner's verified private name of another tenant answers for."""
    networks = Network.objects.filter(region=endpoint.region_id)
    vpcs = {place.vpc_id} if place else set(networks.values_list("vpc_id", flat=True))
    under = Q()
    for parent in {parent_of(name) for name in wanted}:
        under |= Q(key__endswith=f".{parent}")
    held = Claim.objects.filter(under, kind=ClaimKind.PRIVATE_NAME, endpoints__isnull=False)
    foreign = held.exclude(organization=endpoint.service.organization_id)
    for vpc, _, answered in (key.partition("/") for key in foreign.values_list("key", flat=True)):
        taken = next((name for name in wanted if vpc in vpcs and overlap(name, answered)), None)
        if taken is not None:
            raise _taken(taken, None)


def _overlapping(wanted: Iterable[str]) -> "QuerySet[Row]":
    names = {each for name in wanted for each in (name, f"*.{parent_of(name)}")}
    parents = {parent_of(name) for name in wanted if name.startswith("*.")}
    return Row.objects.filter(Q(name__in=names) | Q(parent__in=parents))


def _network_of(endpoint: ReversePrivateEndpoint) -> Network | None:
    """Return the network in which an endpoint is, or is being made; None before it has a place."""
    placed = Attempt.objects.filter(endpoint=endpoint, gone_at__isnull=True)
    attempt = placed.select_related("network").first()
    return attempt.network if attempt else None


def _taken(name: str, holder: ReversePrivateEndpoint | None) -> IntentRefused:
    by = held_by(holder) if holder else {}
    return IntentRefused("dns_name_taken", FIELD, is_conflict=True, name=name, **by)
