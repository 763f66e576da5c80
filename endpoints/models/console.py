"""Rows that only the console needs: unfinished wizards, hand-off links, replacements."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core import signing
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject, Now
from django.utils.translation import gettext_lazy as _

from endpoints.domain.types import EndpointType, Source
from endpoints.models.endpoint import EndpointQuerySet, ReversePrivateEndpoint
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


class HandOffQuerySet(models.QuerySet["HandOff"]):
    """Hand-off links, by PostgreSQL's own clock."""

    def open(self) -> "HandOffQuerySet":
        """Those that still show their page: neither closed nor expired, nor made by who is disabled now."""
        of_somebody = Q(created_by__isnull=True) | Q(created_by__is_active=True)
        return self.filter(of_somebody, revoked_at__isnull=True, expires_at__gt=Now())

    def by_token(self, token: str) -> "HandOffQuerySet":
        """The one of a token that we signed; none for any other."""
        try:
            return self.filter(pk=_signer().unsign(token))
        except signing.BadSignature:
            return self.none()


class HandOff(models.Model):
    """A link for the people who must act in AWS and have no account here: one endpoint, read-only.

    Times are real ones, as of sign-ins. The link is the row's id, signed: it can be shown again, and cannot
    be guessed, not even by who can read the database. `opened` counts the times its page was opened; the
    page's own polls do not count.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(
        ReversePrivateEndpoint, models.PROTECT, related_name="hand_offs", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="hand_offs", editable=False
    )
    created_by_name = models.CharField(max_length=300, editable=False)
    expires_at = models.DateTimeField(editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    opened = models.PositiveIntegerField(default=0, editable=False)
    last_opened_at = models.DateTimeField(null=True, editable=False)

    objects = HandOffQuerySet.as_manager()

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


def _signer() -> signing.Signer:
    # A colon would end the link in some mail programs.
    return signing.Signer(sep=".", salt="postern.hand-off")


class ReplacementMode(models.TextChoices):
    """Whether old and new endpoint may exist at the same time."""

    TOGETHER = "together", _("Together")
    ONE_AFTER_OTHER = "one_after_other", _("One after the other")


class Replacement(models.Model):
    """One endpoint on its way to take another's place; the engine takes it from step to step.

    TOGETHER: create, wait until Ready, move the ClickPipes, remove the old. ONE_AFTER_OTHER: remove the old,
    wait until it is gone, create, wait until Ready, move. `moves` are the ClickPipes that were moved:
    `{"id", "name", "from", "to"}`, the latter two addresses. It is over at `finished_at`: done if `moved_at`
    is set; else stopped by `stopped_by_name`, or ended by `problem`, an IntentRefused's code (with
    `problem_params`).
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
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    requested_at = models.DateTimeField(editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    requested_by_name = models.CharField(max_length=300, editable=False)
    moved_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    moves: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(
        default=list, editable=False
    )
    stopped_by_name = models.CharField(max_length=300, blank=True, editable=False)
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


def with_replacements(endpoints: EndpointQuerySet) -> EndpointQuerySet:
    """Return the same endpoints, each with `replacements_seen`: what tells a live page that one moved on."""
    of_it = Replacement.objects.filter(Q(old=OuterRef("pk")) | Q(new=OuterRef("pk")))
    seen = JSONObject(
        id="pk",
        new="new",
        new_status="new__shown",
        new_reason="new__reason",
        old_status="old__shown",
        moved="moved_at",
        finished="finished_at",
    )
    return endpoints.annotate(
        replacements_seen=ArraySubquery(of_it.order_by("-requested_at").values(seen=seen)[:2])
    )
