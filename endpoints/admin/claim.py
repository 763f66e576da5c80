"""Claims, the pairs that staff allow, and who holds which connection to MSK."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from endpoints import intents
from endpoints.admin.base import Picker, ReadOnlyPage
from endpoints.admin.console import link_to
from endpoints.admin.removal import read_removals
from endpoints.admin.slots import show_slots
from endpoints.admin.tools import ReasonForm, Tool, WithTools, add_refusal, person
from endpoints.models import AllowedPair, Claim, ClaimKind, Organization, ReversePrivateEndpoint
from endpoints.models.counting import Counted

MOST_AT_ONCE = 100  # endpoints that one release removes


class HeldFilter(admin.SimpleListFilter):
    """Whether endpoints hold it, or it was used up for ever."""

    title = gettext_lazy("held")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what can be told apart."""
        return [
            ("yes", gettext_lazy("By an endpoint")),
            ("used_up", gettext_lazy("Used up, by an endpoint that is gone")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        """Keep those that are as asked for."""
        links = ReversePrivateEndpoint.claims.through.objects.filter(claim=OuterRef("pk"))
        kept = {"yes": Exists(links), "used_up": ~Exists(links)}.get(self.value() or "")
        return queryset if kept is None else queryset.filter(kept)


@admin.register(Claim)
class ClaimPage(WithTools, ReadOnlyPage):
    """Who holds what only one may hold. Releasing it removes the endpoints that do."""

    list_display = ("kind", "key", "organization", "held_by", "claimed_at", "used_up_at")
    list_filter = ("kind", HeldFilter)
    list_select_related = ("organization",)
    search_fields = ("key", "organization__name", "endpoints__description", "endpoints__external_id")
    fields = ("kind", "key", "organization", "holders", "claimed_at", "used_up_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        """Return the rows with the number of their holders."""
        links = ReversePrivateEndpoint.claims.through.objects.filter(claim=OuterRef("pk"))
        number = Counted(links.order_by().values("pk"))
        counted: QuerySet[Claim] = super().get_queryset(request).annotate(n_holders=number)
        return counted

    def get_urls(self) -> list[URLPattern]:
        """Add the slots of MSK, and the release."""
        view = self.admin_site.admin_view
        return [
            path("msk-slots/", view(show_slots), name="endpoints_msk_slots"),
            path("<path:key>/release/", view(self.release), name="endpoints_claim_release"),
            *super().get_urls(),
        ]

    def tools(self, request: HttpRequest, obj: Claim) -> list[Tool]:
        """Offer the release."""
        return [("endpoints_claim_release", gettext_lazy("Release…"))]

    @admin.display(description=gettext_lazy("endpoints"), ordering="n_holders")
    def held_by(self, claim: Claim) -> int:
        """The number of endpoints that hold it."""
        number: int = getattr(claim, "n_holders", 0)
        return number

    @admin.display(description=gettext_lazy("held by"))
    def holders(self, claim: Claim) -> str:
        """The endpoints that hold it, with whose they are."""
        held = intents.holders_of(claim)
        rows = ((link_to(row), row.service.organization, row.service, row.status) for row in held)
        return format_html_join("", "<div>{} ({} / {}, {})</div>", rows) or "–"

    def release(self, request: HttpRequest, key: str) -> HttpResponse:
        """Name what goes with a claim; once that and a reason are confirmed, ask for it."""
        claim: Claim = self.row_or_404(request, key)
        is_sent = request.method == "POST"
        held = ReversePrivateEndpoint.objects.filter(claims=claim).select_related("service__organization")
        removals, left_out = read_removals(held, request.POST if is_sent else None, MOST_AT_ONCE)
        form = ReasonForm(request.POST if is_sent else None)
        wrong = is_sent and (any(removal.error for removal in removals) or not form.is_valid())
        if is_sent and not wrong:
            typed = {removal.endpoint.pk: removal.typed for removal in removals}
            try:
                going = intents.release_claim(
                    claim=claim, by=person(request), reason=form.cleaned_data["reason"], typed=typed
                )
            except intents.IntentRefused as refused:
                add_refusal(form, refused)
            else:
                return self._released(request, claim, going)
        context = {
            "original": claim,
            "claim": claim,
            "form": form,
            "removals": removals,
            "left_out": left_out,
            "is_held": held.exists(),
            "is_name": claim.kind == ClaimKind.SERVICE_NAME,
        }
        status = 422 if form.errors or wrong else 200
        return self.show(request, "admin/release_claim.html", _("Release a claim"), context, status)

    def _released(self, request: HttpRequest, claim: Claim, going: int) -> HttpResponse:
        text = _("The claim is free.")
        if going:
            text = ngettext(
                "The claim is free once %(n)s endpoint is gone, which is being removed now.",
                "The claim is free once %(n)s endpoints are gone, which are being removed now.",
                going,
            ) % {"n": going}
        self.message_user(request, text)
        return HttpResponseRedirect(reverse("admin:endpoints_claim_changelist"))


class PairForm(ReasonForm):
    """Which organization may use which endpoint service, and why."""

    field_order = ("service_name", "organization", "reason")
    service_name = forms.CharField(
        label=gettext_lazy("Endpoint service name"),
        max_length=600,
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "spellcheck": "false"}),
    )
    organization = forms.ModelChoiceField(
        label=gettext_lazy("Organization"),
        queryset=Organization.objects.all(),
        widget=Picker(AllowedPair._meta.get_field("organization"), admin.site),
    )


@admin.register(AllowedPair)
class AllowedPairPage(WithTools, ReadOnlyPage):
    """Organizations that may use an endpoint service although another one's endpoints hold its name."""

    list_display = ("service_name", "organization", "allowed_at", "allowed_by_name", "reason")
    list_select_related = ("organization",)
    search_fields = ("service_name", "organization__name", "allowed_by_name")
    fields = list_display

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let staff allow pairs."""
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Add what takes a pair back."""
        view = self.admin_site.admin_view(self.forbid)
        return [path("<path:key>/forbid/", view, name="endpoints_allowedpair_forbid"), *super().get_urls()]

    def tools(self, request: HttpRequest, obj: AllowedPair) -> list[Tool]:
        """Offer to take it back."""
        return [("endpoints_allowedpair_forbid", gettext_lazy("Forbid it again…"))]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for service, organization and reason, and allow the pair."""
        is_sent = request.method == "POST"
        initial = {"service_name": request.GET.get("service_name", "")}
        form = PairForm(request.POST if is_sent else None, initial=initial)
        if is_sent and form.is_valid():
            try:
                pair = intents.allow_pair(**form.cleaned_data, by=person(request))
            except intents.IntentRefused as refused:
                add_refusal(form, refused)
            else:
                text = _("%(organization)s may use this endpoint service.")
                self.message_user(request, text % {"organization": pair.organization})
                return HttpResponseRedirect(reverse("admin:endpoints_allowedpair_changelist"))
        context = {"form": form, "media": self.media + form.media}
        status = 422 if form.errors else 200
        return self.show(request, "admin/allow_pair.html", _("Allow a pair"), context, status)

    def forbid(self, request: HttpRequest, key: str) -> HttpResponse:
        """Say what taking a pair back does; once that and a reason are confirmed, take it back."""
        pair: AllowedPair = self.row_or_404(request, key)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            intents.forbid_pair(pair=pair, by=person(request), reason=form.cleaned_data["reason"])
            self.message_user(request, _("The pair is forbidden again."), messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:endpoints_allowedpair_changelist"))
        context = {"original": pair, "pair": pair, "form": form}
        status = 422 if form.errors else 200
        return self.show(request, "admin/forbid_pair.html", _("Forbid a pair"), context, status)
