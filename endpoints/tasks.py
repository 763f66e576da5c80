"""django-q2's entry points, a few lines each. Tasks carry no state: the rows say what is due."""

import time

from django.conf import settings
from django_q.tasks import async_task

from endpoints import retention
from endpoints.models import read_clock
from endpoints.reconcile import act, adopting, due, observe, orphan_deletion, orphans, replacing, verifying


def reconcile_due() -> int:
    """Work on endpoints that are due; return the number of steps taken."""
    return act.reconcile_due()


def observe_region(name: str) -> bool:
    """List one region and write what changed."""
    return observe.observe_region(name)


def sweep() -> None:
    """The safety net, each minute: enqueue whatever is due, in case that no pulse beats."""
    moment = read_clock()
    replacing.advance_replacements()
    for name in due.due_regions(moment):
        async_task("endpoints.tasks.observe_region", name)
    if due.due_endpoints(moment, 1):
        async_task("endpoints.tasks.reconcile_due")
    if orphan_deletion.are_due(moment):
        async_task("endpoints.tasks.delete_orphans")
    if adopting.are_due(moment):
        async_task("endpoints.tasks.adopt_orphans")
    for key in verifying.waiting():
        async_task("endpoints.tasks.verify_network", key)


def audit() -> None:
    """Enqueue the match with AWS of each region in which it is due: once a day, or a second look sooner."""
    for name in orphans.due_regions(read_clock()):
        async_task("endpoints.tasks.audit_region", name)


def audit_region(name: str) -> bool:
    """Match everything of ours in one region with the rows."""
    return orphans.audit_region(name)


def delete_orphans() -> int:
    """Delete orphans that people asked to delete; return the number of steps taken."""
    return orphan_deletion.delete_orphans()


def adopt_orphans() -> int:
    """Give orphans to the services that people chose for them; return the number of tries."""
    return adopting.adopt_orphans()


def verify_network(key: int) -> bool:
    """Look at a network because a person asked whether all is right."""
    return verifying.verify_network(key)


def prune() -> dict[str, int]:
    """Delete what is older than it is kept for, each day; return how many of what."""
    done = retention.prune(time.monotonic() + settings.TASK_TIMEOUT_SECONDS / 2)
    if done["left"]:
        async_task("endpoints.tasks.prune")
    return done
