"""Services: what describes them, who owns them and who has which role there, and how much they may have."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from endpoints import intents
from endpoints.admin.base import AnyModelForm, Picker
from endpoints.admin.by_intents import given
from endpoints.admin.roles import ON_PLACES
from endpoints.admin.tenancy import OfTenants, owner_text, roles_on, used_text
from endpoints.admin.tenancy_filters import LabelFilter, OwnerFilter
from endpoints.admin.tools import ReasonForm, Tool, person, tell_refusal
from endpoints.domain.labels import clean_labels
from endpoints.domain.regions import is_aws_region
from endpoints.domain.types import SpecError
from endpoints.intents import IntentRefused
from endpoints.models import Service, User
from endpoints.models.limits import usage_of_service, with_service_usage
from endpoints.texts import refusal_text

MOST_AT_ONCE = 100  # services of one transfer

_DESCRIPTION = ("name", "contact", "labels")
_PLACE = ("provider", "region", "created_at", "clickpipes_region_override", "endpoint_limit")


class ServiceForm(AnyModelForm):
    """A service, with regions that exist as far as their names tell."""

    class Meta:
        model = Service
        fields = ("organization", "name", "owner", "contact", "labels", *_PLACE)

    def clean(self) -> dict[str, Any]:
        """Refuse what is not the name of an AWS region where one is asked for."""
        told: dict[str, Any] = super().clean() or {}
        regions = {"clickpipes_region_override": told.get("clickpipes_region_override")}
        if told.get("provider") == Service.Provider.AWS:
            regions["region"] = told.get("region")
        for field, region in regions.items():
            if region and not is_aws_region(region):
                self.add_error(field, _("This is not an AWS region name, such as eu-central-1."))
        return told

    def clean_labels(self) -> list[str]:
        """Hold the labels against the one rule of labels."""
        try:
            return clean_labels(self.cleaned_data["labels"] or [])
        except SpecError as error:
            raise forms.ValidationError(refusal_text(error.code, error.params)) from None


class TransferForm(ReasonForm):
    """Who owns services from now on, and why."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("New owner"),
        queryset=User.objects.filter(is_active=True),
        widget=Picker(Service._meta.get_field("owner"), admin.site),
    )
    field_order = ("owner", "reason")


@admin.register(Service)
class ServicePage(OfTenants):
    """Services. A service belongs to its organization for ever; its owner changes by a transfer."""

    form = ServiceForm
    list_display = (
        "name",
        "organization",
        "owner_shown",
        "contact",
        "labels_shown",
        "place",
        "endpoints_used",
    )
    list_filter = (OwnerFilter, LabelFilter, "provider", "organization")
    list_select_related = ("organization", "owner")
    search_fields = ("name", "organization__name", "owner__email", "contact", "id")
    autocomplete_fields = ("organization", "owner")
    inlines = ON_PLACES
    actions = ("transfer",)

    def get_fields(self, request: HttpRequest, obj: Service | None = None) -> list[Any]:
        """Show the id and the resulting region of a service that exists."""
        fields = list(ServiceForm.Meta.fields)
        if obj is None:
            return fields
        fields[fields.index("owner")] = "owner_shown"
        return ["id", *fields, "endpoints_used", "runs_clickpipes_in", "roles_on_it"]

    def get_readonly_fields(self, request: HttpRequest, obj: Service | None = None) -> list[str]:
        """Pin the organization and the owner of a service that exists."""
        shown = ["endpoints_used", "runs_clickpipes_in", "roles_on_it"]
        return ["id", "organization", "owner_shown", *shown] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """Return the rows with the number of their endpoints."""
        return with_service_usage(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        """Add the transfer of one service."""
        view = self.admin_site.admin_view(self.transfer_one)
        return [path("<path:key>/transfer/", view, name="endpoints_service_transfer"), *super().get_urls()]

    def tools(self, request: HttpRequest, obj: Service) -> list[Tool]:
        """Offer the transfer."""
        return [("endpoints_service_transfer", gettext_lazy("Transfer ownership…"))]

    @admin.display(description=gettext_lazy("owner"), ordering="owner__email")
    def owner_shown(self, service: Service) -> str:
        """Who answers for it."""
        return owner_text(service)

    @admin.display(description=gettext_lazy("labels"))
    def labels_shown(self, service: Service) -> str:
        """Its labels, with commas."""
        return ", ".join(service.labels)

    @admin.display(description=gettext_lazy("endpoints used"))
    def endpoints_used(self, service: Service) -> str:
        """How many of how many."""
        return used_text(usage_of_service(service))

    @admin.display(description=gettext_lazy("region"), ordering="region")
    def place(self, service: Service) -> str:
        """Where it runs, and where its ClickPipes do if that is elsewhere."""
        here = f"{service.get_provider_display()} {service.region}"
        if service.clickpipes_region == service.region:
            return here
        said = {"place": here, "region": service.clickpipes_region}
        return _("%(place)s (ClickPipes in %(region)s)") % said

    @admin.display(description="ClickPipes")
    def runs_clickpipes_in(self, service: Service) -> str:
        """The AWS region of the service's endpoints."""
        return service.clickpipes_region

    def save_model(self, request: HttpRequest, obj: Service, form: Any, change: bool) -> None:
        """Save by the intents."""
        by = person(request)
        if change:
            intents.change_service(service=obj, by=by, **given(form, *_DESCRIPTION, *_PLACE))
            return
        values = {name: form.cleaned_data[name] for name in (*_DESCRIPTION, *_PLACE)}
        owner = form.cleaned_data["owner"]
        intents.create_service(organization=obj.organization, id=obj.pk, owner=owner, by=by, **values)
        obj._state.adding = False

    def against_removing(self, obj: Service) -> list[IntentRefused]:
        """Ask the intents."""
        return intents.against_removing_service(obj)

    def goes_along(self, obj: Service) -> list[str]:
        """Name its roles."""
        return [str(role) for role in roles_on(service=obj)]

    def delete_model(self, request: HttpRequest, obj: Service) -> None:
        """Remove by the intent."""
        intents.remove_service(service=obj, by=person(request))

    @admin.action(description=gettext_lazy("Transfer ownership of the selected services"))
    def transfer(self, request: HttpRequest, services: QuerySet[Service]) -> HttpResponse | None:
        """Ask to whom and why, and transfer them."""
        return self._transfer(request, list(services[:MOST_AT_ONCE]))

    def transfer_one(self, request: HttpRequest, key: str) -> HttpResponse:
        """Transfer one service, from its page."""
        service: Service = self.row_or_404(request, key)
        asked = self._transfer(request, [service])
        return asked or HttpResponseRedirect(reverse("admin:endpoints_service_change", args=[service.pk]))

    def _transfer(self, request: HttpRequest, services: list[Service]) -> HttpResponse | None:
        form = TransferForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            for service in services:
                self._transfer_now(request, service, form.cleaned_data)
            return None
        context = {"form": form, "services": services, "media": self.media + form.media}
        status = 422 if form.errors else 200
        return self.show(request, "admin/transfer_services.html", _("Transfer ownership"), context, status)

    def _transfer_now(self, request: HttpRequest, service: Service, told: dict[str, Any]) -> None:
        owner, by = told["owner"], person(request)
        try:
            intents.transfer_service(service=service, to=owner, reason=told["reason"], by=by)
        except IntentRefused as refused:
            tell_refusal(self, request, refused, str(service))
            return
        self.log_change(request, service, f"Transferred to {owner}.")
        said = {"service": service, "owner": owner}
        self.message_user(request, _("The owner of %(service)s is %(owner)s now.") % said)
