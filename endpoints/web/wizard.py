"""The way from a source to a ClickPipe: where one is on it, and what was typed on it so far (the draft).

The draft's `data`: `way` ("endpoint" or "host"), the `endpoint` chosen or created, `made` (the form key of
the request it was created by), and the fields of each form: `choice`, `new`, `pipe`.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from endpoints import intents
from endpoints.domain.types import Source
from endpoints.models import PipeDraft, Role, Service
from endpoints.web import kept
from endpoints.web.forms import read_form_key
from endpoints.web.found import find_service, require
from endpoints.web.http import PersonRequest

if TYPE_CHECKING:
    from endpoints.models import ReversePrivateEndpoint


class SourceConverter:
    """A source in an address: its name in lower case."""

    regex = "|".join(source.value.lower() for source in Source)

    def to_python(self, value: str) -> Source:
        """Return the source."""
        return next(source for source in Source if source.value.lower() == value)

    def to_url(self, source: str) -> str:
        """Return the source's part of an address."""
        return source.lower()


@dataclass(frozen=True)
class Step:
    """One step as the stepper shows it; `state` is done, active or todo."""

    number: int
    title: str
    state: str
    address: str
    said: str


@dataclass
class Wizard:
    """One person's way to a ClickPipe of one source."""

    request: PersonRequest
    service: Service
    source: Source
    draft: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def enter(cls, request: PersonRequest, service_id: uuid.UUID, source: Source) -> "Wizard":
        """Return the wizard with the draft of this person. Raises Http404 and PermissionDenied."""
        service = find_service(request, service_id)
        require(request, service, Role.OPERATOR)
        row = PipeDraft.objects.filter(user=request.user, service=service, source=source).first()
        return cls(request, service, source, row.data if row else {})

    @property
    def checked(self) -> str:
        """The one field that this request wants checked, "" for a whole form."""
        return self.request.GET.get(kept.CHECK, "") if self.request.htmx else ""

    def typed(self, form: str, fields: Iterable[str]) -> dict[str, Any]:
        """Return what was typed so far into a form, also just before the sign-in ended."""
        brought = kept.typed(self.request)
        if brought is not None:
            self._keep_form(form, fields, brought)
            kept.forget(self.request)
        return dict(self.draft.get(form, {}))

    def keep(self, form: str, fields: Iterable[str], form_key: uuid.UUID | None = None) -> None:
        """Keep what was sent of a form; under another `form_key` where what was sent is another request."""
        kept.forget(self.request)
        sent = self.request.POST.dict() | ({"form_key": str(form_key)} if form_key else {})
        self._keep_form(form, fields, sent)

    def _keep_form(self, form: str, fields: Iterable[str], sent: Any) -> None:
        values = {name: sent[name] for name in (*fields, "form_key") if name in sent}
        key = read_form_key(values["form_key"]) if form == "pipe" and "form_key" in values else None
        self.note(key, **{form: values})

    def note(self, form_key: uuid.UUID | None = None, **typed: Any) -> None:
        """Keep more in the draft."""
        row = intents.keep_draft(
            service=self.service, source=self.source, by=self.request.user, form_key=form_key, **typed
        )
        self.draft = row.data if row else {}

    def address(self, name: str, endpoint: "ReversePrivateEndpoint | None" = None) -> str:
        """Return the address of one of this wizard's pages."""
        args = [self.service.pk, self.source, *([endpoint.pk] if endpoint else [])]
        return reverse(name, args=args)

    def render(self, body: str, active: int, status: int = 200, **context: Any) -> HttpResponse:
        """Answer with a page whose stepper stands at step `active` and shows `body` there."""
        return render(self.request, "pipes/wizard.html", self.context(body, active, **context), status=status)

    def context(self, body: str, active: int, **context: Any) -> dict[str, Any]:
        """Return what every page of the wizard needs."""
        return {
            "service": self.service,
            "source": self.source.value,
            "source_part": self.source,
            "body": f"pipes/{body}.html",
            "steps": steps(self.service, self.source, active, self.address),
            **context,
        }


def steps(service: Service, source: Source | None, active: int, address_of: Any = None) -> list[Step]:
    """Return the steps; those before the active one lead back to their page."""
    titles = [
        (_("Source"), source.value if source else "", reverse("choose-source", args=[service.pk])),
        (_("Connection"), _("Reverse private endpoint"), address_of and address_of("choose-connection")),
        (_("Endpoint"), "", address_of and address_of("choose-endpoint")),
        (_("Address and name"), "", ""),
    ]
    return [
        Step(
            number,
            title,
            "done" if number < active else "active" if number == active else "todo",
            address if number < active else "",
            said if number < active else "",
        )
        for number, (title, said, address) in enumerate(titles, start=1)
    ]


def resume_address(draft: PipeDraft) -> str:
    """Return the address at which a draft goes on."""
    place = [draft.service_id, Source(draft.source)]
    data = draft.data
    if data.get("way") == "endpoint" and data.get("endpoint"):
        return reverse("pipe-endpoint", args=[*place, data["endpoint"]])
    if data.get("way") == "host":
        return reverse("pipe-host", args=place)
    return reverse("new-pipe-endpoint" if data.get("new") else "choose-endpoint", args=place)
