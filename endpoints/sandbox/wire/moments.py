"""Times on the wire, in the three formats that service models name."""

from datetime import UTC, datetime
from email.utils import format_datetime

from endpoints.sandbox.world.moved import iso


def spell(seconds: float, form: str) -> str | float:
    """Spell a time in a `timestampFormat`. Raises ValueError for an unknown one."""
    if form == "unixTimestamp":
        return round(seconds, 3)
    if form == "iso8601":
        return iso(seconds)
    if form == "rfc822":
        return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
    raise ValueError(f"There is no timestamp format {form!r}.")
