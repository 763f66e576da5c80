"""Whose endpoints they are: organizations and their services."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from endpoints.domain import regions

if TYPE_CHECKING:
    from endpoints.models.access import Principal


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Organizations, starting from the person."""

    def visible_to(self, principal: "Principal") -> "OrganizationQuerySet":
        """Those in which the principal may see at least one service."""
        from endpoints.models.access import organizations_of

        return self.filter(organizations_of(principal))


class Organization(models.Model):
    """A customer of the installation; its admins own all of its services."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    endpoint_limit = models.PositiveIntegerField(
        _("limit of endpoints"),
        null=True,
        blank=True,
        help_text=_("For all of its services together. Empty: by the settings of the installation."),
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ServiceQuerySet(models.QuerySet["Service"]):
    """Services, starting from the person."""

    def visible_to(self, principal: "Principal") -> "ServiceQuerySet":
        """Those on which the principal has any role; a stranger's look-up ends in a 404."""
        from endpoints.models.access import services_of

        return self.filter(services_of(principal))

    def without_active_owner(self) -> "ServiceQuerySet":
        """Those that nobody answers for: no owner was named, or the owner's account was disabled."""
        return self.filter(Q(owner__isnull=True) | Q(owner__is_active=False))


class Service(models.Model):
    """A data service, such as a ClickHouse service with its ClickPipes.

    `region` is its provider's own name for it. The owner is the person who answers for it, and has no role on
    it by that; `contact` is where that person, or the team, is reached. `labels` are words to find it by.
    `cdc_scaling` is what the API was told of the size of what reads databases (cloud-api.md §7.1).
    """

    class Provider(models.TextChoices):
        """Where the service runs."""

        AWS = "aws", "AWS"
        GCP = "gcp", "Google Cloud"
        AZURE = "azure", "Azure"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="services")
    name = models.CharField(_("name"), max_length=100)
    provider = models.CharField(_("provider"), max_length=10, choices=Provider.choices)
    region = models.CharField(_("region"), max_length=40)
    created_at = models.DateTimeField(
        _("created at"), help_text=_("When the service was created; decides its ClickPipes region.")
    )
    clickpipes_region_override = models.CharField(
        _("ClickPipes region (override)"),
        max_length=30,
        blank=True,
        help_text=_("Empty: by the table of ClickPipes regions."),
    )
    endpoint_limit = models.PositiveIntegerField(
        _("limit of endpoints"),
        null=True,
        blank=True,
        help_text=_("Empty: by the settings of the installation."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_services",
        verbose_name=_("owner"),
        help_text=_("The person who answers for this service."),
    )
    contact = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_("How to reach the people behind it: an e-mail address, a channel, a page."),
    )
    labels = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("labels"),
        default=list,
        blank=True,
        help_text=_("Words to find it by, such as production, separated by commas."),
    )

    cdc_scaling = models.JSONField(default=dict, editable=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(provider__in=["aws", "gcp", "azure"]), name="service_known_provider"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def clickpipes_region(self) -> str:
        """The AWS region in which this service's endpoints are made (`regions.md`, or the override)."""
        return self.clickpipes_region_override or regions.clickpipes_region(
            self.provider, self.region, self.created_at
        )

    @property
    def has_active_owner(self) -> bool:
        """Whether somebody answers for it."""
        return self.owner is not None and self.owner.is_active
