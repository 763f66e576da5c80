"""Owners' private DNS names that were not verified, or taken, when an endpoint became Ready.

Asked for once an hour, for all endpoints of a region together: the number of calls does not grow with them.
Only an endpoint whose name is verified by then, and free in its network, gets the step that switches it on.
"""

import logging
import uuid
from datetime import datetime

from django.db.models import QuerySet

from endpoints import claims
from endpoints.domain.errors import ProviderError
from endpoints.domain.status import Status
from endpoints.models import Attempt, Region, ReversePrivateEndpoint
from endpoints.providers.base import Operator
from endpoints.providers.vpc_endpoint_service import verified_services
from endpoints.reconcile.leases import renew_region

log = logging.getLogger(__name__)


def look_at_private_names(region: Region, operator: Operator, token: uuid.UUID, now: datetime) -> None:
    """Make the endpoints due whose names may be switched on by now. Raises LeaseLost."""
    services = _waiting(region).values_list("request__ServiceRegion", "request__ServiceName").distinct()
    names_of: dict[str, list[str]] = {}
    for service_region, name in services:
        names_of.setdefault(service_region or region.pk, []).append(name)
    verified: dict[str, tuple[str, ...]] = {}
    for service_region, names in names_of.items():
        try:
            verified |= verified_services(operator, service_region, sorted(names))
        except ProviderError as error:
            log.warning("Services in %s could not be looked at from %s: %s", service_region, region.pk, error)
        renew_region(region.pk, token)
    if verified:
        _make_due(region, verified, now)


def _waiting(region: Region) -> QuerySet[Attempt]:
    return Attempt.objects.filter(
        network__region=region,
        gone_at__isnull=True,
        private_dns_on_at__isnull=True,
        private_dns_look_at__isnull=True,
        endpoint__status=Status.READY,
        endpoint__removal_requested_at__isnull=True,
    ).exclude(private_dns_wanted=[])


def _make_due(region: Region, verified: dict[str, tuple[str, ...]], now: datetime) -> None:
    waiting = _waiting(region).filter(request__ServiceName__in=verified).select_related("network")
    ready: dict[tuple[str, tuple[str, ...]], Attempt] = {}  # of those that want the same, one a time
    for attempt in waiting.order_by("endpoint_id"):
        vpc_id, names = attempt.network.vpc_id, verified[attempt.request["ServiceName"]]
        if (vpc_id, names) in ready:
            continue
        if not claims.private_names_taken(attempt.endpoint_id, vpc_id, names):
            ready[vpc_id, names] = attempt
    chosen = ready.values()
    Attempt.objects.filter(pk__in=[a.pk for a in chosen]).update(private_dns_look_at=now)
    ReversePrivateEndpoint.objects.filter(pk__in=[a.endpoint_id for a in chosen]).update(due_at=now)
