"""The runbook within the administration: what each code means and who does what about it."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

FILE = Path("docs") / "runbook.md"
_HEADING = re.compile(r"(?m)^(#{2,3}) (.+)$")


@dataclass(frozen=True)
class Section:
    """A heading with its lines. `code` is the event's or the reason's, "" for a heading over several."""

    title: str
    code: str
    lines: list[str]


def runbook(text: str) -> list[Section]:
    """Return the sections of the runbook; what stands before the first code is for readers of the file."""
    _before, *parts = _HEADING.split(text)
    found = []
    for marks, title, lines in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        told = [line.replace("`", "") for line in lines.splitlines() if line.strip()]
        found.append(Section(title, title if marks == "###" else "", told))
    return found


def show_runbook(request: HttpRequest) -> HttpResponse:
    """Show the runbook of this version. Raises Http404 where it was not installed with the program."""
    try:
        text = (settings.BASE_DIR / FILE).read_text("utf-8")
    except FileNotFoundError:
        raise Http404 from None
    context = {**admin.site.each_context(request), "title": _("Runbook"), "sections": runbook(text)}
    return TemplateResponse(request, "admin/runbook.html", context)
