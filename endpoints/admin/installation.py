"""The installation: its pause, plan only, and the limits that hold where nothing else is said."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.admin.base import Page
from endpoints.admin.queue import show_queue
from endpoints.admin.tools import person
from endpoints.models import Installation


@admin.register(Installation)
class InstallationPage(Page):
    """The one installation: pause, and plan only."""

    list_display = ("id", "writes_paused", "plan_only")
    fields = (
        "id",
        "created_at",
        "writes_paused",
        "plan_only",
        "limits",
        "pg_system_identifier",
        "pg_database_oid",
    )
    readonly_fields = ("id", "created_at", "limits", "pg_system_identifier", "pg_database_oid")

    def get_urls(self) -> list[URLPattern]:
        """Add the health of the queue."""
        return [
            path("queue/", self.admin_site.admin_view(show_queue), name="endpoints_queue"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse; the first migration made the only one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse; every tag in AWS names it."""
        return False

    def save_model(self, request: HttpRequest, obj: Installation, form: Any, change: bool) -> None:
        """Pause, or let writes go on, by the intent."""
        intents.change_installation(
            writes_paused=obj.writes_paused, plan_only=obj.plan_only, by=person(request)
        )

    @admin.display(description=gettext_lazy("limits of endpoints"))
    def limits(self, installation: Installation) -> str:
        """What the settings say; a service or an organization may have a limit of its own."""
        return _("%(service)s for each service, %(organization)s for each organization") % {
            "service": settings.ENDPOINTS_PER_SERVICE,
            "organization": settings.ENDPOINTS_PER_ORGANIZATION,
        }
