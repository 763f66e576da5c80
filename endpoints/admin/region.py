"""AWS regions, as Postern last saw them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.admin.base import Page
from endpoints.admin.tools import person
from endpoints.models import Region
from endpoints.texts import refusal_text
from endpoints.texts.orphans import finding_text


@admin.register(Region)
class RegionPage(Page):
    """AWS regions. A changed account is confirmed by `manage.py confirm_move --account`, not here."""

    list_display = ("name", "account_id", "account_seen", "account_verified_at", "listed_at", "failing_since")
    list_filter = (("failing_since", admin.EmptyFieldListFilter),)
    search_fields = ("name", "account_id")
    delete_confirmation_template = "admin/delete_or_say_why.html"
    fields = (
        "name",
        "account_id",
        "account_seen",
        "account_verified_at",
        "push_queue_url",
        "listed_at",
        "failing_since",
        "raw_error",
        "connections_listed_at",
        "connections_failing_since",
        "connections_raw_error",
        "details_at",
        "quotas",
        "quotas_at",
        "audited_at",
        "audit_error",
        "differences",
    )

    def save_model(self, request: HttpRequest, obj: Region, form: Any, change: bool) -> None:
        """Save by the intent."""
        intents.save_region(region=obj, by=person(request))

    def delete_model(self, request: HttpRequest, obj: Region) -> None:
        """Remove by the intent."""
        intents.remove_region(region=obj, by=person(request))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Remove one at a time: each says why it cannot be."""
        return {name: how for name, how in super().get_actions(request).items() if name != "delete_selected"}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say in a sentence what is in the way, if anything is."""
        for region in objs:
            try:
                intents.check_region_is_unused(region)
            except intents.IntentRefused as refused:
                return [], {}, set(), [refusal_text(refused.code, refused.params)]
        return super().get_deleted_objects(objs, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Region | None = None) -> list[str]:
        """Leave nothing open but the queue of AWS's messages, and the name of a new region."""
        open_fields = {"push_queue_url"} if obj else {"name", "push_queue_url"}
        return [field for field in self.fields if field not in open_fields]

    @admin.display(description=gettext_lazy("rows and AWS differ"))
    def differences(self, region: Region) -> str:
        """What the last match found besides orphans, in words."""
        lines = [(one["external_id"], finding_text(one["code"], one["params"])) for one in region.audit_found]
        return format_html_join(mark_safe("<br>"), "{}: {}", lines) or "–"
