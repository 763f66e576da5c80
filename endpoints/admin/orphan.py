"""Orphans, to look at; deleting or adopting one is asked for here, by a person who types which."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from endpoints import intents
from endpoints.admin.base import Picker, ReadOnlyPage
from endpoints.admin.console import link_to
from endpoints.admin.tools import Tool, WithTools, add_refusal, person
from endpoints.models import Orphan, ReversePrivateEndpoint, Service, User
from endpoints.texts import refusal_text
from endpoints.texts.orphans import finding_advice, finding_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_AT_ONCE = 20  # orphans of one confirmation: each is typed
_ENDED = Q(ended_at__isnull=False)
_UNSURE = Q(ended_at__isnull=True, certain_at__isnull=True)


class StandingFilter(admin.SimpleListFilter):
    """Whether it is in AWS now; those that are, unless something else is chosen."""

    title = gettext_lazy("in AWS")
    parameter_name = "in_aws"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, "StrOrPromise"]]:
        """Return what can be told apart."""
        return [
            ("yes", gettext_lazy("Yes")),
            ("unsure", gettext_lazy("Seen once so far")),
            ("ended", gettext_lazy("Not any more")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Orphan]) -> QuerySet[Orphan]:
        """Keep those that are as asked for."""
        kept = {"yes": ~_ENDED & ~_UNSURE, "unsure": _UNSURE, "ended": _ENDED}.get(self.value() or "")
        return queryset if kept is None else queryset.filter(kept)


@dataclass(frozen=True)
class Going:
    """One orphan of a confirmation; `typed` stands in `field`, and `error` says what is wrong with it."""

    orphan: Orphan
    typed: str = ""
    error: str = ""

    @property
    def field(self) -> str:
        """The name of the field for the external id."""
        return f"typed-{self.orphan.pk}"

    @property
    def what(self) -> str:
        """Why it is an orphan."""
        return finding_text(self.orphan.why)


def read_going(orphans: Iterable[Orphan], posted: Mapping[str, str] | None) -> list[Going]:
    """Return what would be deleted, with what was typed for each; None before anything was."""
    return [_read(Going(orphan), posted) for orphan in orphans]


def _read(going: Going, posted: Mapping[str, str] | None) -> Going:
    if posted is None:
        return going
    typed = posted.get(going.field, "")
    try:
        intents.check_orphan_confirmation(going.orphan, typed)
    except intents.IntentRefused as refused:
        return Going(going.orphan, typed, refusal_text(refused.code, refused.params))
    return Going(going.orphan, typed)


class AdoptForm(forms.Form):
    """For which service an orphan is adopted, as what, and its external id once more."""

    service = forms.ModelChoiceField(
        label=gettext_lazy("Service"),
        queryset=Service.objects.select_related("organization"),
        widget=Picker(Orphan._meta.get_field("adopt_service"), admin.site),
        help_text=gettext_lazy("Its people see the endpoint from then on, and may remove it."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=255,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    typed = forms.CharField(
        label=gettext_lazy("External ID, to confirm"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Type it exactly as it stands above."),
    )


@admin.register(Orphan)
class OrphanPage(WithTools, ReadOnlyPage):
    """Orphans, those that ended too."""

    list_display = (
        "external_id",
        "region",
        "kind",
        "state",
        "sentence",
        "made_at",
        "first_seen_at",
        "ended_at",
        "delete_requested_by",
    )
    list_filter = (StandingFilter, "region", "kind", "why", "ending")
    list_select_related = ("region",)
    search_fields = ("external_id", "endpoint_id", "delete_requested_by", "aws_request_id")
    actions = ("delete_in_aws",)

    def get_fields(self, request: HttpRequest, obj: Orphan | None = None) -> list[Any]:
        """Show every column, and in words what it is and what to do."""
        left_out = ("id", "why", "adopt_problem", "adopt_problem_params")
        columns = [field.name for field in Orphan._meta.fields if field.name not in left_out]
        return ["sentence", "advice", "endpoint", "problem", *columns]

    def get_urls(self) -> list[URLPattern]:
        """Add the adoption."""
        view = self.admin_site.admin_view(self.adopt)
        return [path("<path:key>/adopt/", view, name="endpoints_orphan_adopt"), *super().get_urls()]

    def tools(self, request: HttpRequest, obj: Orphan) -> list[Tool]:
        """Offer the adoption of what is in AWS."""
        return [("endpoints_orphan_adopt", gettext_lazy("Adopt…"))] if obj.is_standing else []

    @admin.display(description=gettext_lazy("not adopted because"))
    def problem(self, orphan: Orphan) -> str:
        """Why the last adoption came to nothing."""
        code = orphan.adopt_problem
        return refusal_text(code, orphan.adopt_problem_params) if code else "–"

    @admin.display(description=gettext_lazy("why"), ordering="why")
    def sentence(self, orphan: Orphan) -> str:
        """Why no endpoint owns it."""
        return finding_text(orphan.why)

    @admin.display(description=gettext_lazy("what to do"))
    def advice(self, orphan: Orphan) -> str:
        """What a person can do about it."""
        return finding_advice(orphan.why) if orphan.ended_at is None else "–"

    @admin.display(description=gettext_lazy("endpoint"))
    def endpoint(self, orphan: Orphan) -> str:
        """The endpoint that its tags name, if there is one."""
        try:
            named = uuid.UUID(orphan.endpoint_id)
        except ValueError:
            return link_to(None)
        return link_to(ReversePrivateEndpoint.objects.filter(pk=named).first())

    @admin.action(description=gettext_lazy("Delete in AWS…"))
    def delete_in_aws(self, request: HttpRequest, orphans: QuerySet[Orphan]) -> HttpResponse | None:
        """Name what goes; once each external id is typed, ask for the deletion of each.

        Nothing is asked for until all that must be typed is right.
        """
        confirmed = "confirmed" in request.POST
        staying = orphans.standing().filter(delete_due_at__isnull=True)  # type: ignore[attr-defined]
        chosen = list(staying.select_related("region").order_by("region", "external_id")[:MOST_AT_ONCE])
        going = read_going(chosen, request.POST if confirmed else None)
        wrong = any(one.error for one in going)
        if confirmed and going and not wrong:
            self._ask(request, going)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete orphans in AWS"),
            "opts": self.opts,
            "orphans": going,
            "wrong": wrong,
            "left_out": staying.count() - len(going),
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(
            request, "admin/confirm_orphan_deletion.html", context, status=422 if wrong else 200
        )

    def adopt(self, request: HttpRequest, key: str) -> HttpResponse:
        """Say what adopting an orphan does; once service, description and id are right, ask for it."""
        orphan: Orphan = self.row_or_404(request, key)
        tombstone, obstacle = _adoptable(orphan)
        is_sent = request.method == "POST"
        initial = {"service": tombstone.service_id, "description": tombstone.description} if tombstone else {}
        form = AdoptForm(request.POST if is_sent else None, initial=initial)
        if is_sent and form.is_valid():
            try:
                intents.request_adoption(orphan=orphan, by=person(request), **form.cleaned_data)
            except intents.IntentRefused as refused:
                add_refusal(form, refused)
            else:
                text = _("%(external_id)s is being adopted. Open its page in some seconds.")
                self.message_user(request, text % {"external_id": orphan.external_id})
                return HttpResponseRedirect(reverse("admin:endpoints_orphan_change", args=[orphan.pk]))
        context = {
            "original": orphan,
            "orphan": orphan,
            "what": finding_text(orphan.why),
            "tombstone": tombstone,
            "obstacle": obstacle,
            "form": form,
            "media": self.media + form.media,
        }
        status = 422 if form.errors else 200
        return self.show(request, "admin/adopt_orphan.html", _("Adopt an orphan"), context, status)

    def _ask(self, request: HttpRequest, going: list[Going]) -> None:
        assert isinstance(request.user, User)
        asked = 0
        for one in going:
            try:
                intents.request_orphan_deletion(orphan=one.orphan, by=request.user, typed=one.typed)
            except intents.IntentRefused as refused:
                self.message_user(request, refusal_text(refused.code, refused.params), messages.ERROR)
            else:
                asked += 1
                self.log_change(request, one.orphan, "Deletion in AWS asked for.")
        if asked:
            text = ngettext("Asked for %(n)s deletion.", "Asked for %(n)s deletions.", asked)
            self.message_user(request, text % {"n": asked})


@transaction.atomic
def _adoptable(orphan: Orphan) -> tuple[ReversePrivateEndpoint | None, str]:
    """Return the tombstone that an orphan would revive, and what stands against any adoption."""
    if not orphan.is_standing:
        return None, refusal_text("orphan_not_here", {"external_id": orphan.external_id})
    try:
        return intents.check_adoptable(orphan, None), ""
    except intents.IntentRefused as refused:
        return None, refusal_text(refused.code, refused.params)
