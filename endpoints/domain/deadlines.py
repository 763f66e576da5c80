"""The warnings before a deadline: which is due, and when a row must be looked at next. Pure, all times UTC.

A warning that would fall before its status began does not exist; one that falls on that instant does.
"""

from datetime import datetime, timedelta

from endpoints.domain.status import Status, deadline
from endpoints.domain.timing import WARN_BEFORE


def warning_due(
    status: Status, since: datetime, now: datetime, warned_at: datetime | None
) -> timedelta | None:
    """Return the warning to be told now, by how long before the deadline it falls; None when none is due.

    `warned_at` is when this status was last warned of. Of several that are overdue only the nearest to the
    deadline is told, and none after the deadline.
    """
    due = deadline(status, since)
    if due is None or now >= due:
        return None
    fallen = [before for before in WARN_BEFORE if since <= due - before <= now]
    if not fallen or (warned_at is not None and warned_at >= due - min(fallen)):
        return None
    return min(fallen)


def next_moment(status: Status, since: datetime, now: datetime) -> datetime | None:
    """Return the first moment after `now` at which a warning or the deadline falls, None if none does."""
    due = deadline(status, since)
    if due is None:
        return None
    moments = [due, *(due - before for before in WARN_BEFORE if due - before >= since)]
    return min((moment for moment in moments if moment > now), default=None)
