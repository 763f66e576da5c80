"""`manage.py clock`: move and scale the time of Postern and the sandbox together (design decision 8)."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from endpoints import clock
from endpoints.intents import wake_pulse
from endpoints.models import Region, ReversePrivateEndpoint, read_clock

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def duration(text: str) -> timedelta:
    """Return the time that `7d`, `12h`, `90m` or `30s` names. Raises ArgumentTypeError."""
    found = re.fullmatch(r"(\d{1,6})([dhms])", text)
    if found is None:
        raise ArgumentTypeError("give a number and its unit, such as 7d, 12h, 90m or 30s")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


class Command(BaseCommand):
    """Only where CLOCK_FILE is set, as in the sandbox. Without options it only tells the time."""

    help = "Move or scale the time of Postern and the sandbox; for the sandbox and tests only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how far to move, how fast to run, or that both end."""
        parser.add_argument("--advance", type=duration, metavar="TIME", help="move ahead: 7d, 12h, 90m, 30s")
        parser.add_argument("--scale", type=float, metavar="N", help="run N times as fast from now on")
        parser.add_argument("--reset", action="store_true", help="go back to real time, before all else")

    def handle(
        self, *args: Any, advance: timedelta | None, scale: float | None, reset: bool, **options: Any
    ) -> None:
        """Write the control and say what time it is now. Raises CommandError."""
        if settings.CLOCK_FILE is None:
            raise CommandError("CLOCK_FILE is not set: only the sandbox and tests move the clock.")
        real = read_clock().real
        control = clock.IDENTITY if reset else clock.read(settings.CLOCK_FILE)
        try:
            if scale is not None:
                control = control.scaled(scale, real)
            if advance is not None:
                control = control.advanced(advance, real)
            moved = control.moved(real)
        except (ValueError, OverflowError) as error:
            raise CommandError(str(error)) from None
        if reset or scale is not None or advance is not None:
            clock.write(settings.CLOCK_FILE, control)
            # What was due in a future that does not come any more is due now.
            ReversePrivateEndpoint.objects.live().update(due_at=moved)
            Region.objects.update(observe_due_at=None, audit_due_at=None)
            wake_pulse()
        self.stdout.write(f"{moved:%Y-%m-%dT%H:%M:%SZ}, running at {control.scale:g} times real time")
