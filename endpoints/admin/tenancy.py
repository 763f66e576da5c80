"""Organizations and services, with the roles that people have on them."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints.admin.base import AnyModelForm, AnyTabularInline, ForStaff, Page
from endpoints.domain.regions import is_aws_region
from endpoints.models import Organization, RoleAssignment, Service
from endpoints.models.counting import Counted
from endpoints.models.limits import (
    Usage,
    usage_of_organization,
    usage_of_service,
    with_organization_usage,
    with_service_usage,
)


def _said(usage: Usage) -> str:
    return _("%(used)d of %(limit)d") % {"used": usage.used, "limit": usage.limit}


class RoleInline(ForStaff, AnyTabularInline):
    """Who has which role here."""

    model = RoleAssignment
    fields = ("user", "role")
    autocomplete_fields = ("user",)
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleAssignment]:
        """Return the rows with what they show."""
        return super().get_queryset(request).select_related("user", "service", "organization")


@admin.register(Organization)
class OrganizationPage(Page):
    """Organizations; their services are added on the page of services."""

    list_display = ("name", "id", "services_in_it", "endpoints_used", "created_at")
    search_fields = ("name",)
    fields = ("id", "name", "created_at", "endpoint_limit", "endpoints_used")
    readonly_fields = ("id", "created_at", "endpoints_used")
    inlines = (RoleInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        """Return the rows with the numbers of their services and endpoints."""
        services = Counted(Service.objects.filter(organization=OuterRef("pk")).order_by().values("pk"))
        return with_organization_usage(super().get_queryset(request)).annotate(n_services=services)

    @admin.display(description=Service._meta.verbose_name_plural)
    def services_in_it(self, organization: Organization) -> int:
        """The number of services."""
        number: int = getattr(organization, "n_services", 0)
        return number

    @admin.display(description=gettext_lazy("endpoints used"))
    def endpoints_used(self, organization: Organization) -> str:
        """How many of how many."""
        return "–" if organization._state.adding else _said(usage_of_organization(organization))


class ServiceForm(AnyModelForm):
    """A service, with regions that exist as far as their names tell."""

    class Meta:
        model = Service
        fields = (
            "organization",
            "name",
            "provider",
            "region",
            "created_at",
            "clickpipes_region_override",
            "endpoint_limit",
        )

    def clean(self) -> dict[str, Any]:
        """Refuse what is not the name of an AWS region where one is asked for."""
        given: dict[str, Any] = super().clean() or {}
        regions = {"clickpipes_region_override": given.get("clickpipes_region_override")}
        if given.get("provider") == Service.Provider.AWS:
            regions["region"] = given.get("region")
        for field, region in regions.items():
            if region and not is_aws_region(region):
                self.add_error(field, _("This is not an AWS region name, such as eu-central-1."))
        return given


@admin.register(Service)
class ServicePage(Page):
    """Services. A service belongs to its organization for ever."""

    form = ServiceForm
    list_display = (
        "name",
        "id",
        "organization",
        "provider",
        "region",
        "runs_clickpipes_in",
        "endpoints_used",
    )
    list_filter = ("provider", "organization")
    list_select_related = ("organization",)
    search_fields = ("name", "organization__name")
    autocomplete_fields = ("organization",)
    inlines = (RoleInline,)

    def get_fields(self, request: HttpRequest, obj: Service | None = None) -> list[Any]:
        """Show the id and the resulting region of a service that exists."""
        fields = list(ServiceForm.Meta.fields)
        return ["id", *fields, "endpoints_used", "runs_clickpipes_in"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Service | None = None) -> list[str]:
        """Pin the organization of a service that exists."""
        return ["id", "organization", "endpoints_used", "runs_clickpipes_in"] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """Return the rows with the number of their endpoints."""
        return with_service_usage(super().get_queryset(request))

    @admin.display(description=gettext_lazy("endpoints used"))
    def endpoints_used(self, service: Service) -> str:
        """How many of how many."""
        return _said(usage_of_service(service))

    @admin.display(description="ClickPipes")
    def runs_clickpipes_in(self, service: Service) -> str:
        """The AWS region of the service's endpoints."""
        return service.clickpipes_region
