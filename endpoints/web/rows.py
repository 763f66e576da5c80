"""The rows of the list of endpoints, drawn in Python: hundreds of cells are too many for template tags.

Every value that people or AWS gave is escaped here; the words of a language are looked up once for it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from endpoints import texts
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.models import ReversePrivateEndpoint
from endpoints.web.shown import REMOVED, Shown
from endpoints.web.tags import TAIL, badge, icon, left

_NOTHING = "–"
_ANY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class _Words:
    """What is the same in every row of a language, escaped."""

    badges: dict[str, str]
    types: dict[str, str]
    status: str
    description: str
    type: str
    name: str
    pipes: str
    by: str
    since: str
    deadline: str
    select: str
    copy_name: str
    copy_string: str
    pipes_of: str
    by_host: str
    icon: str


@lru_cache(maxsize=8)
def _words(language: str) -> _Words:
    return _Words(
        badges={status: str(badge(status)) for status in (*Status, REMOVED)},
        types={kind: escape(texts.type_label(kind)) for kind in EndpointType},
        status=escape(_("Status")),
        description=escape(_("Description")),
        type=escape(_("Type")),
        name=escape(_("DNS name")),
        pipes=escape(_("ClickPipes")),
        by=escape(_("Requested by")),
        since=escape(_("Since")),
        deadline=escape(_("Deadline")),
        select=escape(_("Select: %(name)s")),
        copy_name=escape(_("Copy the DNS name: %(name)s")),
        copy_string=escape(_("Copy the connection string: %(name)s")),
        pipes_of=escape(_("ClickPipes of %(name)s: %(number)s")),
        by_host=escape(_("by host name: %(number)s")),
        icon=str(icon("copy")),
    )


def draw_rows(shown: Sequence[Shown], *, picks: bool) -> SafeString:
    """Return the rows of a list's table; `picks` adds the check boxes of what can be removed."""
    language = get_language() or "en"
    drawing = _Drawing(_words(language), language, picks)
    return mark_safe("\n".join(map(drawing.row, shown)))  # noqa: S308 - each cell escapes what it shows


@dataclass(frozen=True)
class _Drawing:
    words: _Words
    language: str
    picks: bool

    def row(self, one: Shown) -> str:
        """Draw one endpoint."""
        endpoint, words = one.endpoint, self.words
        key, description = str(endpoint.pk), escape(endpoint.description)
        address = _address(endpoint.service_id).replace(_ANY, key)
        return (
            f'<tr id="endpoint-{key}">{self._pick(key, endpoint, description) if self.picks else ""}'
            f'<td data-label="{words.status}"><span>{words.badges[one.status]}</span></td>'
            f'<th scope="row" data-label="{words.description}">'
            f'<a id="see-{key}" href="{address}">{description}</a></th>'
            f'<td data-label="{words.type}">{words.types.get(endpoint.type) or escape(endpoint.type)}</td>'
            f"{self._name(one, key, description)}{self._pipes(endpoint, key, address, description)}"
            f'<td data-label="{words.by}" class="by">{_breakable(endpoint.created_by_name)}</td>'
            f'<td data-label="{words.since}"><span>{self._moment(one.since)}</span></td>'
            f"{self._deadline(one)}</tr>"
        )

    def _pick(self, key: str, endpoint: ReversePrivateEndpoint, description: str) -> str:
        if endpoint.removal_requested_at is not None:
            return '<td class="tick-cell empty-cell"></td>'
        return (
            '<td class="tick-cell"><label class="tap"><input type="checkbox" name="id" form="bulk" data-keep'
            f' id="pick-{key}" value="{endpoint.pk.hex}"'
            f' aria-label="{_fill(self.words.select, description)}"></label></td>'
        )

    def _name(self, one: Shown, key: str, description: str) -> str:
        words, value = self.words, one.main_name
        if not value:
            return f'<td data-label="{words.name}" class="empty-cell">{_NOTHING}</td>'
        saying = words.copy_string if one.endpoint.connection_string else words.copy_name
        label, whole = _fill(saying, description), escape(value)
        seen = whole
        if len(value) > 2 * TAIL:
            head, tail = escape(value[:-TAIL]), escape(value[-TAIL:])
            seen = f'<span class="head">{head}</span><span class="tail">{tail}</span>'
        return (
            f'<td data-label="{words.name}"><span class="copyable">'
            f'<code class="middle" title="{whole}">{seen}</code>'
            f'<button type="button" class="copy" id="copy-{key}" data-copy="{whole}" aria-label="{label}"'
            f' title="{label}">{words.icon}</button></span></td>'
        )

    def _pipes(self, endpoint: ReversePrivateEndpoint, key: str, address: str, description: str) -> str:
        words = self.words
        uses, may = endpoint.uses, endpoint.may  # type: ignore[attr-defined]  # the list's query counts them
        number = uses + may
        if not number:
            return f'<td data-label="{words.pipes}"><span class="muted">0</span></td>'
        aside = f' <span class="aside muted small">({_fill(words.by_host, number=may)})</span>' if may else ""
        return (
            f'<td data-label="{words.pipes}"><span><a class="number" id="used-{key}" href="{address}#used-by"'
            f' aria-label="{_fill(words.pipes_of, description, number)}">{number}</a>{aside}</span></td>'
        )

    def _deadline(self, one: Shown) -> str:
        words, deadline = self.words, one.deadline
        if deadline is None:
            return f'<td data-label="{words.deadline}" class="empty-cell">{_NOTHING}</td>'
        return (
            f'<td data-label="{words.deadline}"><span>{self._moment(deadline)}<br>'
            f'<span class="muted small">{escape(left(deadline, one.now))}</span></span></td>'
        )

    def _moment(self, moment: datetime) -> str:
        """Draw what the filter `when` draws."""
        utc = moment.astimezone(UTC)
        words = _minute(self.language, utc.replace(second=0, microsecond=0))
        return f'<time datetime="{utc:%Y-%m-%dT%H:%M:%SZ}">{words}</time>'


@lru_cache(maxsize=10_000)
def _minute(language: str, minute: datetime) -> str:
    """Word a minute in the current language, once: reloads, polls and other people ask for the same ones."""
    return escape(texts.moment_text(minute))


@lru_cache(maxsize=100)
def _address(service_id: uuid.UUID) -> str:
    """Return the address of an endpoint's page with _ANY in the place of its id."""
    return reverse("endpoint", args=[service_id, _ANY])


def _breakable(name: str) -> str:
    """Let a long e-mail address break before its @."""
    return escape(name).replace("@", "<wbr>@")


def _fill(template: str, name: str = "", number: int = 0) -> str:
    """Fill a sentence that is escaped with values that are."""
    return template.replace("%(name)s", name).replace("%(number)s", str(number))
