"""AWS's quotas of endpoints per VPC. Source: aws.md §4, "Quotas"."""

from endpoints.domain.errors import ProviderError, Throttled, Unanswered
from endpoints.domain.specs import DEFAULT_QUOTAS, Family
from endpoints.providers.base import Operator
from endpoints.providers.errors import translated
from endpoints.providers.session import quotas_reader

_CODES = {Family.INTERFACE: "L-29B6F2EB", Family.RESOURCE: "L-CA6CC422"}


def read_quotas(operator: Operator) -> dict[str, int]:
    """Return the quota of each family; AWS's default where none was applied or none may be read.

    A family that AWS could not tell just now is left out: what was known of it before is nearer.
    """
    found = {family.value: _quota(operator, family) for family in Family}
    return {name: quota for name, quota in found.items() if quota is not None}


def _quota(operator: Operator, family: Family) -> int | None:
    try:
        with translated("GetServiceQuota"):
            answer = quotas_reader(operator).get_service_quota(ServiceCode="vpc", QuotaCode=_CODES[family])
    except (Throttled, Unanswered):
        return None
    except ProviderError:
        return DEFAULT_QUOTAS[family]
    return int(answer["Quota"].get("Value", DEFAULT_QUOTAS[family]))
