"""What is due now: the pulse asks in order to enqueue, the watchdog in order to see that nothing is stuck."""

from django.db.models import F, Q

from endpoints.models import Moment, Network, Region, ReversePrivateEndpoint


def due_endpoints(moment: Moment, most: int) -> int:
    """Return how many endpoints are due and held by nobody; counted up to `most`."""
    return ReversePrivateEndpoint.objects.due(moment.now, moment.real)[:most].count()


def due_regions(moment: Moment) -> list[str]:
    """Return the regions that should be listed now and that nobody is listing."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=moment.real)
    time_is_up = Q(observe_due_at__isnull=True) | Q(observe_due_at__lte=moment.now)
    # A clock that was set back must not make a region wait for years.
    set_back = Q(listed_at__gt=moment.now)
    return list(
        Region.objects.filter(free, time_is_up | set_back, pk__in=Network.objects.values("region"))
        .order_by(F("observe_due_at").asc(nulls_first=True))
        .values_list("pk", flat=True)
    )
