"""API keys in Django admin: issued, rotated and disabled by the same intents as on the pages.

A secret stands in the answer to the form and nowhere else; Django's messages would put it into a cookie.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_variables

from endpoints import intents
from endpoints.admin.base import Page, is_staff
from endpoints.admin.key_forms import ChangeKeyForm, KeyForm, RotateForm
from endpoints.intents import IntentRefused
from endpoints.models import ApiKey, User
from endpoints.texts import refusal_text
from endpoints.texts.keys import KEY_STATES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


_SECRET = "postern.key_secret"


_STATES: dict[str, Any] = {
    "in": lambda keys: keys.getting_in(),
    "expiring": lambda keys: keys.expiring(),
    "unused": lambda keys: keys.getting_in().filter(last_used_at__isnull=True),
    "endless": lambda keys: keys.getting_in().filter(expires_at__isnull=True),
    "gone": lambda keys: keys.filter(created_by__is_active=False, disabled_at__isnull=True),
    "out": lambda keys: keys.ended(),
}


class StateFilter(admin.SimpleListFilter):
    """What keys are now."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, "StrOrPromise"]]:
        """Return what can be told apart."""
        return [
            ("in", gettext_lazy("Gets in")),
            ("expiring", gettext_lazy("Expires within 14 days")),
            ("unused", gettext_lazy("Gets in, never used")),
            ("endless", gettext_lazy("Gets in and never expires")),
            ("gone", gettext_lazy("Issuer disabled")),
            ("out", gettext_lazy("Does not get in")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        """Keep those that are as asked for."""
        keep = _STATES.get(self.value() or "")
        return queryset if keep is None else keep(queryset)


@admin.register(ApiKey)
class KeyPage(Page):
    """API keys. They are disabled rather than deleted: it stays known whose they were."""

    list_display = (
        "name",
        "key_id",
        "organization",
        "service",
        "role",
        "state",
        "last_used_at",
        "expires_at",
    )
    list_filter = (StateFilter, "role")
    list_select_related = ("organization", "service", "created_by")
    search_fields = ("name", "key_id", "organization__name", "service__name", "created_by__email")
    autocomplete_fields = ("organization", "service")
    actions = ("disable",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """Return the rows with the time at which they are read."""
        rows: QuerySet[ApiKey] = super().get_queryset(request).annotate(read_at=Now())
        return rows

    def get_form(
        self, request: HttpRequest, obj: ApiKey | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form of a new key, or that of an old one."""
        form = ChangeKeyForm if obj else KeyForm
        return super().get_form(request, obj, change, **{**kwargs, "form": form})

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[Any]:
        """Show an old key's history as well."""
        if obj is None:
            return ["name", "organization", "service", "role", "ends", "once"]
        times = ["created_at", "created_by", "expires_at", "last_used_at", "disabled_at"]
        return ["name", "key_id", "state", "organization", "service", "role", *times, "successor", "rotation"]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """Pin all but the name of an old key."""
        return [field for field in self.get_fields(request, obj) if field != "name"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Refuse; a key is disabled."""
        return False

    @admin.display(description=gettext_lazy("state"))
    def state(self, key: ApiKey) -> str:
        """What the key is now, in words."""
        return str(KEY_STATES[key.state(key.__dict__["read_at"])])

    @admin.display(description=gettext_lazy("rotation"))
    def rotation(self, key: ApiKey) -> str:
        """The way to a successor, as long as there may be one."""
        if key.successor_id is not None or not key.state(key.__dict__["read_at"]).gets_in:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:endpoints_apikey_rotate", args=[key.pk]), _("Rotate…")
        )

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what was refused only while it was done: a form that was sent twice at once."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntentRefused as refused:
            self.message_user(request, refusal_text(refused.code, refused.params), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:endpoints_apikey_changelist"))

    @method_decorator(sensitive_variables("secret"))
    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Issue a new key, or give an old one its new name."""
        assert isinstance(request.user, User)
        given = form.cleaned_data
        if change:
            intents.change_key(key=obj, name=given["name"], by=request.user)
            return
        key, secret = intents.issue_key(
            place=given["service"] or given["organization"],
            name=given["name"],
            role=given["role"],
            days=given["ends"],
            by=request.user,
            form_key=given["once"],
        )
        obj.__dict__ = key.__dict__
        request.META[_SECRET] = secret  # for the answer, in this process and this request only

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: Any = None) -> HttpResponse:
        """Show the secret, this one time."""
        return self._show_secret(request, obj, request.META.pop(_SECRET))

    @sensitive_variables("secret")
    def _show_secret(self, request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Copy the secret now"),
            "opts": self.opts,
            "key": key,
            "secret": secret,
        }
        response = TemplateResponse(request, "admin/key_secret.html", context)
        add_never_cache_headers(response)
        return response

    def get_urls(self) -> list[Any]:
        """Add the page on which a key is rotated."""
        view = self.admin_site.admin_view(self.rotate)
        mine: list[URLPattern] = [path("<path:object_id>/rotate/", view, name="endpoints_apikey_rotate")]
        return [*mine, *super().get_urls()]

    @method_decorator(sensitive_variables("secret"))
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Issue a key's successor, and show its secret."""
        if not is_staff(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        key = self.get_object(request, object_id)
        if key is None:
            return HttpResponseRedirect(reverse("admin:endpoints_apikey_changelist"))
        form = RotateForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                successor, secret = intents.rotate_key(key=key, by=request.user, **form.cleaned_data)
            except IntentRefused as refused:
                field = refused.field if refused.field in form.fields else None
                form.add_error(field, refusal_text(refused.code, refused.params))
            else:
                self.log_change(request, key, "Rotated.")
                return self._show_secret(request, successor, secret)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Rotate: %(name)s") % {"name": key.name},
            "opts": self.opts,
            "key": key,
            "form": form,
        }
        return TemplateResponse(request, "admin/rotate_key.html", context, status=422 if form.errors else 200)

    @admin.action(description=gettext_lazy("Disable the selected keys"))
    def disable(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """Disable keys that are not yet; nothing gets in with them from then on."""
        assert isinstance(request.user, User)
        going = list(keys.filter(Q(disabled_at__isnull=True)))
        for key in going:
            intents.disable_key(key=key, by=request.user)
            self.log_change(request, key, "Disabled.")
        text = ngettext("%(n)s key was disabled.", "%(n)s keys were disabled.", len(going))
        self.message_user(request, text % {"n": len(going)})
