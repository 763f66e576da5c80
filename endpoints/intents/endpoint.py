"""What may be asked of an endpoint: request, remove, retry, tick what was cleaned up.

Each intent checks the role, writes row, claim, event and wake-up in one transaction, and may be asked twice.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from endpoints import audit, claims
from endpoints.domain import custom_dns
from endpoints.domain.actions import Action
from endpoints.domain.custom_dns import CustomName
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.specs import Spec, SpecErrors, parse_spec, parse_type
from endpoints.domain.status import Status
from endpoints.domain.types import SpecError, clean_description
from endpoints.intents.base import IntentRefused, lock, require_role, wake
from endpoints.intents.custom_dns import claim_again, claim_custom_dns
from endpoints.intents.limits import take_place
from endpoints.models import (
    Actor,
    Affected,
    Event,
    Network,
    Principal,
    ReversePrivateEndpoint,
    Role,
    Service,
    affected_by,
    is_depended_on,
    read_clock,
)
from endpoints.models.access import CLEANUP


@dataclass(frozen=True)
class Wanted:
    """A checked request for an endpoint."""

    spec: Spec
    description: str
    custom_names: tuple[CustomName, ...] = ()

    def made(self, endpoint: ReversePrivateEndpoint) -> bool:
        """Say whether an endpoint is what this request asks for."""
        asked = (self.spec.type, self.spec.parameters(), self.description)
        return asked == (endpoint.type, endpoint.parameters, endpoint.description)


def check_wanted(service: Service, data: Mapping[str, Any]) -> tuple[Wanted | None, list[SpecError]]:
    """Check a request in the API's field names; return what it wants, or every error at its field."""
    errors: list[SpecError] = []
    spec: Spec | None = None
    description = ""
    try:
        description = clean_description(data.get("description"))
    except SpecError as error:
        errors.append(error)
    try:
        spec = parse_spec(parse_type(data.get("type")), data)
        spec.check_region(service.clickpipes_region)
    except SpecError as error:
        errors.append(error)
    except SpecErrors as several:
        errors.extend(several.errors)
    if not Network.objects.filter(region=service.clickpipes_region, draining=False).exists():
        errors.append(SpecError("type", "no_network", region=service.clickpipes_region))
    names: tuple[CustomName, ...] = ()
    if spec is not None and data.get(custom_dns.FIELD) is not None:
        names, wrong = custom_dns.parse_names(data[custom_dns.FIELD], spec.type)
        errors += wrong
    if errors or spec is None:
        return None, errors
    return Wanted(spec=spec, description=description, custom_names=names), []


@transaction.atomic
def request_endpoint(
    *,
    service: Service,
    wanted: Wanted,
    by: Principal,
    form_key: uuid.UUID | None = None,
    has_place: bool = False,
    request_digest: str = "",
) -> ReversePrivateEndpoint:
    """Ask for a new endpoint; the same `form_key` again returns the same row, whatever the limits say now.

    `has_place`: an endpoint that is gone kept its place for this one. `request_digest` is kept, so that the
    API knows a request that is sent again. Raises PermissionDenied, or IntentRefused when somebody else holds
    what it claims, or where there may be no more endpoints.
    """
    require_role(by, service, Role.OPERATOR)
    if form_key is not None:
        # One filled-in form posted many times at once makes one row: the rest wait here and then find it.
        lock(form_key)
        earlier = ReversePrivateEndpoint.objects.filter(form_key=form_key, service=service).first()
        if earlier is not None:
            return earlier
        if ReversePrivateEndpoint.objects.filter(form_key=form_key).exists():
            form_key = None  # another service's form: the key says nothing here
    if not has_place:
        take_place(service)
    actor = Actor.of(by)
    now = read_clock().now
    endpoint = ReversePrivateEndpoint.objects.create(
        service=service,
        type=wanted.spec.type,
        description=wanted.description,
        parameters=wanted.spec.parameters(),
        custom_dns=[name.as_json() for name in wanted.custom_names],
        region_id=service.clickpipes_region,
        owner_account=wanted.spec.owner_account,
        form_key=form_key,
        request_digest=request_digest,
        created_at=now,
        created_by=actor.user,
        created_by_name=actor.name,
        status=Status.PROVISIONING,
        reason=Reason.REQUESTED,
        status_since=now,
        due_at=now,
    )
    try:
        claims.claim_target(endpoint)
    except claims.Taken as taken:
        raise IntentRefused.taken(taken, by) from None
    if wanted.custom_names:
        claim_custom_dns(endpoint, wanted.custom_names)
    Event.line(endpoint, EventCode.REQUESTED, now, actor=actor.name).save()
    asked = audit.columns(endpoint, "type", "description", "parameters", "region")
    if endpoint.custom_dns:
        asked[custom_dns.FIELD] = endpoint.custom_dns
    audit.record(Action.ENDPOINT_REQUESTED, by=actor, on=endpoint, place=service, after=asked)
    wake()
    return endpoint


@transaction.atomic
def request_removal(
    *, endpoint: ReversePrivateEndpoint, by: Principal, typed: str | None = None
) -> ReversePrivateEndpoint:
    """Ask for the removal of an endpoint and of everything made for it; the first asker is kept.

    Raises RoleTooLow: an operator removes what no ClickPipe depends on, an admin anything. `typed` is what a
    person typed to confirm it, None for a script: raises what `check_confirmation` raises, at `typed`.
    """
    require_role(by, endpoint.service, Role.OPERATOR)
    # Locked first: a ClickPipe that is being recorded for it waits, and then finds it going.
    locked = _locked(endpoint)
    affected = Affected()
    if locked.removal_requested_at is None:
        if is_depended_on(locked):
            affected = affected_by([locked])[locked.pk]
        if affected:
            pipes = [pipe.name for pipe in (*affected.uses, *affected.may)]
            require_role(by, endpoint.service, Role.ADMIN, pipes)
        if typed is not None:
            check_confirmation(locked, affected, typed, "typed")
    return _remove(locked, Actor.of(by), Reason.REMOVAL_REQUESTED, EventCode.REMOVAL_REQUESTED, affected)


def remove_replaced(locked: ReversePrivateEndpoint, actor: Actor) -> None:
    """Ask for the removal of a locked endpoint whose ClickPipes were all moved in this transaction."""
    _remove(locked, actor, Reason.REMOVAL_REQUESTED, EventCode.REMOVAL_REQUESTED)


def check_confirmation(endpoint: ReversePrivateEndpoint, affected: Affected, typed: str, field: str) -> None:
    """Raise IntentRefused at a field unless the description was typed, where ClickPipes depend on it."""
    if affected and typed.strip() != endpoint.description.strip():
        raise IntentRefused("type_the_description", field, description=endpoint.description)


@transaction.atomic
def clean_up(*, endpoint: ReversePrivateEndpoint) -> ReversePrivateEndpoint:
    """Ask for the removal of an endpoint whose deadline passed, by "cleanup"."""
    return _remove(_locked(endpoint), CLEANUP, Reason.DEADLINE_PASSED, EventCode.DEADLINE_PASSED)


@transaction.atomic
def retry(*, endpoint: ReversePrivateEndpoint, by: Principal) -> ReversePrivateEndpoint:
    """Ask for a next attempt on the same row; asking again while it is under way changes nothing.

    Raises PermissionDenied, IntentRefused(`cannot_retry`) in a status that has nothing to retry, or
    IntentRefused when somebody else holds by now what it claims.
    """
    require_role(by, endpoint.service, Role.OPERATOR)
    locked = _locked(endpoint)
    if locked.observed_generation < locked.generation:
        return locked
    if not locked.may_retry:
        raise IntentRefused("cannot_retry", status=locked.status)
    try:
        claims.claim_target(locked)
    except claims.Taken as taken:
        raise IntentRefused.taken(taken, by) from None
    claim_again(locked)
    now = read_clock().now
    before = audit.columns(locked, "generation")
    locked.generation += 1
    locked.due_at = now
    locked.save(update_fields=["generation", "due_at"])
    actor = Actor.of(by)
    Event.line(locked, EventCode.RETRY_REQUESTED, now, actor=actor.name).save()
    after = audit.columns(locked, "generation")
    audit.record(Action.ENDPOINT_RETRIED, by=actor, on=locked, before=before, after=after)
    wake()
    return locked


@transaction.atomic
def tick(*, endpoint: ReversePrivateEndpoint, item: str, done: bool, by: Principal) -> ReversePrivateEndpoint:
    """Keep that an item of the clean-up list was done, or was not. Raises PermissionDenied."""
    require_role(by, endpoint.service, Role.OPERATOR)
    locked = _locked(endpoint)
    if done == (item in locked.cleaned_up):
        return locked
    actor = Actor.of(by)
    now = read_clock().now
    before = {"cleaned_up": sorted(locked.cleaned_up)}
    if done:
        locked.cleaned_up[item] = {"by": actor.name, "at": now.isoformat()}
    else:
        del locked.cleaned_up[item]
    locked.save(update_fields=["cleaned_up"])
    code = EventCode.CLEANED_UP if done else EventCode.NOT_CLEANED_UP
    Event.line(locked, code, now, actor=actor.name, params={"item": item}).save()
    action = Action.ENDPOINT_CLEANED_UP if done else Action.ENDPOINT_NOT_CLEANED_UP
    after = {"cleaned_up": sorted(locked.cleaned_up)}
    audit.record(action, by=actor, on=locked, before=before, after=after)
    return locked


def _locked(endpoint: ReversePrivateEndpoint) -> ReversePrivateEndpoint:
    row = ReversePrivateEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    row.service = endpoint.service  # which never changes
    return row


def _remove(
    locked: ReversePrivateEndpoint,
    actor: Actor,
    reason: Reason,
    code: EventCode,
    affected: Affected | None = None,
) -> ReversePrivateEndpoint:
    if locked.removal_requested_at is not None:
        return locked
    now = read_clock().now
    before = audit.columns(locked, "status")
    locked.removal_requested_at = now
    locked.removal_requested_by = actor.name
    locked.removal_reason = reason
    locked.due_at = now
    locked.save(update_fields=["removal_requested_at", "removal_requested_by", "removal_reason", "due_at"])
    Event.line(locked, code, now, actor=actor.name).save()
    after: dict[str, Any] = {"status": Status.DELETING, "removal_reason": reason}
    if affected:
        after["clickpipes"] = sorted(pipe.name for pipe in (*affected.uses, *affected.may))
    audit.record(Action.ENDPOINT_REMOVAL_REQUESTED, by=actor, on=locked, before=before, after=after)
    wake()
    return locked
