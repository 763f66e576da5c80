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

    Not so once it is `used_up_at`: then it stays for ever, and nobody else gets the key. While any endpoint
    holds it, one of them is of `organization`.
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


class AllowedPair(models.Model):
    """An organization that staff let use an endpoint service although another one's endpoints hold its name.

    Forbidding it again deletes the row, and keeps the endpoints that came by it; the audit tells both.
    """

    service_name = models.CharField(_("endpoint service name"), max_length=600)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="allowed_pairs", verbose_name=_("organization")
    )
    allowed_at = models.DateTimeField(_("allowed at"), auto_now_add=True)
    allowed_by_name = models.CharField(_("allowed by"), max_length=300, editable=False)
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("allowed pair")
        verbose_name_plural = _("allowed pairs")
        ordering = ["service_name", "organization"]
        constraints = [
            models.UniqueConstraint(fields=["service_name", "organization"], name="pair_allowed_once")
        ]

    def __str__(self) -> str:
        return f"{self.service_name} / {self.organization}"
