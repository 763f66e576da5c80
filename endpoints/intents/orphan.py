"""What a person may ask of an orphan: its deletion in AWS, which nothing else does, or its adoption."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django_q.tasks import async_task

from endpoints import audit
from endpoints.domain.actions import Action
from endpoints.intents.base import IntentRefused
from endpoints.models import Orphan, User, read_clock


@transaction.atomic
def request_orphan_deletion(*, orphan: Orphan, by: User, typed: str) -> Orphan:
    """Ask for the deletion of an orphan in AWS; the first asker is kept. `typed` is its external id.

    Raises PermissionDenied for anybody but staff, IntentRefused(`orphan_not_here`: it ended, or is not
    certain yet; `orphan_being_adopted`; `type_the_external_id` at `typed`).
    """
    if not (by.is_active and by.is_staff):
        raise PermissionDenied
    locked = Orphan.objects.select_for_update().get(pk=orphan.pk)
    if not locked.is_standing:
        raise IntentRefused("orphan_not_here", external_id=locked.external_id)
    check_orphan_confirmation(locked, typed)
    if locked.adopt_due_at is not None:
        raise IntentRefused("orphan_being_adopted", external_id=locked.external_id)
    if locked.delete_due_at is not None:
        return locked
    now = read_clock().now
    locked.delete_requested_at, locked.delete_requested_by = now, by.email
    locked.delete_due_at = now
    locked.delete_asked_at, locked.kept = None, False
    locked.failures, locked.raw_error = 0, ""
    locked.save()
    gone = audit.columns(locked, "region", "kind", "endpoint_id", "state", "why")
    audit.record(Action.ORPHAN_DELETION_REQUESTED, by=by, on=locked, name=locked.external_id, before=gone)
    transaction.on_commit(_enqueue, robust=True)
    return locked


def check_orphan_confirmation(orphan: Orphan, typed: str) -> None:
    """Raise IntentRefused at `typed` unless the external id was typed."""
    if typed.strip() != orphan.external_id:
        raise IntentRefused("type_the_external_id", "typed", external_id=orphan.external_id)


def _enqueue() -> None:
    async_task("endpoints.tasks.delete_orphans")
