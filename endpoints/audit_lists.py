"""Lists of audit entries: what one is narrowed to, its pages, and the same as a file."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.db.models import Q
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date

from endpoints.domain.actions import Action
from endpoints.exporting import Record, csv_lines, iso, json_lines
from endpoints.models import ActorKind, AuditEntry
from endpoints.models.audit import AuditEntryQuerySet

PER_PAGE = 50

_USER_ID = re.compile(r"[0-9]{1,18}")
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{20}")
_OBJECT_ID = re.compile(r"[0-9]{1,18}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AuditFilters:
    """What was chosen; the names are those of the form's fields, "" for everything.

    `who`: an actor's whole name, or the id of a person or a key. `on`: the id of a thing, or a part of its
    name. `since` and `until`: days of the reader's time zone, both included.
    """

    who: str = ""
    action: str = ""
    on: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "AuditFilters":
        """Read a query; whatever cannot be chosen counts as not chosen."""
        given = {field.name: str(data.get(field.name, "")).strip()[:300] for field in fields(cls)}
        known = given["action"] if given["action"] in set(Action) else ""
        days = {name: day.isoformat() if (day := _day(given[name])) else "" for name in ("since", "until")}
        return cls(**{**given, **days, "action": known})

    def query(self, **more: str) -> str:
        """Return the query of this choice, and more."""
        chosen = {field.name: getattr(self, field.name) for field in fields(self)} | more
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self != AuditFilters()

    def narrow(self, entries: AuditEntryQuerySet) -> AuditEntryQuerySet:
        """Return those that match. Each choice but a part of a name has an index."""
        wanted = Q()
        if self.action:
            wanted &= Q(action=self.action)
        if self.who:
            wanted &= by_whom(self.who)
        if self.on:
            wanted &= on_what(self.on)
        since, until = _day(self.since), _day(self.until)
        if since:
            wanted &= Q(at__gte=_begin(since))
        if until:
            wanted &= Q(at__lt=_begin(until + timedelta(days=1)))
        return entries.filter(wanted)


@dataclass(frozen=True)
class AuditPage:
    """Some entries, newest first. `older` is the key of the page after it, "" where there is none."""

    entries: list[AuditEntry]
    older: str
    is_first: bool


def page_of(entries: AuditEntryQuerySet, before: str = "") -> AuditPage:
    """Return the entries older than the key `before`, or the newest: one query, as fast for any page."""
    key = _key(before)
    if key is not None:
        at, pk = key
        entries = entries.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    found = list(entries.order_by("-at", "-id")[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    older = _written(shown[-1]) if len(found) > PER_PAGE else ""
    return AuditPage(shown, older, key is None)


COLUMNS: dict[str, Callable[[AuditEntry], Any]] = {
    "id": lambda entry: entry.pk,
    "at": lambda entry: iso(entry.at),
    "actorKind": lambda entry: entry.actor_kind,
    "actorId": lambda entry: entry.actor_id,
    "actor": lambda entry: entry.actor_name,
    "address": lambda entry: entry.address,
    "action": lambda entry: entry.action,
    "objectKind": lambda entry: entry.object_kind,
    "objectId": lambda entry: entry.object_id,
    "object": lambda entry: entry.object_name,
    "organizationId": lambda entry: _id(entry.organization_id),
    "serviceId": lambda entry: _id(entry.service_id),
    "before": lambda entry: entry.before,
    "after": lambda entry: entry.after,
    "reason": lambda entry: entry.reason,
}
"""The fields of an entry in a file, and how they are read. Times are ISO 8601 in UTC."""


def records(entries: AuditEntryQuerySet) -> Iterator[dict[str, Any]]:
    """Yield all entries, newest first, by one cursor."""
    for entry in entries.order_by("-at", "-id").iterator(chunk_size=500):
        yield {name: read(entry) for name, read in COLUMNS.items()}


FORMS: dict[str, tuple[Callable[[Iterable[Record]], Iterator[str]], str]] = {
    "csv": (partial(csv_lines, COLUMNS), "text/csv; charset=utf-8"),
    "jsonl": (json_lines, "application/jsonl; charset=utf-8"),
}
"""What a file can be → how it is written, and its content type."""


def file_of(entries: AuditEntryQuerySet, form: str) -> StreamingHttpResponse:
    """Return entries as a file, a key of FORMS."""
    write, kind = FORMS[form]
    response = StreamingHttpResponse(write(records(entries)), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="audit.{form}"'
    return response


def by_whom(who: str) -> Q:
    """Return the condition on entries of an actor: its whole name, or the id of a person or a key."""
    if _USER_ID.fullmatch(who):
        return Q(actor_kind=ActorKind.PERSON, actor_id=who)
    if _KEY_ID.fullmatch(who):
        return Q(actor_kind=ActorKind.KEY, actor_id=who)
    return Q(actor_name=who)


def on_what(what: str) -> Q:
    """Return the condition on entries about a thing: its id, or a part of its name."""
    if _OBJECT_ID.fullmatch(what):
        return Q(object_kind__in=_kinds(), object_id=what.lower())
    return Q(object_name__icontains=what)


def _id(value: uuid.UUID | None) -> str | None:
    return None if value is None else str(value)


@cache
def _kinds() -> tuple[str, ...]:
    return tuple(sorted(model._meta.model_name or "" for model in apps.get_models()))


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:  # such as 31 February
        return None
    return day if day and 1970 <= day.year < 9000 else None


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _written(entry: AuditEntry) -> str:
    return f"{(entry.at - _EPOCH) // timedelta(microseconds=1)}-{entry.pk}"


def _key(text: str) -> tuple[datetime, int] | None:
    found = re.fullmatch(r"([0-9]{1,17})-([0-9]{1,18})", text)
    return (_EPOCH + timedelta(microseconds=int(found[1])), int(found[2])) if found else None
