"""The clock control: one small file that moves and scales time for Postern and the sandbox together.

Only the sandbox and tests use it (design decision 8). In production no file is configured and the
control is the identity: moved time equals real time. Standard library only, because the sandbox, which
runs without Django, reads the same file.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class ClockControl:
    """A line from real to moved time: ``moved = anchor_moved + scale * (real - anchor_real)``."""

    anchor_real: datetime
    anchor_moved: datetime
    scale: float

    def moved(self, real: datetime) -> datetime:
        """Return the moved time (UTC, aware) that belongs to a real time (UTC, aware)."""
        return self.anchor_moved + (real - self.anchor_real) * self.scale

    def advanced(self, by: timedelta, real: datetime) -> "ClockControl":
        """Return the control that stands `by` further ahead at the real time `real`."""
        return ClockControl(real, self.moved(real) + by, self.scale)

    def scaled(self, scale: float, real: datetime) -> "ClockControl":
        """Return the control that runs `scale` times as fast from `real` on. Raises ValueError unless > 0."""
        if scale <= 0:
            raise ValueError("The clock's scale must be greater than 0.")
        return ClockControl(real, self.moved(real), scale)


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
IDENTITY = ClockControl(_EPOCH, _EPOCH, 1.0)


def read(path: Path | None) -> ClockControl:
    """Return the control stored at `path`; the identity when there is no path or no file yet."""
    if path is None:
        return IDENTITY
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return IDENTITY
    return ClockControl(
        datetime.fromisoformat(stored["anchor_real"]),
        datetime.fromisoformat(stored["anchor_moved"]),
        float(stored["scale"]),
    )


def write(path: Path, control: ClockControl) -> None:
    """Store a control; readers see the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(
        json.dumps(
            {
                "anchor_real": control.anchor_real.isoformat(),
                "anchor_moved": control.anchor_moved.isoformat(),
                "scale": control.scale,
            }
        ),
        "utf-8",
    )
    draft.replace(path)
