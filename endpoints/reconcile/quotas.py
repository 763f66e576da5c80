"""AWS's quotas of a region: read when somebody needs them and those that are known are old."""

from datetime import datetime

from endpoints.domain.specs import Family
from endpoints.domain.timing import DETAILS_AGAIN, QUOTAS_GOOD_FOR
from endpoints.models import Region
from endpoints.providers.base import Operator
from endpoints.providers.quotas import read_quotas


def are_old(region: Region, now: datetime) -> bool:
    """Say whether the quotas were never read, or too long ago to place an endpoint by them."""
    read_at = region.quotas_at
    return read_at is None or not now - QUOTAS_GOOD_FOR < read_at <= now


def keep_quotas(region: Region, operator: Operator, now: datetime) -> None:
    """Read the quotas and keep them; what AWS does not tell now stays as it was, and is read again soon."""
    told = read_quotas(operator)
    region.quotas = {**region.quotas, **told}
    region.quotas_at = now if len(told) == len(Family) else now - QUOTAS_GOOD_FOR + DETAILS_AGAIN
    Region.objects.filter(pk=region.pk).update(quotas=region.quotas, quotas_at=region.quotas_at)
