"""What the console keeps beside endpoints: ClickPipes, hand-off links and replacements, to look at."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.admin.base import ReadOnlyPage
from endpoints.models import ClickPipe, HandOff, Replacement, ReversePrivateEndpoint, User
from endpoints.texts import refusal_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_NAMED = ReversePrivateEndpoint.objects.only("pk", "description")


def link_to(endpoint: ReversePrivateEndpoint | None) -> str:
    """Return a link to an endpoint's page in admin, a dash for none."""
    if endpoint is None:
        return "–"
    address = reverse("admin:endpoints_reverseprivateendpoint_change", args=[endpoint.pk])
    return format_html('<a href="{}">{}</a>', address, endpoint.description)


@admin.register(ClickPipe)
class ClickPipePage(ReadOnlyPage):
    """ClickPipes as they were recorded, removed ones too."""

    list_display = ("name", "service", "source", "shown_address", "links", "created_by_name", "removed_at")
    list_filter = (("removed_at", admin.EmptyFieldListFilter), "source", "service__organization")
    list_select_related = ("service__organization",)
    search_fields = ("name", "address", "service__name", "endpoints__description", "endpoints__external_id")
    fields = (
        "id",
        "service",
        "name",
        "source",
        "address",
        "links",
        "created_at",
        "created_by_name",
        "removed_at",
        "removed_by",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClickPipe]:
        """Return the rows with the endpoints that they name."""
        return super().get_queryset(request).prefetch_related(Prefetch("endpoints", _NAMED))

    @admin.display(description=gettext_lazy("address"), ordering="address")
    def shown_address(self, pipe: ClickPipe) -> str:
        """Its address, cut short where it is a long list of brokers."""
        return pipe.address if len(pipe.address) <= 80 else f"{pipe.address[:79]}…"

    @admin.display(description=gettext_lazy("uses"))
    def links(self, pipe: ClickPipe) -> str:
        """The endpoints that it names by id."""
        return (
            format_html_join(", ", "{}", ((link_to(endpoint),) for endpoint in pipe.endpoints.all())) or "–"
        )


class OpenFilter(admin.SimpleListFilter):
    """Whether a hand-off link still shows its page."""

    title = gettext_lazy("open")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, "StrOrPromise"]]:
        """Return both answers."""
        return [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[HandOff]) -> QuerySet[HandOff]:
        """Keep those that are as asked for."""
        is_open = Q(pk__in=HandOff.objects.open().order_by().values("pk"))
        kept = {"yes": is_open, "no": ~is_open}.get(self.value() or "")
        return queryset if kept is None else queryset.filter(kept)


@admin.register(HandOff)
class HandOffPage(ReadOnlyPage):
    """Hand-off links, without the secret part; they are closed here, by the intent."""

    list_display = (
        "created_at",
        "endpoint_link",
        "created_by_name",
        "expires_at",
        "revoked_at",
        "opened",
        "last_opened_at",
    )
    list_filter = (OpenFilter,)
    list_select_related = ("endpoint",)
    search_fields = ("created_by_name", "endpoint__description", "endpoint__service__name")
    fields = list_display
    actions = ("close",)

    @admin.display(description=gettext_lazy("endpoint"), ordering="endpoint__description")
    def endpoint_link(self, link: HandOff) -> str:
        """The endpoint that the link shows."""
        return link_to(link.endpoint)

    @admin.action(description=gettext_lazy("Close the selected links"))
    def close(self, request: HttpRequest, links: QuerySet[HandOff]) -> None:
        """Close links that are still open; their pages are gone from then on."""
        assert isinstance(request.user, User)
        still_open = list(links.filter(revoked_at__isnull=True).select_related("endpoint__service"))
        for link in still_open:
            intents.revoke_hand_off(link=link, by=request.user)
            self.log_change(request, link, "Closed.")
        self.message_user(request, _("%(n)s links were closed.") % {"n": len(still_open)})


@admin.register(Replacement)
class ReplacementPage(ReadOnlyPage):
    """Replacements and how they went."""

    list_display = (
        "requested_at",
        "old_link",
        "new_link",
        "mode",
        "requested_by_name",
        "finished_at",
        "outcome",
    )
    list_filter = (("finished_at", admin.EmptyFieldListFilter), "mode", "type")
    list_select_related = ("old", "new")
    search_fields = ("description", "requested_by_name", "old__description", "old__service__name")
    fields = (
        "id",
        "old_link",
        "new_link",
        "mode",
        "type",
        "parameters",
        "description",
        "requested_at",
        "requested_by_name",
        "moved_at",
        "finished_at",
        "outcome",
    )

    @admin.display(description=gettext_lazy("old endpoint"), ordering="old__description")
    def old_link(self, replacement: Replacement) -> str:
        """The endpoint that is replaced."""
        return link_to(replacement.old)

    @admin.display(description=gettext_lazy("new endpoint"), ordering="new__description")
    def new_link(self, replacement: Replacement) -> str:
        """The endpoint that takes its place, once there is one."""
        return link_to(replacement.new)

    @admin.display(description=gettext_lazy("problem"), ordering="problem")
    def outcome(self, replacement: Replacement) -> str:
        """What ended it before it was done, in words."""
        if not replacement.problem:
            return "–"
        return refusal_text(replacement.problem, replacement.problem_params)
