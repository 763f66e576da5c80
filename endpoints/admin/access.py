"""People and roles."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints.admin.base import (
    AnyTabularInline,
    ForStaff,
    OurUserAdmin,
    OurUserChangeForm,
    OurUserCreationForm,
    Page,
    Unprocessable,
    is_staff,
)
from endpoints.config.apply import set_password_link
from endpoints.models import RoleAssignment, User


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
class UserPage(ForStaff, Unprocessable, OurUserAdmin):
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

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Take a password for somebody; 422 for what is none."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 200:
            response.status_code = 422
        return response

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
