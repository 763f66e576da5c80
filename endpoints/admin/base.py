"""What all pages of our admin share: staff may see and do everything that a page offers."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from endpoints.models import User

    # Django's classes are generic for the type checker only.
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyTabularInline = admin.TabularInline[Any, Any]
    AnyModelForm = forms.ModelForm[Any]
    OurUserAdmin = UserAdmin[User]
    OurUserCreationForm = AdminUserCreationForm[User]
    OurUserChangeForm = UserChangeForm[User]
else:
    AnyModelAdmin, AnyTabularInline, AnyModelForm = admin.ModelAdmin, admin.TabularInline, forms.ModelForm
    OurUserAdmin, OurUserCreationForm, OurUserChangeForm = UserAdmin, AdminUserCreationForm, UserChangeForm


def is_staff(request: HttpRequest) -> bool:
    """Say whether a request is of somebody for whom admin is meant."""
    return bool(request.user.is_active and request.user.is_staff)


class ForStaff:
    """Permissions of a page or an inline: all, for staff. Django's own model permissions say nothing."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let rows that are searched for be chosen by a widget that survives any text."""
        pages: Any = self
        if db_field.name in pages.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Picker(db_field, pages.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class Picker(AutocompleteSelect):
    """Django admin's field that finds a row; it shows what is no key at all as nothing chosen.

    Django looks that up, and ends in a 500.
    """

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Return the options, chosen ones first."""
        field: Any = self.field
        return super().optgroups(name, [one for one in value if _is_key(field.target_field, one)], attr)


def _is_key(field: Any, text: object) -> bool:
    try:
        field.get_db_prep_value(field.to_python(text), connection)
    except (ValidationError, ValueError, TypeError):
        return False
    return "\0" not in str(text)


class ReadOnly(ForStaff):
    """A page or an inline on which nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Unprocessable(AnyModelAdmin):
    """Answers a form with errors as the other pages do, with 422."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return the page of a row."""
        response = super().render_change_form(request, context, *args, **kwargs)
        if context.get("errors"):
            response.status_code = 422
        return response


class Page(ForStaff, Unprocessable):
    """A page that staff may use in full."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Let the page name what is in the way, rather than a permission that nobody has."""
        gone, counts, permissions, protected = super().get_deleted_objects(objs, request)
        return gone, counts, set() if protected else permissions, protected


class ReadOnlyPage(ReadOnly, AnyModelAdmin):
    """A page to look at."""

    show_full_result_count = False


class NamesItself(AnyTabularInline):
    """Rows below a page whose first column says what each is, so that nothing above it has to."""

    classes = ("names-itself",)

    class Media:
        css = {"all": ("postern/admin.css",)}


class ReadOnlyInline(ReadOnly, AnyTabularInline):
    """Rows below a page, to look at."""

    extra = 0
    can_delete = False
    show_change_link = False
