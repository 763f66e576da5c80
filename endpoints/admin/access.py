"""People, API keys and roles."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints.admin.base import (
    AnyModelForm,
    AnyTabularInline,
    ForStaff,
    OurUserAdmin,
    OurUserChangeForm,
    OurUserCreationForm,
    Page,
    is_staff,
)
from endpoints.config.apply import set_password_link
from endpoints.models import ApiKey, Role, RoleAssignment, User


class AddUserForm(OurUserCreationForm):
    """A new user, by e-mail; without a password until one is set by link."""

    class Meta:
        model = User
        fields = ("email",)


class ChangeUserForm(OurUserChangeForm):
    """A user, by e-mail."""

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "is_active", "is_staff")


class UserRoleInline(ForStaff, AnyTabularInline):
    """The roles of a user."""

    model = RoleAssignment
    fields = ("organization", "service", "role")
    autocomplete_fields = ("organization", "service")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleAssignment]:
        """Return the rows with what they show."""
        return super().get_queryset(request).select_related("user", "service", "organization")


@admin.register(User)
class UserPage(ForStaff, OurUserAdmin):
    """People. Only a superuser touches a superuser."""

    form = ChangeUserForm
    add_form = AddUserForm
    ordering = ("email",)
    list_display = ("email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "first_name", "last_name")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "first_name", "last_name")}),
        (None, {"fields": ("is_active", "is_staff", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),
    )
    inlines = (UserRoleInline,)
    actions = ("show_set_password_link",)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Refuse staff a superuser's account, password included."""
        return is_staff(request) and not (obj and obj.is_superuser and not _is_superuser(request))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """As for changes."""
        return self.has_change_permission(request, obj)

    @admin.action(description=gettext_lazy("Show a link that sets a password"))
    def show_set_password_link(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Show one link for each user, to be handed over."""
        for user in users[:20]:
            if self.has_change_permission(request, user):
                link = set_password_link(user)
                text = _("%(user)s sets a password, once, at %(link)s") % {"user": user, "link": link}
                self.message_user(request, text)
                self.log_change(request, user, "Set-password link shown.")


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


@admin.register(RoleAssignment)
class RolePage(Page):
    """All roles in one list."""

    list_display = ("user", "role", "organization", "service")
    list_filter = ("role",)
    list_select_related = ("user", "organization", "service")
    search_fields = ("user__email", "organization__name", "service__name")
    autocomplete_fields = ("user", "organization", "service")


class KeyForm(AnyModelForm):
    """A new API key; the role is one of the known ones, and the service one of the organization's."""

    role = forms.ChoiceField(label=gettext_lazy("role"), choices=Role.choices)

    class Meta:
        model = ApiKey
        fields = ("name", "organization", "service", "role")

    def clean(self) -> dict[str, Any]:
        """Refuse the service of another organization."""
        given: dict[str, Any] = super().clean() or {}
        service = given.get("service")
        if service and service.organization != given.get("organization"):
            self.add_error("service", _("This service belongs to another organization."))
        return given


@admin.register(ApiKey)
class KeyPage(Page):
    """API keys: issued here, shown once, and disabled rather than deleted: it stays known whose they were."""

    list_display = ("name", "key_id", "organization", "service", "role", "last_used_at", "disabled_at")
    list_filter = ("role", ("disabled_at", admin.EmptyFieldListFilter))
    list_select_related = ("organization", "service")
    search_fields = ("name", "key_id", "organization__name")
    autocomplete_fields = ("organization", "service")
    actions = ("disable",)

    def get_form(
        self, request: HttpRequest, obj: ApiKey | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form of a new key; of an old one only the name is open."""
        return super().get_form(request, obj, change, **(kwargs if obj else {**kwargs, "form": KeyForm}))

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[Any]:
        """Show an old key's history as well."""
        fields = ["name", "organization", "service", "role"]
        return ["key_id", *fields, "created_at", "last_used_at", "disabled_at"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """Pin all but the name of an old key."""
        return [field for field in self.get_fields(request, obj) if field != "name"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Refuse; a key is disabled."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Issue a new key and show its secret this one time."""
        if change:
            super().save_model(request, obj, form, change)
            return
        key, secret = ApiKey.issue(
            organization=obj.organization, service=obj.service, role=obj.role, name=obj.name
        )
        obj.pk, obj.key_id = key.pk, key.key_id
        text = _("Key id %(id)s, secret %(secret)s. Copy the secret now: it is shown only this once.")
        self.message_user(request, text % {"id": key.key_id, "secret": secret}, messages.WARNING)

    @admin.action(description=gettext_lazy("Disable the selected keys"))
    def disable(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """Disable keys that are in use; nothing gets in with them from then on."""
        in_use = list(keys.filter(disabled_at__isnull=True))
        keys.model.objects.filter(pk__in=[key.pk for key in in_use]).update(disabled_at=timezone.now())
        for key in in_use:
            self.log_change(request, key, "Disabled.")
        self.message_user(request, _("%(n)s keys were disabled.") % {"n": len(in_use)})
