"""The rows this product is about: endpoints, the attempts at making them, and their timelines."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.specs import SPECS, Spec, parse_spec
from endpoints.domain.status import FACTS, Facts, Status, deadline
from endpoints.domain.timing import STALE_AFTER
from endpoints.domain.types import EndpointType
from endpoints.models.breaker import Breaker
from endpoints.models.claim import Claim
from endpoints.models.derived import DEADLINE, SHOWN, SINCE
from endpoints.models.installation import Network, Region
from endpoints.models.rates import in_queue
from endpoints.models.tenancy import Service

if TYPE_CHECKING:
    from endpoints.models.access import Principal


class EndpointQuerySet(models.QuerySet["ReversePrivateEndpoint"]):
    """Endpoints, starting from the person or from what is due."""

    def visible_to(self, principal: "Principal") -> "EndpointQuerySet":
        """Those of the services on which the principal has any role."""
        return self.filter(service__in=Service.objects.visible_to(principal))

    def live(self) -> "EndpointQuerySet":
        """Those that are not tombstones."""
        return self.filter(removed_at__isnull=True)

    def tombstones(self) -> "EndpointQuerySet":
        """Those whose every trace in AWS was seen gone."""
        return self.filter(removed_at__isnull=False)

    def answering(self, names: Iterable[str]) -> "EndpointQuerySet":
        """Those that have any of these DNS names, a wildcard as it is written."""
        wanted = list(names)
        return self.filter(Q(dns_names__has_any_keys=wanted) | Q(private_dns_names__has_any_keys=wanted))

    def with_newest_event(self) -> "EndpointQuerySet":
        """The same, each with `newest_event`: the id of the last line of its timeline."""
        lines = Event.objects.filter(endpoint=OuterRef("pk")).order_by("-id").values("id")
        return self.annotate(newest_event=Subquery(lines[:1]))

    def free(self, real: datetime | models.Func) -> "EndpointQuerySet":
        """Live ones that no worker holds (real time)."""
        return self.live().filter(Q(lease_until__isnull=True) | Q(lease_until__lte=real))

    def with_turn(self) -> "EndpointQuerySet":
        """The same, each with `in_queue`: its place in a queue (`Queued`), null if it waits for no turn."""
        return self.annotate(in_queue=in_queue())

    def due(self, now: datetime | models.Func, real: datetime | models.Func) -> "EndpointQuerySet":
        """Live ones whose look is due (moved time) and that no worker holds (real time)."""
        return self.free(real).filter(due_at__lte=now)


class ReversePrivateEndpoint(models.Model):
    """One endpoint: what was asked for, what was last seen, and who works on it now.

    Three groups of columns with one writer each. Desired: `intents/`. Observed: `reconcile/`. Engine:
    `reconcile/`; an intent only sets `due_at`.

    `skipped_at`: the start of the newest listing that said nothing about this row. `preparation`: what an
    endpoint type had to find before a network could be chosen, in its adapter's words; it holds for
    `prepared_generation`, and is looked for again at `prepare_look_at`. `connection_string`: one that carries
    its own ports. `former_names`: DNS names, lower case, that it answered once and does not any more.
    `warned_at` is when its deadline was last warned of, None in a status that was not yet.
    `changed_outside` are the names of what is in AWS not as Postern made it (`domain.drift.Changed`).
    `owner_account` is the AWS account of the source's owner where the parameters tell it. `cleaned_up` are
    the items of the clean-up list that people ticked: `{key: {"by", "at"}}`. `breaker` is the fault of its
    network that the row waits for.

    The database derives `shown` (the status to show, but for staleness), `shown_since` and `deadline_at` for
    lists, which filter and sort by them; the properties `shown_status` and `deadline` say the same of one
    row. `pipe_sources` are the sources of the ClickPipes that use it or reach one of its names, sorted, with
    commas (`models.pipe.sources_of`): whoever changes these keeps it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="endpoints", editable=False)

    # Desired
    type = models.CharField(
        _("type"), max_length=30, choices=[(t.value, t.value) for t in EndpointType], editable=False
    )
    description = models.CharField(_("description"), max_length=255, editable=False)
    parameters = models.JSONField(_("parameters"), default=dict, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="endpoints", editable=False)
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_by_name = models.CharField(_("created by"), max_length=300, editable=False)
    generation = models.PositiveIntegerField(default=1, editable=False)
    removal_requested_at = models.DateTimeField(_("removal requested at"), null=True, editable=False)
    removal_requested_by = models.CharField(_("removed by"), max_length=300, blank=True, editable=False)
    removal_reason = models.CharField(max_length=40, blank=True, editable=False)
    claims = models.ManyToManyField(Claim, related_name="endpoints", editable=False)
    owner_account = models.CharField(_("owner's AWS account"), max_length=12, blank=True, editable=False)
    cleaned_up = models.JSONField(default=dict, editable=False)

    # Observed
    status = models.CharField(
        _("status"), max_length=20, choices=[(s.value, s.value) for s in Status], editable=False
    )
    reason = models.CharField(_("reason"), max_length=40, default=Reason.REQUESTED, editable=False)
    reason_params = models.JSONField(default=dict, editable=False)
    status_since = models.DateTimeField(_("status since"), editable=False)
    observed_generation = models.PositiveIntegerField(default=1, editable=False)
    external_id = models.CharField(_("endpoint ID"), max_length=200, blank=True, editable=False)
    dns_names = models.JSONField(_("DNS names"), default=list, editable=False)
    private_dns_names = models.JSONField(_("private DNS names"), default=list, editable=False)
    former_names = models.JSONField(default=list, editable=False)
    connection_string = models.TextField(_("connection string"), blank=True, editable=False)
    raw_error = models.TextField(_("AWS's own words"), blank=True, editable=False)
    changed_outside = models.JSONField(default=list, editable=False)
    last_status = models.CharField(_("last state"), max_length=20, blank=True, editable=False)
    removed_at = models.DateTimeField(_("removed at"), null=True, editable=False)
    first_ready_at = models.DateTimeField(_("first Ready at"), null=True, editable=False)

    # Derived
    shown = models.GeneratedField(
        expression=SHOWN, output_field=models.CharField(max_length=20), db_persist=True
    )
    shown_since = models.GeneratedField(
        expression=SINCE, output_field=models.DateTimeField(), db_persist=True
    )
    deadline_at = models.GeneratedField(
        expression=DEADLINE, output_field=models.DateTimeField(null=True), db_persist=True
    )
    pipe_sources = models.CharField(max_length=60, blank=True, default="", editable=False)

    # Engine
    prepared_generation = models.PositiveIntegerField(default=0, editable=False)
    preparation = models.JSONField(default=dict, editable=False)
    prepare_look_at = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    write_ended_at = models.DateTimeField(null=True, editable=False)
    skipped_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    warned_at = models.DateTimeField(_("warned at"), null=True, editable=False)
    planned = models.CharField(max_length=30, blank=True, editable=False)
    breaker = models.ForeignKey(Breaker, models.SET_NULL, null=True, related_name="waiting", editable=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("reverse private endpoint")
        verbose_name_plural = _("reverse private endpoints")
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=[t.value for t in EndpointType]), name="endpoint_known_type"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in Status]), name="endpoint_known_status"
            ),
            models.CheckConstraint(
                condition=Q(observed_generation__lte=F("generation")),
                name="endpoint_observes_only_the_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(removal_requested_at__isnull=False),
                name="endpoint_removed_only_when_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="endpoint_due", condition=Q(removed_at__isnull=True)),
            models.Index(fields=["service", "-created_at"], name="endpoint_of_service"),
            models.Index(fields=["region"], name="endpoint_live", condition=Q(removed_at__isnull=True)),
            *(
                models.Index(
                    fields=["service", *fields],
                    name=f"endpoint_list_{name}",
                    condition=Q(removed_at__isnull=True),
                )
                for name, fields in {
                    "created": ["-created_at", "id"],
                    "name": ["description", "id"],
                    "since": ["shown_since", "id"],
                    "shown": ["shown", "shown_since", "id"],
                    "type": ["type", "-created_at", "id"],
                    "deadline": ["deadline_at", "id"],
                    "owner": ["owner_account", "-created_at", "id"],
                    "creator": ["created_by_name", "-created_at", "id"],
                    "pipes": ["pipe_sources", "-created_at", "id"],
                    # All that lists filter by: what several filters leave is counted without a row.
                    "counts": ["type", "shown", "region", "pipe_sources", "owner_account", "created_by_name"],
                }.items()
            ),
            models.Index(
                "service",
                F("deadline_at").desc(nulls_last=True),
                "id",
                name="endpoint_list_last_deadline",
                condition=Q(removed_at__isnull=True),
            ),
            GinIndex(fields=["dns_names"], name="endpoint_dns_names"),
            GinIndex(fields=["private_dns_names"], name="endpoint_private_names"),
            models.Index(
                fields=["type", "-removed_at"],
                name="endpoint_removed_lately",
                condition=Q(removed_at__isnull=False),
            ),
            models.Index(
                fields=["type", "-first_ready_at"],
                name="endpoint_first_ready",
                condition=Q(first_ready_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def spec(self) -> Spec:
        """The parameters as the domain reads them."""
        return parse_spec(EndpointType(self.type), self.parameters)

    @property
    def facts(self) -> Facts:
        """What holds for every endpoint of this status."""
        return FACTS[Status(self.status)]

    @property
    def _looked(self) -> tuple[datetime | None, datetime | None]:
        return self.region.looked(SPECS[EndpointType(self.type)].listed)

    @property
    def listed_at(self) -> datetime | None:
        """When the newest complete listing of its kind began (moved time)."""
        return self._looked[0]

    @property
    def observed_at(self) -> datetime | None:
        """When the newest listing began that speaks of this row (moved time); None when it was skipped."""
        listed_at = self.listed_at
        if listed_at is None or (self.skipped_at is not None and self.skipped_at >= listed_at):
            return None
        return listed_at

    @property
    def deadline(self) -> datetime | None:
        """When cleanup may remove it (moved time), None if its status may last or it is being removed."""
        if self.removal_requested_at is not None:
            return None
        return deadline(Status(self.status), self.status_since)

    @property
    def answered_names(self) -> set[str]:
        """The DNS names that lead here, lower case; a wildcard as it is written."""
        return {str(name).lower() for name in [*self.dns_names, *self.private_dns_names]}

    @property
    def is_removed(self) -> bool:
        """Whether this is a tombstone."""
        return self.removed_at is not None

    @property
    def may_retry(self) -> bool:
        """Whether a person may ask for a next attempt."""
        return self.facts.retryable and self.removal_requested_at is None

    def shown_status(self, now: datetime) -> Status:
        """The status to show: what was just asked for counts at once, and an old reading is Unknown."""
        if self.removal_requested_at is not None:
            return Status.DELETING
        if self.observed_generation < self.generation:
            return Status.PROVISIONING
        return Status.UNKNOWN if self.is_stale(now) else Status(self.status)

    def is_stale(self, now: datetime) -> bool:
        """Whether nothing good was read of its region for an hour, so that its status may be wrong."""
        failing_since = self._looked[1]
        return (
            not self.is_removed
            and failing_since is not None
            and now - (self.listed_at or self.created_at) >= STALE_AFTER
        )


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
