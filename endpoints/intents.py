"""Everything a person, a script or cleanup may ask for; the only writer of desired state.

Each intent checks the role, writes row, claim, event and wake-up in one transaction, and may be asked twice.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django_q.tasks import async_task

from endpoints import claims
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.specs import Spec, SpecErrors, parse_spec, parse_type
from endpoints.domain.status import Status
from endpoints.domain.types import SpecError, clean_description
from endpoints.models import (
    Actor,
    Event,
    Network,
    Principal,
    ReversePrivateEndpoint,
    Role,
    Service,
    User,
    read_clock,
    role_on,
)
from endpoints.models.access import CLEANUP

WAKE_CHANNEL = "postern_wake"
"""The PostgreSQL channel on which an intent wakes the pulse of `manage.py worker`."""


class IntentRefused(Exception):
    """A request that cannot be met. `code` is worded by `texts`; `field` is the JSON name, "" for none.

    `is_conflict`: somebody else has what it asks for.
    """

    def __init__(self, code: str, field: str = "", *, is_conflict: bool = False, **params: str) -> None:
        super().__init__(f"{field}: {code} {params or ''}".strip())
        self.code = code
        self.field = field
        self.is_conflict = is_conflict
        self.params = params

    @classmethod
    def taken(cls, taken: claims.Taken) -> "IntentRefused":
        """Return the refusal that says that something is taken, not by whom."""
        assert taken.held is not None
        return cls(taken.held.refusal, field=taken.held.field, is_conflict=True)


@dataclass(frozen=True)
class Wanted:
    """A checked request for an endpoint."""

    spec: Spec
    description: str


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
    if errors or spec is None:
        return None, errors
    return Wanted(spec=spec, description=description), []


def require_role(principal: Principal, service: Service, needed: Role) -> None:
    """Raise PermissionDenied (a 403) unless the principal's role on the service covers `needed`.

    Staff may do everything, from Django admin: pages show them only what their roles show.
    """
    if isinstance(principal, User) and principal.is_staff:
        return
    role = role_on(principal, service)
    if role is None or not role.covers(needed):
        raise PermissionDenied


@transaction.atomic
def request_endpoint(
    *, service: Service, wanted: Wanted, by: Principal, form_key: uuid.UUID | None = None
) -> ReversePrivateEndpoint:
    """Ask for a new endpoint; the same `form_key` again returns the same row.

    Raises PermissionDenied, or IntentRefused when somebody else holds what it claims.
    """
    require_role(by, service, Role.OPERATOR)
    if form_key is not None:
        # One filled-in form posted many times at once makes one row: the rest wait here and then find it.
        _lock(form_key)
        earlier = ReversePrivateEndpoint.objects.filter(form_key=form_key, service=service).first()
        if earlier is not None:
            return earlier
        if ReversePrivateEndpoint.objects.filter(form_key=form_key).exists():
            form_key = None  # another service's form: the key says nothing here
    actor = Actor.of(by)
    now = read_clock().now
    endpoint = ReversePrivateEndpoint.objects.create(
        service=service,
        type=wanted.spec.type,
        description=wanted.description,
        parameters=wanted.spec.parameters(),
        region_id=service.clickpipes_region,
        form_key=form_key,
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
        raise IntentRefused.taken(taken) from None
    Event.line(endpoint, EventCode.REQUESTED, now, actor=actor.name).save()
    _wake()
    return endpoint


@transaction.atomic
def request_removal(*, endpoint: ReversePrivateEndpoint, by: Principal) -> ReversePrivateEndpoint:
    """Ask for the removal of an endpoint and of everything made for it; the first asker is kept.

    Raises PermissionDenied.
    """
    require_role(by, endpoint.service, Role.OPERATOR)
    return _remove(endpoint, Actor.of(by), Reason.REMOVAL_REQUESTED, EventCode.REMOVAL_REQUESTED)


@transaction.atomic
def clean_up(*, endpoint: ReversePrivateEndpoint) -> ReversePrivateEndpoint:
    """Ask for the removal of an endpoint whose deadline passed, by "cleanup"."""
    return _remove(endpoint, CLEANUP, Reason.DEADLINE_PASSED, EventCode.DEADLINE_PASSED)


@transaction.atomic
def retry(*, endpoint: ReversePrivateEndpoint, by: Principal) -> ReversePrivateEndpoint:
    """Ask for a next attempt on the same row; asking again while it is under way changes nothing.

    Raises PermissionDenied, IntentRefused(`cannot_retry`) in a status that has nothing to retry, or
    IntentRefused when somebody else holds by now what it claims.
    """
    require_role(by, endpoint.service, Role.OPERATOR)
    locked = ReversePrivateEndpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    if locked.observed_generation < locked.generation:
        return locked
    if not locked.may_retry:
        raise IntentRefused("cannot_retry", status=locked.status)
    try:
        claims.claim_target(locked)
    except claims.Taken as taken:
        raise IntentRefused.taken(taken) from None
    now = read_clock().now
    locked.generation += 1
    locked.due_at = now
    locked.save(update_fields=["generation", "due_at"])
    Event.line(locked, EventCode.RETRY_REQUESTED, now, actor=Actor.of(by).name).save()
    _wake()
    return locked


def _remove(
    endpoint: ReversePrivateEndpoint, actor: Actor, reason: Reason, code: EventCode
) -> ReversePrivateEndpoint:
    locked = ReversePrivateEndpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    if locked.removal_requested_at is not None:
        return locked
    now = read_clock().now
    locked.removal_requested_at = now
    locked.removal_requested_by = actor.name
    locked.removal_reason = reason
    locked.due_at = now
    locked.save(update_fields=["removal_requested_at", "removal_requested_by", "removal_reason", "due_at"])
    Event.line(locked, code, now, actor=actor.name).save()
    _wake()
    return locked


def _lock(key: uuid.UUID) -> None:
    """Hold an advisory lock on a key until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int % 2**63])


def _wake() -> None:
    """Enqueue the work and wake the pulse. The row is the truth: a lost wake-up costs latency only."""
    if settings.BROKER == "orm":
        _enqueue()  # in this transaction: it rolls back with it
    else:
        transaction.on_commit(_enqueue, robust=True)
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {WAKE_CHANNEL}")


def _enqueue() -> None:
    async_task("endpoints.tasks.reconcile_due")
