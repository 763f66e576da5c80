"""What an act changed, in words: the names of columns and their values, for who reads the audit."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from endpoints.texts import moment_text, status_label, type_label
from endpoints.texts.advice import REMOVED_WHY

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_NOTHING = "–"

_NAMES: dict[str, "StrOrPromise"] = {
    "before": _("older than"),
    "changes": _("changes"),
    "cleaned_up": _("ticked items"),
    "clickpipes": _("ClickPipes"),
    "count": _("entries"),
    "credentials": _("credentials"),
    "customPrivateDnsMappings": _("custom private DNS names (recorded, not served)"),
    "days": _("days"),
    "disabled_at": _("disabled since"),
    "endpoints": _("endpoints"),
    "expires_at": _("expires at"),
    "file": _("file"),
    "filters": _("filters"),
    "format": _("format"),
    "generation": _("attempt"),
    "link": _("link"),
    "made_by": _("made by"),
    "mode": _("order"),
    "newest": _("newest"),
    "oldest": _("oldest"),
    "owner": _("owner"),
    "people": _("people"),
    "removal_reason": _("why"),
    "replacement": _("replacement"),
    "revoked_at": _("closed at"),
    "roles": _("roles"),
    "team": _("team"),
    "teams": _("teams"),
    "user": _("user"),
}
"""The names that are no columns, or whose columns have no words of their own."""

_WORDS: dict[str, Callable[[str], str]] = {
    "type": type_label,
    "status": status_label,
    "credentials": lambda code: str(_("sent, not kept")) if code == "sent" else code,
    "removal_reason": lambda code: str(REMOVED_WHY.get(code, code)),
}
"""The names of which a value is a code that has words."""


@dataclass(frozen=True)
class Change:
    """One value. `before` is "" where there was none to tell, and `after` where there is none."""

    name: str
    before: str
    after: str


def changes_of(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what changed of a thing of a kind; what was empty and stays so is left out."""
    names: Iterable[str] = dict.fromkeys((*after, *before))
    return [
        Change(
            _name_text(kind, name),
            _said(name, before[name]) if name in before else "",
            _said(name, after[name]) if name in after else "",
        )
        for name in names
        if not (_is_empty(before.get(name)) and _is_empty(after.get(name)))
    ]


def kind_text(kind: str) -> str:
    """Return what kind of thing something is; an unknown one as it is."""
    try:
        return capfirst(str(apps.get_model("endpoints", kind)._meta.verbose_name)) if kind else ""
    except LookupError:
        return kind


def _name_text(kind: str, name: str) -> str:
    if name in _NAMES:
        return str(_NAMES[name])
    try:
        field = apps.get_model("endpoints", kind)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return name.replace("_", " ")
    return str(getattr(field, "verbose_name", name))


def _said(name: str, value: object) -> str:
    return _WORDS[name](value) if name in _WORDS and isinstance(value, str) and value else _value_text(value)


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {})


def _value_text(value: object) -> str:
    if _is_empty(value):
        return _NOTHING
    match value:
        case bool():
            return _now("yes") if value else _now("no")
        case Mapping():
            return "; ".join(f"{name}: {_value_text(inner)}" for name, inner in value.items())
        case list():
            return ", ".join(_value_text(inner) for inner in value)
        case str():
            moment = _moment(value)
            return moment_text(moment) if moment else value
        case _:
            return json.dumps(value)


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text) if "T" in text else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
