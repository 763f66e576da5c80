"""Endpoints and their timelines, read-only; Retry and Remove ask through the intents."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from endpoints import intents
from endpoints.admin.base import ReadOnlyInline, ReadOnlyPage
from endpoints.admin.network import networks_of
from endpoints.admin.removal import read_removals
from endpoints.admin.runbook import show_runbook
from endpoints.admin.tools import ReasonForm, person
from endpoints.models import Attempt, Event, Network, ReversePrivateEndpoint, User
from endpoints.texts import event_text, refusal_text

MOST_AT_ONCE = 100  # endpoints of one action, so that its confirmation can be read


class EventInline(ReadOnlyInline):
    """The timeline of an endpoint, with AWS's own words."""

    model = Event
    fields = ("at", "sentence", "actor", "operation", "aws_request_id", "raw")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("event"))
    def sentence(self, event: Event) -> str:
        """What happened."""
        return event_text(event)


class AttemptInline(ReadOnlyInline):
    """The attempts at making an endpoint, with the saved requests."""

    model = Attempt
    fields = ("generation", "network", "external_id", "state", "tries", "started_at", "gone_at", "request")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        """Return the rows with what they show."""
        return super().get_queryset(request).select_related("network", "endpoint")


class InNetwork(admin.SimpleListFilter):
    """The network in which an endpoint lives, or into or out of which it is on its way."""

    title = Network._meta.verbose_name
    parameter_name = "network"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the networks."""
        return [(str(network.pk), str(network)) for network in Network.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the endpoints with an open attempt there."""
        network = self.value()
        if network is None or network not in {key for key, _ in self.lookup_choices}:
            return queryset
        here = Attempt.objects.filter(network=int(network), gone_at__isnull=True)
        return queryset.filter(pk__in=here.values("endpoint"))


@admin.register(ReversePrivateEndpoint)
class EndpointPage(ReadOnlyPage):
    """Endpoints and tombstones."""

    list_display = (
        "description",
        "service",
        "type",
        "region",
        "status",
        "status_since",
        "external_id",
        "created_at",
        "removed_at",
    )
    list_filter = (("removed_at", admin.EmptyFieldListFilter), "status", "type", "region", InNetwork)
    search_fields = (
        "description",
        "external_id",
        "service__name",
        "service__organization__name",
        "owner_account",
        "created_by_name",
        "parameters__vpcEndpointServiceName",
        "parameters__mskClusterArn",
    )
    inlines = (EventInline, AttemptInline)
    actions = ("retry", "remove", "pause", "resume")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReversePrivateEndpoint]:
        """Return the rows with whom they belong to."""
        return super().get_queryset(request).select_related("service__organization", "region", "created_by")

    def get_fields(self, request: HttpRequest, obj: ReversePrivateEndpoint | None = None) -> list[Any]:
        """Show every column, in the order of the model."""
        return [field.name for field in ReversePrivateEndpoint._meta.fields]

    @admin.action(description=gettext_lazy("Retry the selected endpoints"))
    def retry(self, request: HttpRequest, endpoints: QuerySet[ReversePrivateEndpoint]) -> None:
        """Ask for a next attempt of each."""
        self._ask(request, list(endpoints[:MOST_AT_ONCE]), intents.retry, "Retry asked for.")

    @admin.action(description=gettext_lazy("Remove the selected endpoints"))
    def remove(
        self, request: HttpRequest, endpoints: QuerySet[ReversePrivateEndpoint]
    ) -> HttpResponse | None:
        """Name what goes and what depends on it; once that is confirmed, ask for the removal of each.

        Nothing is asked for until every description that must be typed is right.
        """
        confirmed = "confirmed" in request.POST
        removals, left_out = read_removals(endpoints, request.POST if confirmed else None, MOST_AT_ONCE)
        wrong = any(removal.error for removal in removals)
        if confirmed and removals and not wrong:
            typed = {removal.endpoint.pk: removal.typed for removal in removals}

            def intent(*, endpoint: ReversePrivateEndpoint, by: User) -> ReversePrivateEndpoint:
                return intents.request_removal(endpoint=endpoint, by=by, typed=typed[endpoint.pk])

            self._ask(request, [removal.endpoint for removal in removals], intent, "Removal asked for.")
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Remove endpoints"),
            "opts": self.opts,
            "removals": removals,
            "wrong": wrong,
            "left_out": left_out,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        status = 422 if wrong else 200
        return TemplateResponse(request, "admin/confirm_removal.html", context, status=status)

    @admin.action(description=gettext_lazy("Pause the networks of the selected endpoints…"))
    def pause(self, request: HttpRequest, endpoints: QuerySet[ReversePrivateEndpoint]) -> HttpResponse | None:
        """Name the networks and how many endpoints live there; once that is confirmed, pause them."""
        return self._pause(request, endpoints, paused=True)

    @admin.action(description=gettext_lazy("Let the networks of the selected endpoints go on…"))
    def resume(
        self, request: HttpRequest, endpoints: QuerySet[ReversePrivateEndpoint]
    ) -> HttpResponse | None:
        """The same, to let AWS writes go on."""
        return self._pause(request, endpoints, paused=False)

    def _pause(
        self, request: HttpRequest, endpoints: QuerySet[ReversePrivateEndpoint], *, paused: bool
    ) -> HttpResponse | None:
        networks = networks_of(endpoints)
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            changed = intents.pause_networks(
                networks=networks, paused=paused, by=person(request), reason=reason
            )
            text = ngettext("%(n)s network was changed.", "%(n)s networks were changed.", changed)
            self.message_user(request, text % {"n": changed})
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Pause networks") if paused else _("Let networks go on"),
            "opts": self.opts,
            "networks": networks,
            "paused": paused,
            "form": form,
            "checkbox": ACTION_CHECKBOX_NAME,
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "across": request.POST.get("select_across", "0"),
            "action": "pause" if paused else "resume",
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/pause_networks.html", context, status=status)

    def _ask(
        self,
        request: HttpRequest,
        endpoints: Sequence[ReversePrivateEndpoint],
        intent: Callable[..., ReversePrivateEndpoint],
        note: str,
    ) -> None:
        assert isinstance(request.user, User)
        asked = 0
        for endpoint in endpoints:
            try:
                intent(endpoint=endpoint, by=request.user)
            except PermissionDenied:
                why = _("your role on this service does not allow it; give yourself one first")
                self.message_user(request, f"{endpoint}: {why}", messages.ERROR)
            except intents.IntentRefused as refused:
                why = refusal_text(refused.code, refused.params)
                self.message_user(request, f"{endpoint}: {why}", messages.ERROR)
            else:
                asked += 1
                self.log_change(request, endpoint, note)
        if asked:
            text = ngettext("Asked for %(n)s endpoint.", "Asked for %(n)s endpoints.", asked)
            self.message_user(request, text % {"n": asked})


@admin.register(Event)
class EventPage(ReadOnlyPage):
    """All timelines in one, the newest first."""

    list_display = ("at", "endpoint", "explained", "actor", "operation", "aws_request_id")
    list_filter = ("code",)
    list_select_related = ("endpoint",)
    search_fields = ("actor", "aws_request_id", "endpoint__description", "endpoint__external_id")

    def get_urls(self) -> list[URLPattern]:
        """Add the runbook, to which the codes lead."""
        shown = self.admin_site.admin_view(show_runbook)
        return [path("runbook/", shown, name="endpoints_runbook"), *super().get_urls()]

    @admin.display(description=gettext_lazy("event"), ordering="code")
    def explained(self, event: Event) -> str:
        """The code, which leads to its heading in the runbook."""
        return format_html(
            '<a href="{}#{}">{}</a>', reverse("admin:endpoints_runbook"), event.code, event.code
        )
