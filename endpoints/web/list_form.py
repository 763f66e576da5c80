"""What stands around the rows of the list: counters, the form of filters, the heads, the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from endpoints import texts
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models.counting import EXACT_TO
from endpoints.web.filters import NEEDS_ACTION, PER_PAGE, REMOVED_SOON, UNUSED, Filters
from endpoints.web.http import PersonRequest
from endpoints.web.live import Sight

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_HEADS: tuple[tuple[str, str, "StrOrPromise"], ...] = (
    ("status", "col-status", gettext_lazy("Status")),
    ("description", "col-name", gettext_lazy("Description")),
    ("type", "col-type", gettext_lazy("Type")),
    ("", "", gettext_lazy("DNS name")),
    ("", "col-pipes", gettext_lazy("ClickPipes")),
    ("by", "col-by", gettext_lazy("Requested by")),
    ("since", "col-when", gettext_lazy("Since")),
    ("deadline", "col-when", gettext_lazy("Deadline")),
)
"""The columns: what each sorts by, its width, its words. Names and counts are derived, and have no order."""

_SORT_WORDS: dict[str, "StrOrPromise"] = {
    "-created": gettext_lazy("Newest first"),
    "created": gettext_lazy("Oldest first"),
    "status": gettext_lazy("Status"),
    "description": gettext_lazy("Description"),
    "type": gettext_lazy("Type"),
    "by": gettext_lazy("Requested by"),
    "-since": gettext_lazy("Latest change first"),
    "since": gettext_lazy("Earliest change first"),
    "deadline": gettext_lazy("Deadline"),
}


@dataclass(frozen=True)
class Head:
    """The head of a column; its link sorts by it, or from its other end if it is sorted by already."""

    key: str
    width: str
    words: "StrOrPromise"
    link: SafeString
    sorted: str


@dataclass(frozen=True)
class Stat:
    """A counter that is a link to what it counts."""

    key: str
    words: "StrOrPromise"
    number: str
    link: SafeString
    chosen: bool


@dataclass(frozen=True)
class Choice:
    """One list of the form to choose from."""

    name: str
    words: "StrOrPromise"
    options: SafeString

    @property
    def usual(self) -> str:
        """What is chosen where an address says nothing."""
        return str(getattr(Filters(), self.name))


def list_context(
    request: PersonRequest, filters: Filters, numbers: dict[str, int], sight: Sight
) -> dict[str, Any]:
    """Return the variables of everything around the rows."""
    first, shown, end = filters.start + 1, len(sight.shown), filters.start + filters.per
    return {
        "filters": filters,
        "path": request.path,
        "is_empty": numbers["total"] == 0,
        "stats": _stats(request, filters, numbers),
        "heads": [_head(request, filters, *head) for head in _HEADS],
        "all": _link(request, ""),
        "choices": _choices(filters, request.service.__dict__["region_names"]),
        "people": sorted({one.endpoint.created_by_name for one in sight.shown} | {request.user.email}),
        "found": bounded(numbers["found"]),
        "span": f"{first:n}–{first + shown - 1:n}" if shown else "",
        "page_number": filters.page,
        "pages": -(-numbers["found"] // filters.per) if numbers["found"] <= EXACT_TO else 0,
        "previous": _link(request, filters.query(page=filters.page - 1)) if filters.page > 1 else "",
        "next": _link(request, filters.query(page=filters.page + 1)) if numbers["found"] > end else "",
        "first": _link(request, filters.query()),
        "export_query": filters.query(per=Filters().per),
    }


_STAY = (
    ' hx-target="#live" hx-select="#live" hx-select-oob="#stats,#filters,#announcements:innerHTML"'
    ' hx-swap="outerHTML" hx-push-url="true"'
)


def _link(request: PersonRequest, query: str) -> SafeString:
    """Return the attributes of a link to another view of the list; htmx puts it in the place of this one."""
    address = escape(f"{request.path}?{query}" if query else request.path)
    return mark_safe(f'href="{address}" hx-get="{address}"{_STAY}')  # noqa: S308 - escaped


def bounded(number: int) -> str:
    """Return a counted number in figures; beyond EXACT_TO only that there are more."""
    return f"{EXACT_TO:,}+" if number > EXACT_TO else f"{number:,}"


def _stats(request: PersonRequest, filters: Filters, numbers: dict[str, int]) -> list[Stat]:
    known: tuple[tuple[str, str, StrOrPromise], ...] = (
        ("total", "", _("All endpoints")),
        ("needs_action", NEEDS_ACTION, _("Needs action")),
        ("ready", Status.READY, texts.status_label(Status.READY)),
        ("soon", REMOVED_SOON, _("Removed soon")),
    )
    plain = Filters(sort=filters.sort, per=filters.per)
    return [
        Stat(
            key,
            words,
            bounded(numbers[key]),
            _link(request, plain.query(status=status)),
            status == filters.status if filters.narrows else not status,
        )
        for key, status, words in known
    ]


def _head(request: PersonRequest, filters: Filters, key: str, width: str, words: "StrOrPromise") -> Head:
    if not key:
        return Head("", width, words, SafeString(), "")
    ways = {key: "ascending", f"-{key}": "descending"}
    is_sorted = ways.get(filters.sort, "")
    # Times begin with the latest, all else with the smallest.
    first, second = (f"-{key}", key) if key == "since" else (key, f"-{key}")
    link = _link(request, filters.query(sort=second if filters.sort == first else first))
    return Head(key, width, words, link, is_sorted)


def _choices(filters: Filters, region_names: list[str]) -> list[Choice]:
    language = get_language() or "en"
    regions = [("", _("All")), *((name, name) for name in region_names)]
    return [
        Choice("status", _("Status"), _draw("status", filters.status, language)),
        Choice("type", _("Type"), _draw("type", filters.type, language)),
        Choice("region", _("AWS region"), _options(regions, filters.region)),
        Choice("source", _("Source of the ClickPipes"), _draw("source", filters.source, language)),
        Choice("sort", _("Sort by"), _draw("sort", filters.sort, language)),
        Choice("per", _("Rows per page"), _draw("per", str(filters.per), language)),
    ]


@lru_cache(maxsize=200)
def _draw(name: str, chosen: str, language: str) -> SafeString:
    """Draw the options of a list that are the same for everybody, once for each choice and language."""
    everything = ("", _("All"))
    known: dict[str, list[tuple[str, StrOrPromise]]] = {
        "status": [
            everything,
            (NEEDS_ACTION, _("Needs action")),
            (REMOVED_SOON, _("Removed soon")),
            *((status.value, texts.status_label(status)) for status in Status),
        ],
        "type": [everything, *((kind.value, texts.type_label(kind)) for kind in EndpointType)],
        "source": [
            everything,
            *((source.value, source.value) for source in Source),
            (UNUSED, _("No ClickPipe uses it")),
        ],
        "sort": list(_SORT_WORDS.items()),
        "per": [(str(number), str(number)) for number in PER_PAGE],
    }
    return _options(known[name], chosen)


def _options(options: "Sequence[tuple[str, StrOrPromise]]", chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, mark_safe(" selected") if value == chosen else "", said) for value, said in options),
    )
