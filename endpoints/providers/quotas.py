"""AWS's quotas of endpoints per VPC. Source: aws.md §4, "Quotas"."""

from endpoints.domain.errors import ProviderError
from endpoints.domain.specs import DEFAULT_QUOTAS, Family
from endpoints.providers.base import Operator
from endpoints.providers.errors import translated
from endpoints.providers.session import quotas_reader

_CODES = {Family.INTERFACE: "L-29B6F2EB", Family.RESOURCE: "L-CA6CC422"}


def read_quotas(operator: Operator) -> dict[str, int]:
    """Return the quota of each family; AWS's default where none was applied or none may be read."""
    return {family.value: _quota(operator, family) for family in Family}


def _quota(operator: Operator, family: Family) -> int:
    try:
        with translated("GetServiceQuota"):
            answer = quotas_reader(operator).get_service_quota(ServiceCode="vpc", QuotaCode=_CODES[family])
    except ProviderError:
        return DEFAULT_QUOTAS[family]
    return int(answer["Quota"].get("Value", DEFAULT_QUOTAS[family]))
