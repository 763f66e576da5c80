"""Rows that only the console needs: unfinished wizards, hand-off links, replacements."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from endpoints.domain.types import EndpointType, Source
from endpoints.models.endpoint import ReversePrivateEndpoint
from endpoints.models.tenancy import Service


class PipeDraft(models.Model):
    """What one person has typed so far to set up a ClickPipe of one source; `data` are form fields."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pipe_drafts")
    service = models.ForeignKey(Service, models.CASCADE, related_name="pipe_drafts")
    source = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Source])
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("unfinished ClickPipe")
        verbose_name_plural = _("unfinished ClickPipes")
        constraints = [
            models.UniqueConstraint(fields=["user", "service", "source"], name="draft_one_for_each_source")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} / {self.service_id} / {self.source}"


class HandOff(models.Model):
    """A link for the people who must act in AWS and have no account here: one endpoint, read-only.

    Times are real ones, as of sign-ins. The link is the row's id, signed: it can be shown again, and cannot
    be guessed, not even by who can read the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(
        ReversePrivateEndpoint, models.PROTECT, related_name="hand_offs", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    created_by_name = models.CharField(max_length=300, editable=False)
    expires_at = models.DateTimeField(editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    opened = models.PositiveIntegerField(default=0, editable=False)
    last_opened_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("hand-off link")
        verbose_name_plural = _("hand-off links")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.endpoint_id} → {self.expires_at:%Y-%m-%d %H:%M}"

    @property
    def token(self) -> str:
        """The part of the link that nobody can guess."""
        return _signer().sign(self.pk.hex)

    @classmethod
    def by_token(cls, token: str) -> "HandOff | None":
        """Return the row of a token that we signed, None for any other."""
        try:
            return cls.objects.filter(pk=_signer().unsign(token)).first()
        except signing.BadSignature:
            return None

    def is_open(self, real: datetime) -> bool:
        """Whether the link still shows its page."""
        return self.revoked_at is None and real < self.expires_at


def _signer() -> signing.Signer:
    return signing.Signer(salt="postern.hand-off")


class ReplacementMode(models.TextChoices):
    """Whether old and new endpoint may exist at the same time."""

    TOGETHER = "together", _("Together")
    ONE_AFTER_OTHER = "one_after_other", _("One after the other")


class Replacement(models.Model):
    """One endpoint on its way to take another's place; the engine takes it from step to step.

    TOGETHER: create, wait until Ready, move the ClickPipes, remove the old. ONE_AFTER_OTHER: remove the old,
    wait until it is gone, create, wait until Ready, move. `problem` is the code of an IntentRefused (with
    `problem_params`) that ended it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    old = models.ForeignKey(
        ReversePrivateEndpoint, models.PROTECT, related_name="replaced_by", editable=False
    )
    new = models.OneToOneField(
        ReversePrivateEndpoint, models.PROTECT, null=True, related_name="replacement", editable=False
    )
    mode = models.CharField(max_length=20, choices=ReplacementMode.choices, editable=False)
    type = models.CharField(max_length=30, choices=[(t.value, t.value) for t in EndpointType], editable=False)
    parameters: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        default=dict, editable=False
    )
    description = models.CharField(max_length=255, editable=False)
    requested_at = models.DateTimeField(editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    requested_by_name = models.CharField(max_length=300, editable=False)
    moved_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(max_length=60, blank=True, editable=False)
    problem_params = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("replacement")
        verbose_name_plural = _("replacements")
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["old"], condition=Q(finished_at__isnull=True), name="replacement_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id or '…'}"
