"""Deletions that do not succeed: tried again for ever, counted for the page, and told within bounds.

A try is told when its error is new, and then once a day: a timeline must stay readable after a year of them.
`row.removal_trouble` is `{"since", "tries", "next", "told"}`: moments in ISO format, `told` by AWS's code.
"""

from datetime import datetime, timedelta

from endpoints.models import ReversePrivateEndpoint

TOLD_EVERY = timedelta(days=1)
UNCHANGED = "unchanged"
"""Stands for an error's code when AWS accepted the delete and did nothing."""


def is_news(row: ReversePrivateEndpoint, code: str, now: datetime) -> bool:
    """Say whether a failed try with this code deserves a line."""
    told = row.removal_trouble.get("told", {}).get(code)
    return told is None or now - datetime.fromisoformat(told) >= TOLD_EVERY


def count(row: ReversePrivateEndpoint, code: str, now: datetime) -> bool:
    """Count one more failed try, and say whether it deserves a line. The caller saves the row."""
    known = row.removal_trouble
    deserves = is_news(row, code, now)
    told = {**known.get("told", {}), **({code: now.isoformat()} if deserves else {})}
    row.removal_trouble = {
        "since": known.get("since", now.isoformat()),
        "tries": known.get("tries", 0) + 1,
        "told": told,
    }
    return deserves


def comes_again(row: ReversePrivateEndpoint, at: datetime) -> None:
    """Keep when the next try is due. The caller saves the row."""
    if row.removal_trouble:
        row.removal_trouble = {**row.removal_trouble, "next": at.isoformat()}
