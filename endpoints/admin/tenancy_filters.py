"""What the list of services in Django admin is narrowed to."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import F, Func, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from endpoints.models import Service

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LABELS_MOST = 100


class OwnerFilter(admin.SimpleListFilter):
    """Whether somebody answers for a service."""

    title = gettext_lazy("active owner")
    parameter_name = "owned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, "StrOrPromise"]]:
        """Return both answers."""
        return [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Service]) -> QuerySet[Service]:
        """Keep those that are as asked for."""
        if self.value() == "yes":
            return queryset.filter(owner__is_active=True)
        without = Service.objects.without_active_owner().order_by().values("pk")
        return queryset.filter(pk__in=without) if self.value() == "no" else queryset


class LabelFilter(admin.SimpleListFilter):
    """A label."""

    title = gettext_lazy("label")
    parameter_name = "label"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, "StrOrPromise"]]:
        """Return the first of all labels that there are."""
        each = Service.objects.order_by().annotate(label=Func(F("labels"), function="unnest"))
        labels = each.values_list("label", flat=True).distinct().order_by("label")[:LABELS_MOST]
        return [(label, label) for label in labels]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Service]) -> QuerySet[Service]:
        """Keep those with the label."""
        label = self.value()
        return queryset if not label else queryset.filter(labels__contains=[label])
