"""What staff may ask where claims are in dispute: release one, or let a second organization use a name."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from endpoints.audit import columns, record
from endpoints.domain.actions import Action
from endpoints.domain.specs import HeldKind, SpecErrors, VpcEndpointServiceSpec
from endpoints.intents.base import IntentRefused, clean_reason, require_staff
from endpoints.intents.endpoint import request_removal
from endpoints.models import (
    AllowedPair,
    Attempt,
    Claim,
    ClaimKind,
    Organization,
    Orphan,
    ReversePrivateEndpoint,
    User,
)


@transaction.atomic
def release_claim(*, claim: Claim, by: User, reason: str, typed: Mapping[uuid.UUID, str]) -> int:
    """Release a claim; return how many endpoints are removed for it.

    One that endpoints hold goes with them, once their objects are seen gone from AWS: their removal is asked
    for, and `typed` is what was typed to confirm each, by its id. One that was used up is free at once.
    Raises PermissionDenied for anybody but staff, IntentRefused: `reason_needed` at `reason`, what
    `request_removal` raises, or `claim_in_use` while an object of ours may still use it.
    """
    require_staff(by)
    why = clean_reason(reason)
    # Rows before claims, as the engine locks them: a holder is locked by the removal, the claim only without.
    holders = sorted(holders_of(claim), key=lambda row: row.pk)
    if not holders:
        return _release_unheld(claim, by, why)
    for row in holders:
        request_removal(endpoint=row, by=by, typed=typed.get(row.pk, ""))
    _record_release(claim, by, why, holders)
    return len(holders)


def _release_unheld(claim: Claim, by: User, why: str) -> int:
    locked = Claim.objects.select_for_update(of=("self",)).filter(pk=claim.pk).first()
    if locked is None:
        return 0
    if locked.endpoints.exists():
        raise IntentRefused("claim_in_use")
    _must_be_unused(locked)
    _record_release(locked, by, why, [])
    locked.delete()
    return 0


def _record_release(claim: Claim, by: User, why: str, holders: list[ReversePrivateEndpoint]) -> None:
    going = [str(row.pk) for row in holders]
    before = {**columns(claim, "kind", "key", "used_up_at"), "endpoints": going}
    record(Action.CLAIM_RELEASED, by=by, on=claim, before=before, reason=why, place=claim.organization)


def holders_of(claim: Claim) -> list[ReversePrivateEndpoint]:
    """Return the endpoints that hold a claim, with their services and organizations."""
    held = claim.endpoints.select_related("service__organization", "region")
    return list(held.order_by("service__name", "description", "pk"))


@transaction.atomic
def allow_pair(*, service_name: str, organization: Organization, by: User, reason: str) -> AllowedPair:
    """Let an organization use an endpoint service whoever holds its name; asking twice changes nothing.

    Raises PermissionDenied for anybody but staff, IntentRefused: `reason_needed` at `reason`, or what is
    wrong with the name at `service_name`.
    """
    require_staff(by)
    why = clean_reason(reason)
    name = _claimed_name(service_name)
    pair, is_new = AllowedPair.objects.get_or_create(
        service_name=name,
        organization=organization,
        defaults={"allowed_by_name": by.email, "reason": why},
    )
    if is_new:
        _record_pair(Action.CLAIM_PAIR_ALLOWED, pair, by, why, after={"service_name": name})
    return pair


@transaction.atomic
def forbid_pair(*, pair: AllowedPair, by: User, reason: str) -> None:
    """Take it back; endpoints that came by it stay. Raises as `allow_pair`."""
    require_staff(by)
    why = clean_reason(reason)
    locked = AllowedPair.objects.select_for_update().filter(pk=pair.pk).first()
    if locked is None:
        return
    _record_pair(Action.CLAIM_PAIR_FORBIDDEN, locked, by, why, before={"service_name": locked.service_name})
    locked.delete()


def _record_pair(action: Action, pair: AllowedPair, by: User, why: str, **said: Any) -> None:
    record(action, by=by, on=pair, reason=why, place=pair.organization, **said)


def _claimed_name(given: str) -> str:
    """Return a service name as claims have it."""
    (field,) = VpcEndpointServiceSpec.fields
    try:
        spec = VpcEndpointServiceSpec.parse({field: given})
    except SpecErrors as wrong:
        error = wrong.errors[0]
        refused = IntentRefused(error.code, "service_name")
        refused.params = error.params
        raise refused from None
    return next(held.key for held in spec.held() if held.kind is HeldKind.SERVICE_NAME)


def _must_be_unused(claim: Claim) -> None:
    """Raise IntentRefused while an object in AWS may use a share that no endpoint holds any more."""
    if claim.kind != ClaimKind.RESOURCE_SHARE:
        return
    of_share = ReversePrivateEndpoint.objects.filter(parameters__vpcResourceShareArn__iexact=claim.key)
    opened = Attempt.objects.filter(endpoint=OuterRef("pk"), gone_at__isnull=True)
    ids = [str(key) for key in of_share.values_list("pk", flat=True)]
    orphans = Orphan.objects.filter(endpoint_id__in=ids, ended_at__isnull=True)
    if of_share.filter(Exists(opened)).exists() or orphans.exists():
        raise IntentRefused("claim_in_use")
