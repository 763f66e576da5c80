"""Pages of our own within Django admin: buttons on a row's page, and confirmations that want a reason."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from endpoints import intents
from endpoints.admin.base import AnyModelAdmin
from endpoints.models import User
from endpoints.texts import refusal_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Tool = tuple[str, "StrOrPromise"]
"""The name of an address that takes the row's key, and what its button says."""


class ReasonForm(forms.Form):
    """Why somebody does something, which the audit keeps."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_("Kept in the audit with your name."),
    )


class WithTools(AnyModelAdmin):
    """A page of a row with buttons that lead to pages of our own."""

    change_form_template = "admin/with_tools.html"

    def tools(self, request: HttpRequest, obj: Any) -> list[Tool]:
        """Return the buttons of a row."""
        return []

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the page of a row, with its buttons."""
        obj = self.get_object(request, unquote(object_id))
        tools = self.tools(request, obj) if obj is not None else []
        shown = [(reverse(f"admin:{name}", args=[object_id]), label) for name, label in tools]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "tools": shown})

    def row_or_404(self, request: HttpRequest, key: str) -> Any:
        """Return the row with a key. Raises Http404."""
        obj = self.get_object(request, unquote(key))
        if obj is None:
            raise Http404
        return obj

    def show(
        self,
        request: HttpRequest,
        template: str,
        title: "StrOrPromise",
        context: Mapping[str, Any],
        status: int = 200,
    ) -> HttpResponse:
        """Show a page of our own below this list."""
        whole = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, template, whole, status=status)


def person(request: HttpRequest) -> User:
    """Return who asks; admin lets in nobody without an account."""
    assert isinstance(request.user, User)
    return request.user


def tell_refusal(
    page: "admin.ModelAdmin[Any]", request: HttpRequest, refused: intents.IntentRefused, about: str = ""
) -> None:
    """Say why something was refused, at the top of the next page."""
    text = refusal_text(refused.code, refused.params)
    page.message_user(request, f"{about}: {text}" if about else text, messages.ERROR)


def add_refusal(form: forms.Form, refused: intents.IntentRefused) -> None:
    """Say why something was refused, at its field if the form has that."""
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, refusal_text(refused.code, refused.params))
