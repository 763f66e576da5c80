"""The teams of a person, below the person's page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from endpoints.admin.base import AnyTabularInline, ForStaff, NamesItself
from endpoints.admin.roles import first_below
from endpoints.models import User


class MembershipInline(ForStaff, NamesItself):
    """The teams in which a person is; they can be taken out."""

    model = User.groups.through
    fields = ("team",)
    readonly_fields = ("team",)
    verbose_name_plural = gettext_lazy("Teams")
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to the form below."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the first rows with what they show."""
        known = super().get_queryset(request).select_related("group")
        return known.filter(pk__in=first_below(request, known, "user")).order_by("pk")

    @admin.display(description=gettext_lazy("team"))
    def team(self, membership: Any) -> str:
        """The team's name."""
        return str(membership.group)


class NewMembershipInline(ForStaff, AnyTabularInline):
    """A form for teams into which a person comes."""

    model = User.groups.through
    fields = ("group",)
    verbose_name = gettext_lazy("new team")
    verbose_name_plural = gettext_lazy("New teams")
    extra = 1
    can_delete = False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Call a group a team, as everywhere here."""
        return super().formfield_for_foreignkey(db_field, request, **kwargs, label=gettext_lazy("team"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return nothing: the teams that there are stand above."""
        return super().get_queryset(request).none()
