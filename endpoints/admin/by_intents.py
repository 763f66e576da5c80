"""Pages on which everything is saved and removed by intents: a refusal is said, and nothing is kept."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from endpoints.admin.base import Page
from endpoints.admin.tools import WithTools, tell_refusal
from endpoints.intents import IntentRefused
from endpoints.texts import refusal_text


class ByIntents(WithTools, Page):
    """A page whose rows only intents write. They are removed one at a time: each says why it cannot be."""

    delete_confirmation_template = "admin/delete_or_say_why.html"

    def against_removing(self, obj: Any) -> list[IntentRefused]:
        """Return why a row cannot be removed; nothing if it can."""
        return []

    def goes_along(self, obj: Any) -> list[str]:
        """Return what is removed together with a row."""
        return []

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave out the removal of many."""
        return {name: how for name, how in super().get_actions(request).items() if name != "delete_selected"}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what is in the way and what to do first, or what goes along."""
        (obj,) = objs
        against = [refusal_text(refused.code, refused.params) for refused in self.against_removing(obj)]
        along = self.goes_along(obj)
        counted = {self.opts.verbose_name_plural: 1}
        return [str(obj), *([along] if along else [])], counted, set(), against

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *rest: Any, **more: Any
    ) -> Any:
        """Show or save a row; what an intent refuses is said, and nothing is saved."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, *rest, **more)
        except IntentRefused as refused:
            tell_refusal(self, request, refused)
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show or remove a row; what came in the way meanwhile is said."""
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except IntentRefused as refused:
            tell_refusal(self, request, refused)
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[object_id]))


def given(form: Any, *names: str) -> dict[str, Any]:
    """Return those of some fields that a form would change, with their values."""
    return {name: form.cleaned_data[name] for name in names if name in form.changed_data}
