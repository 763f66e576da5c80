"""Roles: in one list, and below the page of whoever has them and of what they are on."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from endpoints import intents
from endpoints.admin.base import AnyModelForm, AnyTabularInline, ForStaff, NamesItself
from endpoints.admin.by_intents import ByIntents
from endpoints.admin.tools import person
from endpoints.intents import IntentRefused
from endpoints.intents.roles import against_revoking, place_of
from endpoints.models import Organization, RoleAssignment, Service, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_BELOW = 100
"""How many rows stand below a page; more are in their own list, and a form has a limit of fields."""


class RoleForm(AnyModelForm):
    """A new role: of a person or a team, on a service or an organization."""

    class Meta:
        model = RoleAssignment
        fields = ("user", "team", "organization", "service", "role")

    def clean(self) -> dict[str, Any]:
        """Refuse two holders or two places, or none."""
        told: dict[str, Any] = super().clean() or {}
        self._need_one(told, "user", "team", _("Choose either a user or a team."))
        self._need_one(told, "service", "organization", _("Choose either a service or an organization."))
        return told

    def _need_one(self, told: dict[str, Any], one: str, other: str, text: str) -> None:
        if one in self.fields and other in self.fields:
            both = (told.get(one), told.get(other))
            if not self.errors and (all(both) or not any(both)):
                self.add_error(one, text)

    def _get_validation_exclusions(self) -> set[str]:
        # `clean` and the intent say in words what the constraints of the database forbid.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"user", "team", "organization", "service"}


class HeldInline(ForStaff, NamesItself):
    """The roles that there are, which can be changed and revoked; `is_by_holder`: below who has them."""

    model = RoleAssignment
    verbose_name_plural = gettext_lazy("Roles")
    extra = 0
    is_by_holder = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show who has the role, or on what it is."""
        return ["on_shown" if self.is_by_holder else "holder_shown", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Open nothing but the role itself."""
        return self.get_fields(request, obj)[:1]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to the form below."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleAssignment]:
        """Return the first rows with what they show."""
        known = super().get_queryset(request).select_related("user", "team", "service", "organization")
        return known.filter(pk__in=first_below(request, known, self.of(request))).order_by("pk")

    def of(self, request: HttpRequest) -> str:
        """Return the column that names the row of the page."""
        return {Organization: "organization", Service: "service", User: "user"}.get(self.parent_model, "team")

    @admin.display(description=gettext_lazy("who"))
    def holder_shown(self, role: RoleAssignment) -> str:
        """The person or the team, with a link."""
        return holder_link(role)

    @admin.display(description=gettext_lazy("on"))
    def on_shown(self, role: RoleAssignment) -> str:
        """The service or the organization, with a link."""
        return place_link(role)


class HeldByInline(HeldInline):
    """The same below the page of a person or a team."""

    is_by_holder = True


class NewRoleInline(ForStaff, AnyTabularInline):
    """A form for new roles on the row of the page."""

    model = RoleAssignment
    form = RoleForm
    fields: ClassVar[tuple[str, ...]] = ("user", "team", "role")
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("user",)
    verbose_name = gettext_lazy("new role")
    verbose_name_plural = gettext_lazy("New roles")
    extra = 1
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleAssignment]:
        """Return nothing: what there is stands above."""
        return super().get_queryset(request).none()


class NewRoleOfInline(NewRoleInline):
    """The same below the page of a person or a team."""

    fields = ("organization", "service", "role")
    autocomplete_fields = ("organization", "service")


ON_PLACES = (HeldInline, NewRoleInline)
OF_HOLDERS = (HeldByInline, NewRoleOfInline)


def first_below(request: HttpRequest, rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    """Return the keys of the first rows that belong to the row of the page."""
    match = request.resolver_match
    key = unquote(str(match.kwargs.get("object_id"))) if match else ""
    mine: QuerySet[Any] = rows.model._default_manager.filter(**{column: key}).order_by("pk")
    return mine.values("pk")[:MOST_BELOW]


def save_roles(request: HttpRequest, formset: Any) -> None:
    """Grant, change and revoke what a formset of roles says; new ones first, so that an admin remains."""
    formset.save(commit=False)
    by = person(request)
    for role in formset.new_objects:
        intents.grant_role(on=place_of(role), to=role.user or role.team, role=role.role, by=by)
    for role, _fields in formset.changed_objects:
        intents.change_role(assignment=role, role=role.role, by=by)
    for role in formset.deleted_objects:
        intents.revoke_role(assignment=role, by=by)


def role_list_link(column: str, key: int | uuid.UUID, number: int) -> str:
    """Return a link to the list of the roles of one holder or place."""
    words = ngettext("%(n)s role", "%(n)s roles", number) % {"n": number}
    address = reverse("admin:endpoints_roleassignment_changelist")
    return format_html('<a href="{}?{}__id__exact={}">{}</a>', address, column, quote(key), words)


def holder_link(role: RoleAssignment) -> str:
    """Return a link to who has a role."""
    if role.user is not None:
        return _link("endpoints_user", role.user_id, role.user)
    return _link("endpoints_team", role.team_id, role.team)


def place_link(role: RoleAssignment) -> str:
    """Return a link to what a role is on."""
    if role.service is not None:
        return _link("endpoints_service", role.service_id, role.service)
    return _link("endpoints_organization", role.organization_id, role.organization)


def _link(name: str, key: object, words: object) -> str:
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{name}_change", args=[key]), words)


class HolderFilter(admin.SimpleListFilter):
    """Whether a role is a person's or a team's."""

    title = gettext_lazy("holder")
    parameter_name = "holder"

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        """Return both."""
        return [("person", gettext_lazy("A person")), ("team", gettext_lazy("A team"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those that are as asked for."""
        of_team = {"person": True, "team": False}.get(self.value() or "")
        return queryset if of_team is None else queryset.filter(team__isnull=of_team)


@admin.register(RoleAssignment)
class RolePage(ByIntents):
    """All roles in one list. Of one that there is only the role itself changes."""

    form = RoleForm
    list_display = ("holder_shown", "role", "on_shown", "organization_shown")
    list_filter = ("role", HolderFilter, ("user__is_active", admin.BooleanFieldListFilter))
    list_select_related = ("user", "team", "organization", "service__organization")
    search_fields = ("user__email", "team__name", "organization__name", "service__name")
    autocomplete_fields = ("user", "organization", "service")

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Let other pages lead to the roles of one holder or place."""
        mine = {f"{name}__id__exact" for name in ("user", "team", "organization", "service")}
        return lookup in mine or super().lookup_allowed(lookup, value, request)

    def get_fields(self, request: HttpRequest, obj: RoleAssignment | None = None) -> list[Any]:
        """Show what a role that there is was given on."""
        return ["holder_shown", "on_shown", "role"] if obj else list(RoleForm.Meta.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: RoleAssignment | None = None) -> list[str]:
        """Pin holder and place of a role that there is."""
        return ["holder_shown", "on_shown"] if obj else []

    @admin.display(description=gettext_lazy("who"), ordering="user__email")
    def holder_shown(self, role: RoleAssignment) -> str:
        """The person or the team."""
        return holder_link(role)

    @admin.display(description=gettext_lazy("on"), ordering="service__name")
    def on_shown(self, role: RoleAssignment) -> str:
        """The service or the organization."""
        return place_link(role)

    @admin.display(description=gettext_lazy("organization"))
    def organization_shown(self, role: RoleAssignment) -> str:
        """The organization that it is on, or in."""
        return str(role.organization if role.service is None else role.service.organization)

    def save_model(self, request: HttpRequest, obj: RoleAssignment, form: Any, change: bool) -> None:
        """Grant or change by the intents."""
        by = person(request)
        if change:
            intents.change_role(assignment=obj, role=obj.role, by=by)
            return
        holder: User | Group | None = obj.user or obj.team
        assert holder is not None  # the form said so
        made = intents.grant_role(on=place_of(obj), to=holder, role=obj.role, by=by)
        obj.pk = made.pk

    def against_removing(self, obj: RoleAssignment) -> list[IntentRefused]:
        """Ask the intents."""
        return against_revoking(RoleAssignment.objects.filter(pk=obj.pk))

    def delete_model(self, request: HttpRequest, obj: RoleAssignment) -> None:
        """Revoke by the intent."""
        intents.revoke_role(assignment=obj, by=person(request))
