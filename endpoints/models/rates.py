"""AWS's rates, kept by all workers on all hosts in one place: token buckets, and who waits for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext_lazy as _

from endpoints.domain.rates import RATES, Api, Level, calls_for


class RateBucket(models.Model):
    """The token bucket of one API in one account and Region. Moments are moved time.

    `served` is the highest turn that was served: whoever comes new is never put before it.
    """

    account_id = models.CharField(_("AWS account"), max_length=12, blank=True, editable=False)
    region = models.CharField(_("region"), max_length=30, editable=False)
    api = models.CharField("API", max_length=10, choices=[(a.value, a.value) for a in Api], editable=False)
    tokens = models.FloatField(_("calls left"), editable=False)
    filled_at = models.DateTimeField(_("as of"), editable=False)
    slow_until = models.DateTimeField(_("slowed until"), null=True, editable=False)
    served = models.BigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("rate bucket")
        verbose_name_plural = _("rate buckets")
        ordering = ["region", "api"]
        constraints = [
            models.UniqueConstraint(fields=["account_id", "region", "api"], name="bucket_once_per_api")
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.api}"

    @property
    def level(self) -> Level:
        """The level as it was kept."""
        return Level(self.tokens, self.filled_at, self.slow_until)

    @level.setter
    def level(self, level: Level) -> None:
        self.tokens, self.filled_at, self.slow_until = level.tokens, level.at, level.slow_until


class TurnQuerySet(models.QuerySet["Turn"]):
    """Places in the queues."""

    def before(self, turn: "Turn") -> "TurnQuerySet":
        """Those of the same bucket that come first."""
        earlier = Q(number__lt=turn.number) | Q(number=turn.number, pk__lt=turn.pk)
        return self.filter(earlier, bucket=turn.bucket_id)


class Turn(models.Model):
    """An endpoint's place in the queue before a bucket.

    `number` makes the queue fair: a service's own turns are numbered one after the other, beginning after the
    highest number that was served, so that services take turns however much each of them asks for.
    """

    endpoint = models.OneToOneField("ReversePrivateEndpoint", models.CASCADE, related_name="turn")
    bucket = models.ForeignKey(RateBucket, models.CASCADE, related_name="turns")
    service = models.ForeignKey("Service", models.CASCADE, related_name="+")
    number = models.BigIntegerField()
    asked_at = models.DateTimeField(_("waits since"))

    objects = TurnQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ["bucket", "number", "id"]
        indexes = [models.Index(fields=["bucket", "number", "id"], name="turn_in_queue")]

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.number}"


@dataclass(frozen=True)
class Queued:
    """Where an endpoint stands in a queue: 1 is the next. `level` is the bucket's."""

    place: int
    api: Api
    level: Level

    @classmethod
    def read(cls, column: Mapping[str, Any]) -> "Queued":
        """Read what the column `in_queue` brought."""
        slow_until = column["slow_until"]
        level = Level(
            column["tokens"],
            datetime.fromisoformat(column["filled_at"]),
            datetime.fromisoformat(slow_until) if slow_until else None,
        )
        return cls(column["place"], Api(column["api"]), level)

    def wait(self, now: datetime) -> timedelta:
        """Return how long it should still take (moved time)."""
        rate = RATES[self.api].times(settings.AWS_RATE_FACTOR or 1.0)
        return self.level.filled(rate, now).wait(calls_for(self.place, rate), rate, now)


def in_queue() -> Subquery:
    """Return a column for endpoints that wait for a turn: what `Queued.read` reads; null for others."""
    ahead = Q(number__lt=OuterRef("number")) | Q(number=OuterRef("number"), pk__lt=OuterRef("pk"))
    before = Turn.objects.filter(ahead, bucket=OuterRef("bucket")).order_by().values("bucket")
    place = Coalesce(Subquery(before.annotate(n=Count("pk")).values("n")), 0) + 1
    names = ("api", "tokens", "filled_at", "slow_until")
    told = JSONObject(place=place, **{name: f"bucket__{name}" for name in names})
    mine = Turn.objects.filter(endpoint=OuterRef("pk")).annotate(told=told)
    return Subquery(mine.values("told")[:1])
