"""AWS's rates, kept by all workers on all hosts in one place: token buckets, and who waits for one."""

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from endpoints.domain.rates import Api, Level


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


def place_in_queue() -> Subquery:
    """Return a column for endpoints: their place (1 is the next) in the queue they wait in, else null."""
    ahead = Q(number__lt=OuterRef("number")) | Q(number=OuterRef("number"), pk__lt=OuterRef("pk"))
    counted = (
        Turn.objects.filter(ahead, bucket=OuterRef("bucket"))
        .order_by()
        .values("bucket")
        .annotate(n=Count("pk"))
    )
    mine = Turn.objects.filter(endpoint=OuterRef("pk"))
    first = Coalesce(Subquery(counted.values("n")), 0) + 1
    return Subquery(mine.annotate(place=first).values("place")[:1])
