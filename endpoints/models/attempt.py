"""The tries at making an endpoint's AWS object, and the endpoint's timeline."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from endpoints.domain.reasons import EventCode
from endpoints.models.endpoint import ReversePrivateEndpoint
from endpoints.models.installation import Network


class Attempt(models.Model):
    """One try at making the AWS object of an endpoint: the exact request is saved before it is sent.

    Closed (`gone_at`) once the object was seen gone, or is known never to have been made. `state` is AWS's
    word of the last sighting, casefolded, and `details` what a second read told of it (the endpoint type's
    `Details`). `in_doubt`: some try may have taken effect, its answer is missing.
    `refused_at` is set when a repeated create was refused, which says nothing about the first.
    `private_dns_look_at`: when its own step looks at the owner's private names; `private_dns_on_at`: when
    they were switched on. With neither, wanted names wait until the region's hourly look finds them verified.
    `address_type` is the one that AWS gave the object when it was made.
    """

    endpoint = models.ForeignKey(ReversePrivateEndpoint, models.PROTECT, related_name="attempts")
    generation = models.PositiveIntegerField()
    network = models.ForeignKey(Network, models.PROTECT, related_name="attempts")
    request = models.JSONField()
    token = models.CharField(max_length=64)
    tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    in_doubt = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refusal = models.JSONField(default=dict)
    external_id = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=40, blank=True)
    seen_at = models.DateTimeField(null=True)
    seen_digest = models.CharField(max_length=32, blank=True)
    absent_listings = models.PositiveSmallIntegerField(default=0)
    delete_asked_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    details = models.JSONField(default=dict)
    private_dns_wanted = models.JSONField(default=list)
    private_dns_look_at = models.DateTimeField(null=True)
    private_dns_on_at = models.DateTimeField(null=True)
    address_type = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["endpoint", "generation"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "generation"], name="attempt_once_per_generation"),
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(gone_at__isnull=True), name="attempt_one_open_per_endpoint"
            ),
            models.UniqueConstraint(fields=["token"], name="attempt_token_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} #{self.generation}"


class Event(models.Model):
    """One line of an endpoint's timeline, kept as code and parameters and worded when it is read.

    AWS writes keep their operation, AWS request id and attempt; `raw` is AWS's own text, for operators.
    """

    endpoint = models.ForeignKey(ReversePrivateEndpoint, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    code = models.CharField(max_length=40, choices=[(c.value, c.value) for c in EventCode])
    params = models.JSONField(default=dict)
    actor = models.CharField(max_length=300, blank=True)
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="events")
    operation = models.CharField(max_length=60, blank=True)
    aws_request_id = models.CharField(max_length=80, blank=True)
    raw = models.TextField(blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="event_of_endpoint"),
            BrinIndex(fields=["at"], name="event_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.code}"

    @classmethod
    def line(cls, endpoint: ReversePrivateEndpoint, code: EventCode, at: datetime, **fields: Any) -> "Event":
        """Return an unsaved line; the other columns by name."""
        return cls(endpoint=endpoint, code=code, at=at, **fields)
