"""Organizations and services: who owns them, who has which role there, and how much they may have."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.admin.base import NamesItself, ReadOnlyInline
from endpoints.admin.by_intents import ByIntents, given
from endpoints.admin.roles import ON_PLACES, first_below, role_list_link, save_roles
from endpoints.admin.tools import person
from endpoints.intents import IntentRefused
from endpoints.models import Organization, RoleAssignment, Service
from endpoints.models.counting import Counted
from endpoints.models.limits import (
    Usage,
    usage_of_organization,
    with_organization_usage,
)


def used_text(usage: Usage) -> str:
    """Return how many endpoints of how many are used."""
    return _("%(used)d of %(limit)d") % {"used": usage.used, "limit": usage.limit}


def roles_on(**on: Any) -> QuerySet[RoleAssignment]:
    """Return the roles on a place, with what they show."""
    return RoleAssignment.objects.filter(**on).select_related("user", "team", "service", "organization")


def owner_text(service: Service) -> str:
    """Return who answers for a service, marked where nobody does."""
    if service.has_active_owner:
        return str(service.owner)
    return format_html("<strong>⚠ {}</strong> {}", _("No active owner"), service.owner or "")


class OfTenants(ByIntents):
    """What pages of organizations and of services have in common: roles below, and their number."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Leave what is below to the page of a row that there is."""
        return self.inlines if obj else ()

    @admin.display(description=gettext_lazy("roles"))
    def roles_on_it(self, row: Any) -> str:
        """The number of roles given on it, with a link to all of them."""
        column = "organization" if isinstance(row, Organization) else "service"
        return role_list_link(column, row.pk, roles_on(**{column: row.pk}).count())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save roles by the intents."""
        if formset.model is RoleAssignment:
            save_roles(request, formset)
        else:
            super().save_formset(request, form, formset, change)  # services, to look at


class ServiceInline(NamesItself, ReadOnlyInline):
    """The services of an organization, the first of them."""

    model = Service
    fields = ("link", "owner_shown", "contact", "region")
    readonly_fields = fields
    verbose_name_plural = gettext_lazy("Services")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """Return the rows with their owners."""
        known = super().get_queryset(request).select_related("owner")
        return known.filter(pk__in=first_below(request, known, "organization"))

    @admin.display(description=gettext_lazy("service"))
    def link(self, service: Service) -> str:
        """The name, with a link."""
        address = reverse("admin:endpoints_service_change", args=[service.pk])
        return format_html('<a href="{}">{}</a>', address, service.name)

    @admin.display(description=gettext_lazy("owner"))
    def owner_shown(self, service: Service) -> str:
        """Who answers for it."""
        return owner_text(service)


@admin.register(Organization)
class OrganizationPage(OfTenants):
    """Organizations; their services are added on the page of services."""

    list_display = ("name", "id", "services_in_it", "endpoints_used", "created_at")
    search_fields = ("name",)
    fields = ("id", "name", "created_at", "endpoint_limit", "endpoints_used", "services_in_it", "roles_on_it")
    readonly_fields = ("id", "created_at", "endpoints_used", "services_in_it", "roles_on_it")
    inlines = (ServiceInline, *ON_PLACES)

    def get_fields(self, request: HttpRequest, obj: Organization | None = None) -> list[Any]:
        """Show the numbers of an organization that there is."""
        return list(self.fields) if obj else ["name", "endpoint_limit"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        """Return the rows with the numbers of their services and endpoints."""
        services = Counted(Service.objects.filter(organization=OuterRef("pk")).order_by().values("pk"))
        return with_organization_usage(super().get_queryset(request)).annotate(n_services=services)

    @admin.display(description=Service._meta.verbose_name_plural)
    def services_in_it(self, organization: Organization) -> str:
        """The number of services, with a link to them."""
        address = reverse("admin:endpoints_service_changelist")
        number = getattr(organization, "n_services", 0)
        query = f"organization__id__exact={organization.pk}"
        return format_html('<a href="{}?{}">{}</a>', address, query, number)

    @admin.display(description=gettext_lazy("endpoints used"))
    def endpoints_used(self, organization: Organization) -> str:
        """How many of how many."""
        return "–" if organization._state.adding else used_text(usage_of_organization(organization))

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        """Save by the intents."""
        by = person(request)
        if change:
            changes = given(form, "name", "endpoint_limit")
            intents.change_organization(organization=obj, by=by, **changes)
            return
        limit = obj.endpoint_limit
        intents.create_organization(id=obj.pk, name=obj.name, endpoint_limit=limit, by=by)
        obj._state.adding = False

    def against_removing(self, obj: Organization) -> list[IntentRefused]:
        """Ask the intents."""
        return intents.against_removing_organization(obj)

    def goes_along(self, obj: Organization) -> list[str]:
        """Name its roles."""
        return [str(role) for role in roles_on(organization=obj)]

    def delete_model(self, request: HttpRequest, obj: Organization) -> None:
        """Remove by the intent."""
        intents.remove_organization(organization=obj, by=person(request))
