"""Giving an orphan back to a row: staff ask for it, a worker reads the object, and then it is written here.

Its tags name an endpoint and an attempt. A row of exactly that name owns it, so that every listing finds it
as if Postern had made it for that row: a new one where there is none, or a tombstone that lives again.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django_q.tasks import async_task

from endpoints import claims
from endpoints.audit import record
from endpoints.domain.actions import Action
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.specs import Spec, SpecErrors, parse_spec
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, SpecError, clean_description
from endpoints.intents.base import IntentRefused, require_staff
from endpoints.intents.limits import take_place
from endpoints.intents.orphan import check_orphan_confirmation
from endpoints.models import Event, Orphan, ReversePrivateEndpoint, Service, User, read_clock


@dataclass(frozen=True)
class Adoptable:
    """What a worker read of an object: its type, and the parameters by which it may have been asked for."""

    type: EndpointType | None
    candidates: Sequence[Mapping[str, str]]
    preparation: Mapping[str, str]


@transaction.atomic
def request_adoption(*, orphan: Orphan, service: Service, description: str, by: User, typed: str) -> Orphan:
    """Ask for an orphan to become an endpoint of a service; the worker does it, or says why it cannot.

    While one request is under way, another changes nothing.
    Raises PermissionDenied for anybody but staff, IntentRefused: `orphan_not_here`, `orphan_being_deleted`,
    `type_the_external_id` at `typed`, what is wrong with the description at `description`, or what
    `check_adoptable` raises.
    """
    require_staff(by)
    locked = Orphan.objects.select_for_update(of=("self",)).get(pk=orphan.pk)
    if not locked.is_standing:
        raise IntentRefused("orphan_not_here", external_id=locked.external_id)
    if locked.delete_due_at is not None:
        raise IntentRefused("orphan_being_deleted", external_id=locked.external_id)
    check_orphan_confirmation(locked, typed)
    if locked.adopt_due_at is not None:
        return locked
    try:
        cleaned = clean_description(description)
    except SpecError as error:
        raise _refused(error) from None
    check_adoptable(locked, service)
    now = read_clock().now
    locked.adopt_requested_at = locked.adopt_due_at = now
    locked.adopt_requested_by, locked.adopt_service, locked.adopt_description = by, service, cleaned
    locked.adopt_problem, locked.adopt_problem_params = "", {}
    locked.failures, locked.raw_error = 0, ""
    locked.save()
    said = {"external_id": locked.external_id, "service": str(service.pk), "description": cleaned}
    record(Action.ORPHAN_ADOPTION_REQUESTED, by=by, on=locked, after=said, place=service)
    transaction.on_commit(_enqueue, robust=True)
    return locked


def check_adoptable(orphan: Orphan, service: Service | None) -> ReversePrivateEndpoint | None:
    """Return the tombstone that an orphan would revive, locked; None where it needs a new row.

    Raises IntentRefused with what stands against it; without a service, with what does in any.
    """
    key = _named(orphan)
    if service is not None and service.clickpipes_region != orphan.region_id:
        wanted = service.clickpipes_region
        raise IntentRefused("adopt_wrong_region", "service", region=orphan.region_id, wanted=wanted)
    known = ReversePrivateEndpoint.objects.select_for_update(of=("self",)).select_related("service")
    row = known.filter(pk=key).first()
    if row is None:
        return None
    if not row.is_removed or row.attempts.filter(gone_at__isnull=True).exists():
        raise IntentRefused("adopt_row_lives")
    if orphan.generation < row.generation:
        raise IntentRefused("adopt_older_attempt")
    if service is not None and row.service_id != service.pk:
        raise IntentRefused("adopt_other_service", "service", service=str(row.service))
    return row


def adopt_orphan(*, orphan: Orphan, found: Adoptable, now: datetime) -> ReversePrivateEndpoint:
    """Make or revive the row that owns a locked orphan, with its claims; the caller gives it its attempt.

    Called with a transaction open, by a worker that just read the object. Raises IntentRefused.
    """
    service, by = orphan.adopt_service, orphan.adopt_requested_by
    if service is None or by is None or not (by.is_active and by.is_staff):
        raise IntentRefused("adopt_not_allowed")
    tombstone = check_adoptable(orphan, service)
    take_place(service)
    row = tombstone or ReversePrivateEndpoint(pk=_named(orphan), service=service, region=orphan.region)
    row.description = orphan.adopt_description
    row.generation = row.observed_generation = row.prepared_generation = orphan.generation
    row.preparation = dict(found.preparation)
    row.status, row.reason, row.reason_params, row.status_since = (
        Status.PROVISIONING,
        Reason.REQUESTED,
        {},
        now,
    )
    if tombstone is None:
        row.created_at, row.created_by, row.created_by_name = now, by, by.email
    row.removed_at = row.removal_requested_at = row.warned_at = None
    row.removal_requested_by = row.removal_reason = row.raw_error = ""
    row.removal_trouble, row.failures, row.due_at = {}, 0, now
    _claim_first(row, _specs(found, tombstone), by)
    params = {"external_id": orphan.external_id}
    Event.line(row, EventCode.ORPHAN_ADOPTED, now, actor=by.email, params=params).save()
    after = {**params, "endpoint": str(row.pk), "description": row.description}
    record(Action.ORPHAN_ADOPTED, by=by, on=orphan, after=after, place=service)
    return row


def _specs(found: Adoptable, tombstone: ReversePrivateEndpoint | None) -> list[Spec]:
    """Return what the object may have been asked for by; of a tombstone only what it had asked for."""
    if found.type is None:
        raise IntentRefused("adopt_unknown_kind")
    if not found.candidates:
        raise IntentRefused("adopt_no_share")
    try:
        specs = [parse_spec(found.type, one) for one in found.candidates]
    except SpecErrors:
        raise IntentRefused("adopt_unknown_kind") from None
    if tombstone is None:
        return specs
    before = tombstone.spec
    if not any(one.type == before.type and one.held() == before.held() for one in specs):
        raise IntentRefused("adopt_other_target")
    return [before]


def _claim_first(row: ReversePrivateEndpoint, specs: Sequence[Spec], by: User) -> None:
    """Save the row with the first of these specs whose claims are free. Raises IntentRefused."""
    taken: claims.Taken | None = None
    for spec in specs:
        row.type, row.parameters, row.owner_account = spec.type, spec.parameters(), spec.owner_account
        try:
            with transaction.atomic():
                row.save()
                claims.claim_target(row)
        except claims.Taken as why:
            taken = why
        else:
            return
    assert taken is not None
    raise IntentRefused.taken(taken, by)


def _named(orphan: Orphan) -> uuid.UUID:
    """Return the endpoint that an orphan's tags name. Raises IntentRefused where they name none."""
    try:
        key = uuid.UUID(orphan.endpoint_id)
    except ValueError:
        raise IntentRefused("adopt_not_ours") from None
    if str(key) != orphan.endpoint_id or orphan.generation < 1:
        raise IntentRefused("adopt_not_ours")
    return key


def _refused(error: SpecError) -> IntentRefused:
    refused = IntentRefused(error.code, error.field)
    refused.params = error.params
    return refused


def _enqueue() -> None:
    async_task("endpoints.tasks.adopt_orphans")
