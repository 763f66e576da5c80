"""What a page says while AWS cannot be read: as of when its data are, and why, for those who can act."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from endpoints.domain.specs import SPECS, Listed
from endpoints.domain.types import EndpointType
from endpoints.models import Region, ReversePrivateEndpoint, Role
from endpoints.models.endpoint import EndpointQuerySet
from endpoints.web.found import may
from endpoints.web.http import PersonRequest


@dataclass(frozen=True)
class Unreachable:
    """One region whose listings fail; `as_of` is the last good one's start, `why` is AWS's own text."""

    region: str
    as_of: datetime | None
    why: str


def with_region(endpoints: EndpointQuerySet) -> EndpointQuerySet:
    """Return the same endpoints, each with what pages show of its region: a poll then notices a change."""
    return endpoints.annotate(
        failing=F("region__failing_since"),
        connections_failing=F("region__connections_failing_since"),
        account=F("region__account_id"),
    )


def unreachable(endpoints: Iterable[ReversePrivateEndpoint]) -> list[Unreachable]:
    """Return each region, and kind of listing, of these endpoints that cannot be read now."""
    looked_at = {
        (endpoint.region_id, SPECS[EndpointType(endpoint.type)].listed): endpoint.region
        for endpoint in endpoints
        if not endpoint.is_removed
    }
    return [
        Unreachable(region.name, region.looked(listed)[0], _why(region, listed))
        for (_, listed), region in sorted(looked_at.items(), key=lambda item: item[0])
        if region.looked(listed)[1] is not None
    ]


def sees_why(request: PersonRequest) -> bool:
    """Say whether AWS's own words on its failures are for this person."""
    return request.user.is_staff or may(request, request.service, Role.ADMIN)


def _why(region: Region, listed: Listed) -> str:
    return region.connections_raw_error if listed is Listed.CONNECTIONS else region.raw_error
