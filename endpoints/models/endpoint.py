"""The rows this product is about: endpoints; attempts at making them and timelines are in `attempt`."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from endpoints.domain import targets
from endpoints.domain.reasons import Reason
from endpoints.domain.specs import SPECS, Spec, parse_spec
from endpoints.domain.status import FACTS, Facts, Status, deadline
from endpoints.domain.timing import STALE_AFTER
from endpoints.domain.types import EndpointType
from endpoints.models.breaker import Breaker
from endpoints.models.claim import Claim
from endpoints.models.derived import DEADLINE, SHOWN, SINCE
from endpoints.models.indexes import CONSTRAINTS, INDEXES
from endpoints.models.installation import Region
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

    def with_details(self) -> "EndpointQuerySet":
        """The same, each with `details`: what a second read told of its object, None without one."""
        from endpoints.models.attempt import Attempt

        opened = Attempt.objects.filter(endpoint=OuterRef("pk"), gone_at__isnull=True).order_by()
        return self.annotate(details=Subquery(opened.values("details")[:1]))

    def with_newest_event(self) -> "EndpointQuerySet":
        """The same, each with `newest_event`: the id of the last line of its timeline."""
        from endpoints.models.attempt import Event

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
    `removal_trouble` is about a deletion in AWS that does not succeed (`reconcile.stubborn`), {} without one.
    `changed_outside` are the names of what is in AWS not as Postern made it (`domain.drift.Changed`).
    `custom_dns` are the custom private DNS names as the API echoes them; they are recorded and not served.
    `request_digest` tells which request of the API made it, "" for none (`api.retries`).
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
    custom_dns = models.JSONField(
        _("custom private DNS names (recorded, not served)"), default=list, editable=False
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="endpoints", editable=False)
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    request_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
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
    removal_trouble = models.JSONField(default=dict, editable=False)
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
        constraints = CONSTRAINTS
        indexes = INDEXES

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
    def dns_targets(self) -> list[dict[str, str]]:
        """The resource configurations that it leads to (`with_details`)."""
        return targets.dns_targets(getattr(self, "details", None) or {}, self.dns_names)

    @property
    def private_mappings(self) -> list[dict[str, str]]:
        """Where its owner's private names lead (`with_details`)."""
        known = getattr(self, "details", None) or {}
        return targets.private_mappings(self.type, known, self.dns_names, self.private_dns_names)

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
