"""The installation itself, the networks and regions it works in, and its clock."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from endpoints import clock
from endpoints.domain import regions
from endpoints.domain.pushes import queue_region
from endpoints.domain.specs import DEFAULT_QUOTAS, Family, Listed


@dataclass(frozen=True)
class Moment:
    """Time, read once per pass. `real` is PostgreSQL's clock: leases, watchdog and sign-ins live on it.

    `now` is that clock moved and scaled by the clock control; the same as `real` outside the sandbox.
    """

    real: datetime
    now: datetime

    @classmethod
    def of(cls, real: datetime) -> "Moment":
        """Return both readings from PostgreSQL's."""
        return cls(real=real, now=clock.read(settings.CLOCK_FILE).moved(real))


class ReadClock(models.Func):
    """PostgreSQL's clock as a column of a query: one reading for all of its rows."""

    template = "statement_timestamp()"
    output_field = models.DateTimeField()


class MovedClock(models.Func):
    """The same clock in moved time, to compare with the columns that are."""

    output_field = models.DateTimeField()

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Return the line that `ClockControl.moved` computes, in SQL."""
        control = clock.read(settings.CLOCK_FILE)
        if control == clock.IDENTITY:
            return ReadClock.template, []
        sql = f"(%s::timestamptz + ({ReadClock.template} - %s::timestamptz) * %s::float)"
        return sql, [control.anchor_moved, control.anchor_real, control.scale]


def read_clock() -> Moment:
    """Read PostgreSQL's clock (one query), so that hosts cannot disagree about the time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (real,) = cursor.fetchone()
    return Moment.of(real)


class Installation(models.Model):
    """The one row that says which installation this database belongs to (design, engine 6).

    `id` goes into every tag. The PostgreSQL server and database are pinned, so that a restored dump or a
    staging copy writes nothing to AWS until `manage.py confirm_move`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    singleton = models.BooleanField(default=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    pg_system_identifier = models.CharField(max_length=32, editable=False)
    pg_database_oid = models.BigIntegerField(editable=False)
    writes_paused = models.BooleanField(
        _("AWS writes paused"), default=False, help_text=_("Reads go on; nothing is made or deleted in AWS.")
    )
    plan_only = models.BooleanField(
        _("plan only"), default=False, help_text=_("As paused; each endpoint shows what would be done.")
    )

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installation")
        constraints = [models.CheckConstraint(condition=models.Q(singleton=True), name="one_installation")]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def get(cls) -> "Installation":
        """Return the installation, with whether it has moved; the first migration made it."""
        return cls.objects.annotate(moved=HAS_MOVED).get()

    @property
    def has_moved(self) -> bool:
        """Whether it was written in another PostgreSQL server or database than `get` read it from."""
        return bool(self.__dict__["moved"])

    @classmethod
    def standing(cls) -> list[Any] | None:
        """Return what STANDING is, by a query of its own; None without an installation."""
        return cls.objects.values_list(STANDING, flat=True).first()


_HERE = (
    "SELECT system_identifier::text, (SELECT oid::bigint FROM pg_database WHERE datname = current_database())"
    " FROM pg_control_system()"
)

HAS_MOVED = models.Func(
    template=f"(pg_system_identifier, pg_database_oid) NOT IN ({_HERE})", output_field=models.BooleanField()
)
"""A column beside an installation: whether it is read elsewhere than where it was written."""

_STANDING = f"""(
    SELECT jsonb_build_array(
        (pg_system_identifier, pg_database_oid) NOT IN ({_HERE}), writes_paused, plan_only,
        ARRAY(SELECT DISTINCT region_id FROM endpoints_network WHERE writes_paused ORDER BY region_id),
        ARRAY(
            SELECT DISTINCT region_id FROM endpoints_breaker
            JOIN endpoints_network ON endpoints_network.id = network_id
            WHERE opened_at IS NOT NULL AND kind IN ('account', 'unreachable') ORDER BY region_id
        )
    ) FROM endpoints_installation
)"""  # noqa: S608 - of our own words

STANDING = models.Func(template=_STANDING, output_field=models.JSONField())
"""A column beside any query: whether the installation has moved, is paused, and only plans; the regions in
which a network is paused; and those in which AWS fails a whole network."""


def postgres_identity() -> tuple[str, int]:
    """Return the server's system identifier and the database's oid."""
    with connection.cursor() as cursor:
        cursor.execute(_HERE)
        identifier, oid = cursor.fetchone()
    return identifier, int(oid)


def validate_region(value: str) -> None:
    """Raise ValidationError unless the value looks like an AWS region name."""
    if not regions.is_aws_region(value):
        raise ValidationError(_("This is not an AWS region name, such as eu-central-1."))


class Region(models.Model):
    """What Postern knows of one AWS region of its account: who it is there, and when it last looked.

    `listed_at` is the start (moved time) of the newest complete listing; `failing_since` with the raw error
    is set while listings fail. MSK connections are listed by another service of AWS, which may fail alone:
    the same columns for them begin with `connections_`. The lease columns make one observer per region.
    Details of what rests were read at `details_at`, AWS's `quotas` per VPC by family at `quotas_at`. The
    room in its networks was asked for at `rooms_wanted_at`, and looked at, well or not, at `rooms_looked_at`.
    `push_queue_url` is an SQS queue into which the operator feeds AWS's own messages, "" for none.

    `audited_at` is when the last daily match of AWS with the rows began (moved time), `audit_error` what it
    could not look at, and `audit_found` how rows and their objects differed:
    `{"code", "external_id", "endpoint_id", "params"}` each. Orphans are rows of their own.
    """

    name = models.CharField(_("region"), max_length=30, primary_key=True, validators=[validate_region])
    account_id = models.CharField(_("AWS account"), max_length=12, blank=True)
    account_seen = models.CharField(_("AWS account last seen"), max_length=12, blank=True, editable=False)
    account_verified_at = models.DateTimeField(null=True, editable=False)
    push_queue_url = models.CharField(
        _("queue of AWS's messages"),
        max_length=300,
        blank=True,
        help_text=_("The URL of an SQS queue of this region. What comes there makes us look earlier."),
    )
    listed_at = models.DateTimeField(null=True, editable=False)
    observe_due_at = models.DateTimeField(null=True, editable=False)
    connections_listed_at = models.DateTimeField(null=True, editable=False)
    connections_failing_since = models.DateTimeField(null=True, editable=False)
    connections_raw_error = models.TextField(blank=True, editable=False)
    details_at = models.DateTimeField(null=True, editable=False)
    quotas = models.JSONField(default=dict, editable=False)
    quotas_at = models.DateTimeField(null=True, editable=False)
    rooms_wanted_at = models.DateTimeField(null=True, editable=False)
    rooms_looked_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    raw_error = models.TextField(blank=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    audited_at = models.DateTimeField(_("last matched with AWS at"), null=True, editable=False)
    audit_due_at = models.DateTimeField(null=True, editable=False)
    audit_error = models.TextField(_("not matched with AWS"), blank=True, editable=False)
    audit_found = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("AWS region")
        verbose_name_plural = _("AWS regions")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for a queue of another region, or what is no queue's URL."""
        if self.push_queue_url and queue_region(self.push_queue_url) != self.name:
            text = _("Give the URL of an SQS queue of this region, https://sqs.REGION.amazonaws.com/….")
            raise ValidationError({"push_queue_url": text})

    def looked(self, listed: Listed) -> tuple[datetime | None, datetime | None]:
        """Return when the newest complete listing began, and since when listings fail (moved time)."""
        if listed is Listed.CONNECTIONS:
            return self.connections_listed_at, self.connections_failing_since
        return self.listed_at, self.failing_since

    def quota(self, family: Family) -> int:
        """Return how many endpoints of a family a VPC of this region may have."""
        return int(self.quotas.get(family.value, DEFAULT_QUOTAS[family]))

    @property
    def wants_rooms(self) -> bool:
        """Whether somebody asked for the room in its networks since it was last looked at."""
        wanted, looked = self.rooms_wanted_at, self.rooms_looked_at
        return wanted is not None and (looked is None or looked < wanted)

    @property
    def account_mismatch(self) -> bool:
        """Whether the credentials now belong to another account than the one pinned to this region."""
        return bool(self.account_id and self.account_seen and self.account_id != self.account_seen)


class Network(models.Model):
    """One VPC of the operator in one region, with the subnets and security groups endpoints are made in.

    `capacity` is the room for Resource endpoints by subnet, `{"zone", "blocks"}` each, as it was last read
    (`capacity_at`, moved time); subnets in zones without VPC Lattice are left out.

    `verification` is what the last look at all of it in AWS found, which ended at `verified_at`:
    `{"check", "result", "code", "params", "raw"}` each (`domain.verification`). Moved time; it is under way
    while the last request is newer than that.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="networks")
    vpc_id = models.CharField(_("VPC"), max_length=30)
    subnet_ids = models.JSONField(_("subnets"), default=list)
    security_group_ids = models.JSONField(_("security groups"), default=list)
    role_arn = models.CharField(_("role to assume"), max_length=200, blank=True)
    draining = models.BooleanField(
        _("draining"), default=False, help_text=_("No new endpoints are placed here.")
    )
    writes_paused = models.BooleanField(_("AWS writes paused"), default=False)
    capacity = models.JSONField(default=dict, editable=False)
    capacity_at = models.DateTimeField(null=True, editable=False)
    verification: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(
        default=list, editable=False
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, editable=False)
    verify_requested_at = models.DateTimeField(null=True, editable=False)
    verify_requested_by = models.CharField(_("verified for"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        ordering = ["region", "vpc_id"]
        constraints = [models.UniqueConstraint(fields=["region", "vpc_id"], name="network_once_per_vpc")]

    def __str__(self) -> str:
        return f"{self.region_id} / {self.vpc_id}"

    @property
    def is_being_verified(self) -> bool:
        """Whether a look at it in AWS was asked for and has not ended."""
        asked, done = self.verify_requested_at, self.verified_at
        return asked is not None and (done is None or done < asked)

    def clean(self) -> None:
        """Raise ValidationError for lists that are not lists of ids."""
        for field, prefix in (("subnet_ids", "subnet-"), ("security_group_ids", "sg-")):
            _check_ids(field, getattr(self, field), prefix)


def _check_ids(field: str, value: Any, prefix: str) -> None:
    if not isinstance(value, list) or not value:
        raise ValidationError({field: _("Give a list with at least one id.")})
    if any(not isinstance(item, str) or not item.startswith(prefix) for item in value):
        raise ValidationError({field: _("Each id begins with %(prefix)s.") % {"prefix": prefix}})
