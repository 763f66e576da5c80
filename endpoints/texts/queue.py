"""Place and expected wait in a queue, in words."""

from datetime import timedelta

from django.utils.translation import gettext as _

from endpoints.texts.pace import duration_text


def queue_text(place: int, wait: timedelta) -> str:
    """Say which place an endpoint has (1 is the next) and how long it should take until its turn."""
    if place == 1:
        return _("It is the next in the queue. Expected wait: %(wait)s.") % {"wait": duration_text(wait)}
    return _("Its place in the queue is %(place)s. Expected wait: %(wait)s.") % {
        "place": place,
        "wait": duration_text(wait),
    }
