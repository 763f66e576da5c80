"""Orphans: what carries our tags in AWS and no row owns. Nothing deletes one but a person's request."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from endpoints.domain.matching import UNOWNED
from endpoints.domain.specs import Listed
from endpoints.models.installation import Region
from endpoints.models.tenancy import Service

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KINDS: dict[str, "StrOrPromise"] = {
    Listed.ENDPOINTS.value: _("VPC endpoint"),
    Listed.CONNECTIONS.value: _("MSK VPC connection"),
}


class OrphanEnding(models.TextChoices):
    """How an orphan ended: it is gone from AWS, or a row owns it (again)."""

    GONE = "gone", _("gone from AWS")
    OWNED = "owned", _("an endpoint owns it")


class OrphanQuerySet(models.QuerySet["Orphan"]):
    """Orphans, by what is to be done about them."""

    def standing(self) -> "OrphanQuerySet":
        """Those that were in AWS at the last look, and that a second look or their age made certain."""
        return self.filter(ended_at__isnull=True, certain_at__isnull=False)

    def due(self, now: datetime) -> "OrphanQuerySet":
        """Those that a person wants deleted and whose next try is due (moved time)."""
        return self.filter(ended_at__isnull=True, delete_due_at__lte=now)

    def to_adopt(self, now: datetime) -> "OrphanQuerySet":
        """Those that a person wants adopted and whose next try is due (moved time)."""
        return self.filter(ended_at__isnull=True, adopt_due_at__lte=now)


class Orphan(models.Model):
    """One object in AWS that no row owns, as the daily match found it. Times are moved ones.

    `endpoint_id` and `generation` are what its tags say, `why` a `Finding`, `made_at` AWS's creation time
    where it tells one. It is `certain_at` once a second look agreed, or it was too old to be on its way.
    `absent_looks` counts looks that missed it since.

    Deletion: `delete_requested_by` a person; the worker tries at `delete_due_at`, until the object is seen
    gone. `kept` says that the last request was given up because an endpoint owned the object by then.

    Adoption: `adopt_requested_by` a person, for a service, under a description; the worker tries at
    `adopt_due_at`. `adopt_problem` is why the last try came to nothing: the code of a refusal.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="orphans", editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=list(KINDS.items()), editable=False)
    external_id = models.CharField(_("external ID"), max_length=200, editable=False)
    endpoint_id = models.CharField(_("endpoint in its tags"), max_length=260, blank=True, editable=False)
    generation = models.PositiveIntegerField(_("attempt in its tags"), default=0, editable=False)
    state = models.CharField(_("state"), max_length=40, blank=True, editable=False)
    why = models.CharField(
        _("why"),
        max_length=30,
        choices=[(code.value, code.value) for code in sorted(UNOWNED)],
        editable=False,
    )
    made_at = models.DateTimeField(_("made at"), null=True, editable=False)
    first_seen_at = models.DateTimeField(_("first seen at"), editable=False)
    last_seen_at = models.DateTimeField(_("last seen at"), editable=False)
    certain_at = models.DateTimeField(_("certain since"), null=True, editable=False)
    absent_looks = models.PositiveSmallIntegerField(default=0, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    ending = models.CharField(
        _("ending"), max_length=10, choices=OrphanEnding.choices, blank=True, editable=False
    )

    delete_requested_at = models.DateTimeField(_("deletion requested at"), null=True, editable=False)
    delete_requested_by = models.CharField(
        _("deletion requested by"), max_length=300, blank=True, editable=False
    )
    delete_due_at = models.DateTimeField(null=True, editable=False)
    delete_asked_at = models.DateTimeField(_("AWS asked to delete at"), null=True, editable=False)
    aws_request_id = models.CharField(_("AWS request ID"), max_length=80, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures"), default=0, editable=False)
    raw_error = models.TextField(_("AWS's own words"), blank=True, editable=False)
    kept = models.BooleanField(_("kept"), default=False, editable=False)

    adopt_requested_at = models.DateTimeField(_("adoption requested at"), null=True, editable=False)
    adopt_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("adoption requested by"),
    )
    adopt_service = models.ForeignKey(
        Service,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("adopted for service"),
    )
    adopt_description = models.CharField(_("adopted as"), max_length=255, blank=True, editable=False)
    adopt_due_at = models.DateTimeField(null=True, editable=False)
    adopt_problem = models.CharField(_("not adopted because"), max_length=40, blank=True, editable=False)
    adopt_problem_params = models.JSONField(default=dict, editable=False)

    objects = OrphanQuerySet.as_manager()

    class Meta:
        verbose_name = _("orphan")
        verbose_name_plural = _("orphans")
        ordering = ["-first_seen_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["region", "external_id"], name="orphan_once"),
            models.CheckConstraint(
                condition=Q(delete_due_at__isnull=True) | ~Q(delete_requested_by=""),
                name="orphan_deleted_only_for_a_person",
            ),
            models.CheckConstraint(
                condition=Q(delete_due_at__isnull=True) | Q(adopt_due_at__isnull=True),
                name="orphan_deleted_or_adopted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} / {self.external_id}"

    @property
    def is_standing(self) -> bool:
        """Whether it was in AWS at the last look, for certain."""
        return self.ended_at is None and self.certain_at is not None
