"""Claims: who holds what only one may hold; the database refuses the second."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from endpoints.models.tenancy import Organization


class ClaimKind(models.TextChoices):
    """What can be claimed, and by whom.

    SERVICE_NAME: an endpoint service name, by one organization (many of its endpoints may hold it).
    PRIVATE_NAME: an owner's private DNS name in one network (`<vpc id>/<name>`), by one endpoint.
    """

    SERVICE_NAME = "service_name", _("endpoint service name")
    PRIVATE_NAME = "private_name", _("private DNS name")


class Claim(models.Model):
    """One key, held by the endpoints that point at it; it goes with the last of them."""

    kind = models.CharField(max_length=20, choices=ClaimKind.choices)
    key = models.CharField(max_length=400)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="claims")
    claimed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="claim_held_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}"
