"""The moved clock, read from the control file that Postern shares (design decision 8)."""

from datetime import UTC, datetime
from pathlib import Path

from endpoints import clock


class Clock:
    """Tells moved time. The control file is read again only when its stat changed."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._control = clock.IDENTITY

    def control(self) -> clock.ClockControl:
        """Return the control in force."""
        if self.path is None:
            return clock.IDENTITY
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return clock.IDENTITY
        seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if seen != self._seen:
            self._control, self._seen = clock.read(self.path), seen
        return self._control

    def now(self) -> float:
        """Return the moved time in seconds since 1970."""
        return self.control().moved(datetime.now(UTC)).timestamp()


def iso(seconds: float) -> str:
    """Spell a time as ISO 8601 in UTC with milliseconds, as EC2 does."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
