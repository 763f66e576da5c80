"""Why work waits: faults of whole networks, AWS's rates, and the queues before them."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from endpoints.admin.base import ReadOnlyPage
from endpoints.models import Breaker, RateBucket, Turn


@admin.register(Breaker)
class BreakerPage(ReadOnlyPage):
    """What AWS refuses a whole network now; a fault goes away by itself when AWS answers again."""

    list_display = ("network", "kind", "code", "opened_at", "probe_at", "probes", "rows_waiting")
    list_filter = ("kind", "network__region")
    list_select_related = ("network",)
    search_fields = ("code", "raw", "network__vpc_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Breaker]:
        """Return the open ones with the number of endpoints that wait; a strike or two is no news."""
        known: QuerySet[Breaker] = super().get_queryset(request)
        return known.filter(opened_at__isnull=False).annotate(n_waiting=Count("waiting"))

    @admin.display(description=gettext_lazy("endpoints that wait"))
    def rows_waiting(self, breaker: Breaker) -> int:
        """The number of endpoints that wait."""
        number: int = getattr(breaker, "n_waiting", 0)
        return number


@admin.register(RateBucket)
class RateBucketPage(ReadOnlyPage):
    """AWS's rates per account, region and API, and how many endpoints wait for their turn."""

    list_display = ("region", "api", "account_id", "tokens", "filled_at", "slow_until", "in_line")
    list_filter = ("api", "region")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RateBucket]:
        """Return the buckets with the length of their queues."""
        known: QuerySet[RateBucket] = super().get_queryset(request).annotate(n_turns=Count("turns"))
        return known

    @admin.display(description=gettext_lazy("endpoints in the queue"))
    def in_line(self, bucket: RateBucket) -> int:
        """The number of endpoints that wait for a turn."""
        number: int = getattr(bucket, "n_turns", 0)
        return number


@admin.register(Turn)
class TurnPage(ReadOnlyPage):
    """Who waits for AWS's rates, in the order of their turns."""

    list_display = ("bucket", "number", "endpoint", "service", "asked_at")
    list_filter = ("bucket",)
    list_select_related = ("bucket", "endpoint", "service")
    search_fields = ("endpoint__id", "service__name")
