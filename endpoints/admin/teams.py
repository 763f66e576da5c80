"""Teams: Django's groups, with the people in them and the roles that they have."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.admin.base import AnyModelForm, AnyTabularInline, ForStaff, NamesItself
from endpoints.admin.by_intents import ByIntents, given
from endpoints.admin.roles import OF_HOLDERS, first_below, role_list_link, save_roles
from endpoints.admin.tools import person
from endpoints.intents import IntentRefused
from endpoints.intents.roles import against_revoking
from endpoints.models import RoleAssignment, Team, User
from endpoints.models.counting import Counted

Membership = User.groups.through


class MembersInline(ForStaff, NamesItself):
    """Who is in a team; they can be taken out. The first of them: more are found among the users."""

    model = Membership
    fields = ("who",)
    readonly_fields = ("who",)
    verbose_name_plural = gettext_lazy("People")
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to the form below."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the first rows with what they show."""
        known = super().get_queryset(request).select_related("user")
        return known.filter(pk__in=first_below(request, known, "group")).order_by("pk")

    @admin.display(description=gettext_lazy("person"))
    def who(self, membership: Any) -> str:
        """The person, with what keeps them from having the team's roles."""
        disabled = "" if membership.user.is_active else gettext_lazy("disabled")
        return format_html("{} {}", membership.user.email, disabled)


class NewMemberInline(ForStaff, AnyTabularInline):
    """A form for people who come into a team."""

    model = Membership
    fields = ("user",)
    autocomplete_fields = ("user",)
    verbose_name = gettext_lazy("new person")
    verbose_name_plural = gettext_lazy("New people")
    extra = 1
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return nothing: who is in stands above."""
        return super().get_queryset(request).none()


class TeamForm(AnyModelForm):
    """A team, by name."""

    class Meta:
        model = Team
        fields = ("name",)


@admin.register(Team)
class TeamPage(ByIntents):
    """Teams. Whoever is in one has its roles; an organization that has an admin keeps one."""

    form = TeamForm
    list_display = ("name", "people_in_it", "roles_of_it")
    search_fields = ("name", "user__email")
    readonly_fields = ("people_in_it", "roles_of_it")
    inlines = (MembersInline, NewMemberInline, *OF_HOLDERS)

    def get_fields(self, request: HttpRequest, obj: Team | None = None) -> list[Any]:
        """Show the numbers of a team that there is."""
        return ["name", "people_in_it", "roles_of_it"] if obj else ["name"]

    def get_inlines(self, request: HttpRequest, obj: Team | None) -> Any:
        """Leave people and roles to the page of a team that there is."""
        return self.inlines if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Return the rows with the numbers of their people and roles."""
        people = Membership.objects.filter(group=OuterRef("pk")).order_by().values("pk")
        roles = RoleAssignment.objects.filter(team=OuterRef("pk")).order_by().values("pk")
        counted = {"n_people": Counted(people), "n_roles": Counted(roles)}
        rows: QuerySet[Team] = super().get_queryset(request).annotate(**counted)
        return rows

    @admin.display(description=gettext_lazy("people"))
    def people_in_it(self, team: Team) -> int:
        """The number of people."""
        number: int = getattr(team, "n_people", 0)
        return number

    @admin.display(description=gettext_lazy("roles"))
    def roles_of_it(self, team: Team) -> str:
        """The number of roles, with a link to them."""
        return role_list_link("team", team.pk, getattr(team, "n_roles", 0))

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        """Save by the intents."""
        if change:
            intents.change_team(team=obj, by=person(request), **given(form, "name"))
        else:
            obj.pk = intents.create_team(name=obj.name, by=person(request)).pk
            obj._state.adding = False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save people and roles by the intents."""
        if formset.model is RoleAssignment:
            save_roles(request, formset)
            return
        formset.save(commit=False)
        coming = [one.user for one in formset.new_objects]
        going = [one.user for one in formset.deleted_objects]
        intents.change_team(team=form.instance, add=coming, remove=going, by=person(request))

    def against_removing(self, obj: Team) -> list[IntentRefused]:
        """Ask the intents."""
        return against_revoking(RoleAssignment.objects.filter(team=obj))

    def goes_along(self, obj: Team) -> list[str]:
        """Name its roles."""
        roles = RoleAssignment.objects.filter(team=obj).select_related("team", "service", "organization")
        return [str(role) for role in roles]

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        """Remove by the intent."""
        intents.remove_team(team=obj, by=person(request))
