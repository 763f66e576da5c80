"""Sending creates that go together, one after the other: they are saved as begun, and answered, as one.

For each of them the rules are those of one alone (`calls`): its request is saved before it is sent, its
object is looked for before the first create, and what AWS refuses is written by the same code.
"""

import logging
import time
import uuid
from collections.abc import Mapping
from datetime import datetime

from endpoints import claims
from endpoints.domain.errors import ProviderError
from endpoints.domain.reasons import EventCode
from endpoints.domain.sighting import Sighting
from endpoints.domain.steps import Step
from endpoints.domain.timing import backoff_of
from endpoints.models import Attempt, Event, Moment, ReversePrivateEndpoint
from endpoints.providers.base import Ownership
from endpoints.reconcile import record
from endpoints.reconcile.cadence import look_soon
from endpoints.reconcile.calls import Made, note_made, send
from endpoints.reconcile.leases import LeaseLost, all_fenced, read_at
from endpoints.reconcile.operators import writes_go_on
from endpoints.reconcile.placing import Place
from endpoints.reconcile.situation import decide, open_attempt, read_attempts
from endpoints.reconcile.together import update_together
from endpoints.reconcile.trouble import stumbled
from endpoints.reconcile.work import Due, Work, call_seconds

log = logging.getLogger(__name__)

SAVED_WITHIN_SECONDS = 1.0
"""For how long an answer waits for the next, to be saved with it."""

Again = dict[uuid.UUID, datetime | None]
"""When those that went along, and are still held, are due again."""


def begin(ones: list[tuple[Work, Place]]) -> list[Work]:
    """Save the exact requests, and that they are being sent; return those that are still ours and wanted."""
    begun: list[Work] = []
    attempts: list[Attempt] = []
    lines: list[Event] = []
    with all_fenced([one.lease for one, _ in ones]) as held:
        read_attempts(list(held.values()))
        for one, found in ones:
            row = held.get(one.row.pk)
            moment = Moment.of(read_at(row)) if row else one.moment
            if row is None or decide(row, open_attempt(row), moment).step is not Step.PLACE:
                continue  # somebody else's by now, or its removal was asked for
            attempt = found.attempt(row, moment.now)
            attempt.tries, attempt.started_at, attempt.in_doubt = 1, moment.now, True
            claims.use_up(row, moment.now)
            operation = one.adapter.create_operation
            sent = record.line_of_call(row, EventCode.CREATE_SENT, moment.now, attempt, operation, tries="1")
            lines += [found.line(row, attempt, moment.now), sent]
            one.row, one.attempt, one.moment = row, attempt, moment
            attempts.append(attempt)
            begun.append(one)
        Attempt.objects.bulk_create(attempts)
        Event.objects.bulk_create(lines)
    return begun


def create_together(work: Work, begun: list[Work], again: Again) -> datetime:
    """Look for their objects, and send one create after the other until something is in the way."""
    work.shows = True
    look_soon(work.row.region, work.moment)
    unsent, made = list(begun), list[tuple[Work, Made]]()
    look = _Look(begun)
    trouble: Exception | None = None
    began = unsaved_since = time.monotonic()
    while unsent and time.monotonic() - began < call_seconds() and writes_go_on(unsent[0].open.network):
        one = unsent[0]
        try:
            answer = send(one, doubt_before=False, look=look)
        except LeaseLost:
            break
        except Exception as error:
            unsent.remove(one)
            if one is work:
                trouble = error
            else:
                again[one.row.pk] = stumble(one, error)
            break
        unsent.remove(one)
        if isinstance(answer, Made):
            made.append((one, answer))
        elif one is not work:
            again[one.row.pk] = answer
        if time.monotonic() - unsaved_since >= SAVED_WITHIN_SECONDS:
            _save(work, made, again)
            made, unsaved_since = [], time.monotonic()
    _save(work, made, again)
    _take_back(unsent)
    look_soon(work.row.region, work.moment)
    if trouble is not None:
        raise trouble
    return work.moment.now


class _Look:
    """One look for the objects of several, at the first that asks: they hold their leases from before it."""

    def __init__(self, begun: list[Work]) -> None:
        self._wanted = {one.owner: one.open.request for one in begun}
        self._seen: Mapping[Ownership, Sighting] | None = None

    def __call__(self, work: Work) -> Sighting | None:
        if self._seen is None:
            self._seen = work.adapter.find_together(work.operator, self._wanted)
        return self._seen.get(work.owner)


def _save(work: Work, made: list[tuple[Work, Made]], again: Again) -> None:
    """Save what was made; a poisonous one does not stop the others."""
    try:
        _save_together(work, made, again)
    except Exception:
        log.exception("What was made could not be saved together.")
        for one, answer in sorted(made, key=lambda each: each[0] is work):
            try:
                _save_together(work, [(one, answer)], again)
            except Exception as error:
                if one is work:
                    raise
                again[one.row.pk] = stumble(one, error)


def _save_together(work: Work, made: list[tuple[Work, Made]], again: Again) -> None:
    """Save it in one transaction, in which all but `work` are given back."""
    if not made:
        return
    news: dict[ReversePrivateEndpoint, record.News] = {}
    attempts: list[Attempt] = []
    with all_fenced([one.lease for one, _ in made]) as held:
        read_attempts(list(held.values()))
        for one, answer in made:
            row = held.get(one.row.pk)
            attempt = open_attempt(row) if row else None
            if row is None or attempt is None:
                continue  # somebody else's by now, who finds the object by its tags
            news[row] = note_made(one, row, attempt, answer)
            if one is not work:
                one.give_back(row, attempt)
            attempts.append(attempt)
        record.tell_together(news)
        update_together(attempts)
        update_together(news)
        if held.get(work.row.pk) in news:
            work.following = Due.of(held[work.row.pk], work.moment)
    for row in news:
        again.pop(row.pk, None)


def _take_back(unsent: list[Work]) -> None:
    """Write that these were not sent after all: nothing is in doubt."""
    if not unsent:
        return
    with all_fenced([one.lease for one in unsent]) as held:
        known = [one.open.pk for one in unsent if one.row.pk in held]
        Attempt.objects.filter(pk__in=known, gone_at__isnull=True).update(in_doubt=False)


def stumble(other: Work, error: Exception) -> datetime:
    """Return when one that went along comes again, after trouble that is noted."""
    if not isinstance(error, ProviderError):
        log.error("Endpoint %s could not be worked on.", other.row.pk, exc_info=error)
        return other.moment.now + backoff_of(4)
    try:
        return stumbled(other, error)
    except LeaseLost:
        return other.moment.now
