"""How long endpoints of this installation take: until Ready for the first time, and until gone."""

from datetime import timedelta
from statistics import median

from django.db.models import Q

from endpoints.models.endpoint import ReversePrivateEndpoint

NEWEST = 200
"""Of so many endpoints the median is taken, those that were Ready last."""

FEWEST = 3
"""With fewer there is no usual time."""


def usual_time_to_ready(endpoint_type: str) -> timedelta | None:
    """Return the median time from request to first Ready (one query); None while too few got there."""
    newest = (
        ReversePrivateEndpoint.objects.filter(type=endpoint_type, first_ready_at__isnull=False)
        .order_by("-first_ready_at")
        .values_list("created_at", "first_ready_at")[:NEWEST]
    )
    took = [(ready_at - asked_at).total_seconds() for asked_at, ready_at in newest if ready_at is not None]
    return timedelta(seconds=median(took)) if len(took) >= FEWEST else None


def usual_time_to_remove(endpoint: ReversePrivateEndpoint) -> timedelta | None:
    """Return the median time from asking for removal to gone, of those like this one (one query).

    Like it: of its type, and in AWS if it is. None while too few went.
    """
    newest = (
        ReversePrivateEndpoint.objects.filter(type=endpoint.type, removed_at__isnull=False)
        .filter(~Q(external_id="") if endpoint.external_id else Q(external_id=""))
        .order_by("-removed_at")
        .values_list("removal_requested_at", "removed_at")[:NEWEST]
    )
    took = [(gone_at - asked_at).total_seconds() for asked_at, gone_at in newest if asked_at and gone_at]
    return timedelta(seconds=median(took)) if len(took) >= FEWEST else None
