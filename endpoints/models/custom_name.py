"""Who holds which custom private DNS name; what an endpoint echoes stands in its own row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from endpoints.models.endpoint import ReversePrivateEndpoint
from endpoints.models.tenancy import Service


class CustomName(models.Model):
    """One custom private DNS name of one endpoint; `parent` is what stands behind its first label.

    The constraint refuses the same name twice in a service. Names that overlap by a star, and names of other
    organizations in one network, are refused under a lock (`intents.custom_dns`). A tombstone's names are
    nobody's any more.
    """

    endpoint = models.ForeignKey(ReversePrivateEndpoint, models.CASCADE, related_name="custom_names")
    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    name = models.CharField(max_length=253)
    parent = models.CharField(max_length=253)

    class Meta:
        verbose_name = _("custom private DNS name")
        verbose_name_plural = _("custom private DNS names")
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="custom_name_once")]
        indexes = [
            models.Index(fields=["name"], name="custom_name_by_name"),
            models.Index(fields=["parent"], name="custom_name_by_parent"),
        ]

    def __str__(self) -> str:
        return self.name
