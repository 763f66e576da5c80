"""What the list is measured against: Django admin's changelist, and a plain view with the same rows."""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html

from endpoints.admin.base import ReadOnlyPage
from endpoints.domain.types import Source
from endpoints.models import ReversePrivateEndpoint, read_clock
from endpoints.models.counting import with_pipe_counts
from endpoints.texts import type_label
from endpoints.web.filters import NEEDS_ACTION, REMOVED_SOON, UNUSED, Filters
from endpoints.web.http import PersonRequest
from endpoints.web.shown import Shown
from endpoints.web.tags import badge, copy, left, when


class SourceFilter(admin.SimpleListFilter):
    """The source of the ClickPipes."""

    title, parameter_name = "source", "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in (*Source, UNUSED)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return Filters.of({"source": self.value() or ""}).narrow(queryset, is_stale=False)


class NeedsActionFilter(admin.SimpleListFilter):
    """What somebody must act on, and what will be removed within a day."""

    title, parameter_name = "needs action", "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(NEEDS_ACTION, "Needs action"), (REMOVED_SOON, "Removed soon")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return Filters.of({"status": self.value() or ""}).narrow(queryset, is_stale=False)


class Changelist(ReadOnlyPage):
    """The same 8 columns with the same content, and the same filters; fifty rows with what they join."""

    list_display = ("status", "about", "kind", "name", "pipes", "created_by_name", "since", "until")
    list_filter = (
        "shown", NeedsActionFilter, "type", "region", SourceFilter, "owner_account", "created_by_name",
    )  # fmt: skip
    list_select_related = ("region",)
    list_per_page = 50
    show_full_result_count = True
    search_fields = ("description", "external_id", "dns_names", "private_dns_names", "parameters")
    ordering = ("-created_at", "id")
    actions = ("remove",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReversePrivateEndpoint]:
        self.now = read_clock().now
        return with_pipe_counts(ReversePrivateEndpoint.objects.live())

    @admin.action(description="Remove")
    def remove(self, request: HttpRequest, chosen: QuerySet[ReversePrivateEndpoint]) -> None:
        """Nothing: it is there for its check boxes."""

    @admin.display(description="Status", ordering="shown")
    def status(self, one: ReversePrivateEndpoint) -> str:
        return badge(Shown(one, self.now).status)

    @admin.display(description="Description", ordering="description")
    def about(self, one: ReversePrivateEndpoint) -> str:
        address = reverse("endpoint", args=[one.service_id, one.pk])
        return format_html('<a href="{}">{}</a>', address, one.description)

    @admin.display(description="Type", ordering="type")
    def kind(self, one: ReversePrivateEndpoint) -> str:
        return type_label(one.type)

    @admin.display(description="DNS name")
    def name(self, one: ReversePrivateEndpoint) -> str:
        value = Shown(one, self.now).main_name
        return copy(value, str(one.pk), f"Copy the DNS name: {one.description}", short=True) if value else "–"

    @admin.display(description="ClickPipes")
    def pipes(self, one: Any) -> int:
        return int(one.uses + one.may)

    @admin.display(description="Since", ordering="shown_since")
    def since(self, one: ReversePrivateEndpoint) -> str:
        return when(Shown(one, self.now).since)

    @admin.display(description="Deadline", ordering="deadline_at")
    def until(self, one: ReversePrivateEndpoint) -> str:
        if one.deadline is None:
            return "–"
        return format_html("{}<br>{}", when(one.deadline), left(one.deadline, self.now))


site = admin.AdminSite("bench")
site.register(ReversePrivateEndpoint, Changelist)


def plain(request: PersonRequest, service_id: uuid.UUID) -> HttpResponse:
    """Show the same rows and columns in the same shell, after one query, with nothing around the values."""
    filters = Filters.of(request.GET)
    mine = ReversePrivateEndpoint.objects.visible_to(request.user).live().filter(service=service_id)
    found = with_pipe_counts(filters.order(filters.narrow(mine, is_stale=False)))
    rows = list(found.select_related("service__organization")[filters.start : filters.start + filters.per])
    request.service = rows[0].service
    return render(request, "bench/plain.html", {"rows": rows})


urlpatterns: list[URLPattern | URLResolver] = [
    path("bench/<uuid:service_id>/", plain),
    path("bench/admin/", site.urls),
    path("", include("endpoints.urls")),
]
