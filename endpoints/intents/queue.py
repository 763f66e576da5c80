"""What staff may ask of the queue: that tasks run once more. Tasks carry no state, so it harms nothing."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django_q.models import Task
from django_q.tasks import async_task

from endpoints.audit import record
from endpoints.domain.actions import Action
from endpoints.intents.base import require_staff
from endpoints.models import Asker


@transaction.atomic
def resubmit_tasks(*, tasks: Iterable[Task], by: Asker) -> int:
    """Enqueue tasks anew that ended, and forget those that failed; return how many.

    Raises PermissionDenied for anybody but staff.
    """
    require_staff(by)
    count = 0
    for task in tasks:
        record(Action.TASK_RESUBMITTED, by=by, on=task, after={"func": task.func, "args": repr(task.args)})
        _enqueue(task)
        if not task.success:
            Task.objects.filter(pk=task.pk).delete()
        count += 1
    return count


def _enqueue(task: Task) -> None:
    args, options = tuple(task.args or ()), dict(task.kwargs or {})

    def enqueue() -> Any:
        return async_task(task.func, *args, group=task.group, **options)

    transaction.on_commit(enqueue, robust=True)
