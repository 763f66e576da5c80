"""What every intent needs: refusals, the role check, waking the workers."""

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django_q.brokers import get_broker
from django_q.tasks import async_task

from endpoints import claims
from endpoints.brokers import Postgres
from endpoints.domain.types import SpecError
from endpoints.models import (
    Actor,
    ActorKind,
    Asker,
    Principal,
    ReversePrivateEndpoint,
    Role,
    Service,
    User,
    role_on,
)

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
    def taken(cls, taken: claims.Taken, by: Principal) -> "IntentRefused":
        """Return the refusal that says that something is taken; by what only to whom may see that."""
        assert taken.held is not None
        holder = taken.holder
        if holder is not None and not is_staff(by) and role_on(by, holder.service) is None:
            holder = None
        named = held_by(holder) if holder else {}
        return cls(taken.held.refusal, field=taken.held.field, is_conflict=True, **named)

    @classmethod
    def of(cls, error: SpecError) -> "IntentRefused":
        """Return the refusal that a value of the wrong form is."""
        refused = cls(error.code, error.field)
        refused.params = error.params
        return refused


class RoleTooLow(PermissionDenied):
    """A role that sees a service and does not cover `needed` there, or none at all.

    `pipes`: the names of the ClickPipes that make it take that role. Told only to who sees the service.
    """

    def __init__(self, needed: Role, pipes: Iterable[str] = ()) -> None:
        super().__init__(f"takes the role {needed.value}")
        self.needed = needed
        self.pipes = tuple(pipes)


def held_by(endpoint: ReversePrivateEndpoint) -> dict[str, str]:
    """Return the parameters of a refusal that name the endpoint which holds what was asked for."""
    return {
        "holder": endpoint.description,
        "holder_id": str(endpoint.pk),
        "holder_service": endpoint.service.name,
    }


def require_role(principal: Principal, service: Service, needed: Role, pipes: Iterable[str] = ()) -> None:
    """Raise RoleTooLow (a 403) unless the principal's role on the service covers `needed`.

    `pipes` are the ClickPipes that make it take this role. Staff may do everything, from Django admin: pages
    show them only what their roles show.
    """
    if is_staff(principal):
        return
    role = role_on(principal, service)
    if role is None or not role.covers(needed):
        raise RoleTooLow(needed, pipes)


def is_staff(by: Asker) -> bool:
    """Say whether somebody may do what staff may: staff themselves, and the operators' commands."""
    if isinstance(by, Actor):
        return by.kind is ActorKind.COMMAND
    return isinstance(by, User) and by.is_active and by.is_staff


def require_staff(by: Asker) -> None:
    """Raise PermissionDenied (a 403) unless somebody may do what staff may."""
    if not is_staff(by):
        raise PermissionDenied


def actor_of(by: Asker) -> Actor:
    """Return who asks, as events and the audit keep it."""
    return by if isinstance(by, Actor) else Actor.of(by)


def in_the_way(code: str, names: Iterable[str], most: int = 5) -> IntentRefused:
    """Return the refusal that names what is in the way: the first few, and how many more there are."""
    first, left = first_of(names, most)
    return IntentRefused(code, names=first, more=str(left) if left else "")


def first_of(names: Iterable[str], most: int = 5) -> tuple[str, int]:
    """Return the first few of names as a text, and how many more there are."""
    known = list(names)
    return ", ".join(known[:most]), max(len(known) - most, 0)


def clean_reason(given: str) -> str:
    """Return why somebody does something. Raises IntentRefused(`reason_needed` at `reason`) for no reason."""
    reason = given.strip()
    if not reason:
        raise IntentRefused("reason_needed", "reason")
    return reason


def lock(key: uuid.UUID) -> None:
    """Hold an advisory lock on a key until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int % 2**63])


def lock_pipes(service_id: uuid.UUID) -> None:
    """Let nobody else change the ClickPipes of a service until the transaction ends.

    To be called before any row is locked: whoever changes a ClickPipe also keeps `pipe_sources` of the
    endpoints around it, and two who lock rows of both kinds in their own order would wait for each other.
    """
    lock(service_id)


def wake() -> None:
    """Enqueue the work and wake the pulse. The row is the truth: a lost wake-up costs latency only."""
    if settings.BROKER == "orm":
        _enqueue()  # in this transaction: it rolls back with it
    else:
        transaction.on_commit(_enqueue, robust=True)
    wake_pulse()


def wake_pulse() -> None:
    """Let the pulse look at once, or when this transaction ends: what is due when has changed."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {WAKE_CHANNEL}")


def _enqueue() -> None:
    """Enqueue a task while the hands of a worker are idle. What those at work miss, the pulse sees at once.

    One task works on whatever is due: for each wish of a burst one of its own, it would work on that alone.
    """
    broker = get_broker()
    undone = broker.undone() if isinstance(broker, Postgres) else broker.queue_size()
    if undone < settings.WORKERS:
        async_task("endpoints.tasks.reconcile_due")
