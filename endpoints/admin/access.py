"""People: who may sign in, who is disabled, and what depends on each."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import audit, intents
from endpoints.admin import signing_in
from endpoints.admin.base import OurUserAdmin, OurUserChangeForm, OurUserCreationForm, is_staff
from endpoints.admin.by_intents import ByIntents, given
from endpoints.admin.roles import OF_HOLDERS, save_roles
from endpoints.admin.team_of import MembershipInline, NewMembershipInline
from endpoints.admin.tools import ReasonForm, Tool, person, tell_refusal
from endpoints.config.apply import set_password_link
from endpoints.domain.actions import Action
from endpoints.intents import IntentRefused
from endpoints.models import ApiKey, HandOff, RoleAssignment, Service, User

_OPEN = ("email", "first_name", "last_name", "is_staff")
SHOWN_MOST = 20


class AddUserForm(OurUserCreationForm):
    """A new user, by e-mail; without a password until one is set by link."""

    class Meta:
        model = User
        fields = ("email",)


class ChangeUserForm(OurUserChangeForm):
    """A user, by e-mail. Whoever is disabled was so by the button, which says what that ends."""

    class Meta:
        model = User
        fields = _OPEN


@admin.register(User)
class UserPage(ByIntents, OurUserAdmin):
    """People. Only a superuser touches a superuser."""

    form = ChangeUserForm
    add_form = AddUserForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "first_name", "last_name", "groups__name")
    filter_horizontal = ()
    readonly_fields = ("can_sign_in", "last_login", "date_joined", "owns")
    fieldsets = (
        (None, {"fields": ("email", "password", "first_name", "last_name", "is_staff")}),
        (None, {"fields": ("can_sign_in", "last_login", "date_joined", "owns")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),
    )
    inlines = (MembershipInline, NewMembershipInline, *OF_HOLDERS)
    actions = ("show_set_password_link", "disable", "enable", *signing_in.ACTIONS)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        """Leave teams and roles to the page of a user that there is."""
        return self.inlines if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Refuse staff a superuser's account, password included."""
        return is_staff(request) and not (obj and obj.is_superuser and not person(request).is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """As for changes."""
        return self.has_change_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """Add what disables and enables."""
        shut, let = self.admin_site.admin_view(self.disable_one), self.admin_site.admin_view(self.enable_one)
        return [
            path("<path:key>/disable/", shut, name="endpoints_user_disable"),
            path("<path:key>/enable/", let, name="endpoints_user_enable"),
            *super().get_urls(),
        ]

    def tools(self, request: HttpRequest, obj: User) -> list[Tool]:
        """Offer what can be done now."""
        if not self.has_change_permission(request, obj):
            return []
        if obj.is_active:
            return [("endpoints_user_disable", gettext_lazy("Disable…"))]
        return [("endpoints_user_enable", gettext_lazy("Enable…"))]

    @admin.display(description=gettext_lazy("can sign in"), boolean=True)
    def can_sign_in(self, user: User) -> bool:
        """Whether the account is not disabled."""
        return user.is_active

    @admin.display(description=gettext_lazy("owns"))
    def owns(self, user: User) -> str:
        """The services that this person answers for."""
        owned = Service.objects.filter(owner=user).select_related("organization")[:SHOWN_MOST]
        links = (
            (reverse("admin:endpoints_service_change", args=[service.pk]), service, service.organization)
            for service in owned
        )
        return format_html_join(", ", '<a href="{}">{}</a> ({})', links) or "–"

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save by the intents."""
        if change:
            intents.change_user(user=obj, by=person(request), **given(form, *_OPEN))
            return
        password = form.cleaned_data.get("password1") if obj.has_usable_password() else None
        made = intents.create_user(email=obj.email, password=password, by=person(request))
        obj.pk, obj._state.adding = made.pk, False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save teams and roles by the intents."""
        if formset.model is RoleAssignment:
            save_roles(request, formset)
            return
        formset.save(commit=False)
        for one in formset.new_objects:
            intents.change_team(team=one.group, add=[one.user], by=person(request))
        for one in formset.deleted_objects:
            intents.change_team(team=one.group, remove=[one.user], by=person(request))

    def against_removing(self, obj: User) -> list[IntentRefused]:
        """Ask the intents."""
        return intents.against_removing_user(obj)

    def goes_along(self, obj: User) -> list[str]:
        """Name the roles."""
        return [str(role) for role in obj.role_assignments.select_related("user", "service", "organization")]

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Remove by the intent."""
        intents.remove_user(user=obj, by=person(request))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Let staff set a password, which the audit keeps; 422 for what is none."""
        with transaction.atomic():
            before = (
                User.objects.filter(pk=id).values_list("password", flat=True).first()
                if id.isdigit()
                else None
            )
            response = super().user_change_password(request, id, form_url)
            user = User.objects.filter(pk=id).first() if before is not None else None
            if user is not None and user.password != before:
                audit.record(Action.PASSWORD_CHANGED, by=person(request), on=user)
        if request.method == "POST" and response.status_code == 200:
            response.status_code = 422
        return response

    @admin.action(description=gettext_lazy("Show a link that sets a password"))
    def show_set_password_link(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Show one link for each user, to be handed over."""
        refused = []
        for user in users[:SHOWN_MOST]:
            if not self.has_change_permission(request, user):
                refused.append(user.email)
            else:
                link = set_password_link(user)
                text = _("%(user)s sets a password, once, at %(link)s") % {"user": user, "link": link}
                self.message_user(request, text)
                self.log_change(request, user, "Set-password link shown.")
                audit.record(Action.USER_LINK_SHOWN, by=person(request), on=user)
        if refused:
            said = _("Only a superuser touches a superuser: %(users)s") % {"users": ", ".join(refused)}
            self.message_user(request, said, messages.ERROR)

    @admin.action(description=gettext_lazy("Disable the selected users"))
    def disable(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        """Say what ends for each, ask why, and disable them."""
        return self._disable(request, list(users[:SHOWN_MOST]))

    @admin.action(description=gettext_lazy("Enable the selected users"))
    def enable(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Let people sign in again."""
        for user in users[:SHOWN_MOST]:
            self._enable(request, user)

    def disable_one(self, request: HttpRequest, key: str) -> HttpResponse:
        """Disable one person, from their page."""
        user: User = self.row_or_404(request, key)
        done = self._disable(request, [user])
        return done or HttpResponseRedirect(reverse("admin:endpoints_user_change", args=[user.pk]))

    def enable_one(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask whether to enable one person, and do."""
        user: User = self.row_or_404(request, key)
        if request.method == "POST":
            self._enable(request, user)
            return HttpResponseRedirect(reverse("admin:endpoints_user_change", args=[user.pk]))
        return self.show(request, "admin/enable_user.html", _("Enable a user"), {"original": user})

    def _disable(self, request: HttpRequest, users: list[User]) -> HttpResponse | None:
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            for user in users:
                self._disable_now(request, user, form.cleaned_data["reason"])
            return None
        original = users[0] if len(users) == 1 else None
        context = {"form": form, "original": original, "ending": [_ending(user) for user in users]}
        return self.show(
            request, "admin/disable_users.html", _("Disable users"), context, 422 if form.errors else 200
        )

    def _disable_now(self, request: HttpRequest, user: User, reason: str) -> None:
        try:
            done = intents.disable_user(user=user, by=person(request), reason=reason)
        except IntentRefused as refused:
            tell_refusal(self, request, refused, str(user))
            return
        self.log_change(request, user, "Disabled.")
        self.message_user(request, _("The account was disabled: %(user)s") % {"user": user})
        if done.services:
            said = {"names": ", ".join(map(str, done.services))}
            text = _("These services have no active owner now: %(names)s. Transfer them.") % said
            self.message_user(request, text, messages.WARNING)
        if done.organizations:
            said = {"names": ", ".join(map(str, done.organizations))}
            text = _("These organizations have no admin now: %(names)s. Make somebody an admin.") % said
            self.message_user(request, text, messages.WARNING)

    def _enable(self, request: HttpRequest, user: User) -> None:
        intents.enable_user(user=user, by=person(request))
        self.log_change(request, user, "Enabled.")
        self.message_user(request, _("Can sign in again: %(user)s") % {"user": user})


def _ending(user: User) -> dict[str, Any]:
    """Return what ends with a person, for the question whether to disable them."""
    return {
        "user": user,
        "keys": ApiKey.objects.filter(created_by=user, disabled_at__isnull=True).count(),
        "links": HandOff.objects.open().filter(created_by=user).count(),
        "services": list(Service.objects.filter(owner=user)[:SHOWN_MOST]),
    }
