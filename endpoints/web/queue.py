"""Where an endpoint stands in the queue before AWS's rates, on the pages where people wait for it."""

from endpoints.models import Queued
from endpoints.texts.queue import queue_text
from endpoints.web.shown import Shown


def queue_line(one: Shown) -> str:
    """Return place and expected wait in words; "" for an endpoint that waits for no turn.

    The page's query must bring `in_queue` (`with_turn()`).
    """
    told = getattr(one.endpoint, "in_queue", None)
    if not told:
        return ""
    queued = Queued.read(told)
    return queue_text(queued.place, queued.wait(one.now))
