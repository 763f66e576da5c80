"""What AWS refuses to a whole account or network: one open breaker instead of many failing rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from endpoints.domain.breakers import Kind
from endpoints.models.installation import Network


class Breaker(models.Model):
    """A fault of a network that is not any row's own. Moments are moved time.

    Open from `opened_at` on; before, it only counts strikes. While it is open, rows wait, and one of them
    tries again at `probe_at`. It is deleted when AWS answers again. `code`, `raw` and `request_id` are AWS's
    own words.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="breakers", editable=False)
    kind = models.CharField(
        _("kind"), max_length=30, choices=[(k.value, k.value) for k in Kind], editable=False
    )
    strikes = models.PositiveIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(_("open since"), null=True, editable=False)
    probe_at = models.DateTimeField(_("next try"), editable=False)
    probes = models.PositiveIntegerField(_("tries"), default=0, editable=False)
    operation = models.CharField(_("operation"), max_length=60, editable=False)
    code = models.CharField(_("AWS's code"), max_length=100, editable=False)
    raw = models.TextField(_("AWS's own words"), editable=False)
    request_id = models.CharField(_("AWS request ID"), max_length=80, blank=True, editable=False)

    class Meta:
        verbose_name = _("AWS fault")
        verbose_name_plural = _("AWS faults")
        ordering = ["network", "kind"]
        constraints = [models.UniqueConstraint(fields=["network", "kind"], name="breaker_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.network}: {self.code}"
