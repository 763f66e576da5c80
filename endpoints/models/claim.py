"""Claims: who holds what only one may hold; the database refuses the second."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from endpoints.domain.specs import HeldKind
from endpoints.models.tenancy import Organization


class ClaimKind(models.TextChoices):
    """What can be claimed, and by whom.

    SERVICE_NAME: an endpoint service name, by one organization (many of its endpoints may hold it).
    MSK_SLOT: a cluster's one connection of an authentication
    (`<partition>/<region>/<account>/<name>/<authentication>`), by one endpoint of the installation.
    RESOURCE_SHARE: a share's ARN, by one endpoint and then never again.
    PRIVATE_NAME: an owner's private DNS name in one network (`<vpc id>/<name>`), by one endpoint.
    """

    SERVICE_NAME = HeldKind.SERVICE_NAME.value, _("endpoint service name")
    MSK_SLOT = HeldKind.MSK_SLOT.value, _("MSK connection")
    RESOURCE_SHARE = HeldKind.RESOURCE_SHARE.value, _("resource share")
    PRIVATE_NAME = "private_name", _("private DNS name")


class Claim(models.Model):
    """One key, held by the endpoints that point at it; it goes with the last of them.

    Not so once it is `used_up_at`: then it stays for ever, and nobody else gets the key.
    """

    kind = models.CharField(max_length=20, choices=ClaimKind.choices)
    key = models.CharField(max_length=600)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="claims")
    claimed_at = models.DateTimeField(auto_now_add=True)
    used_up_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="claim_held_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}"
