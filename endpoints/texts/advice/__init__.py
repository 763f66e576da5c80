"""What each reason means to people: what is the matter, who must act now, and what to do."""

from endpoints.domain.reasons import Reason
from endpoints.texts.advice.base import NOBODY, OPERATORS, OWNERS, YOU, Advice
from endpoints.texts.advice.common import COMMON, REMOVED, REMOVED_WHY, STALE
from endpoints.texts.advice.msk_multi_vpc import MSK_MULTI_VPC, USE_CONNECTION_STRING
from endpoints.texts.advice.vpc_resource import VPC_RESOURCE

__all__ = [
    "NOBODY",
    "OPERATORS",
    "OWNERS",
    "REASONS",
    "REMOVED",
    "REMOVED_WHY",
    "STALE",
    "USE_CONNECTION_STRING",
    "YOU",
    "Advice",
]

REASONS: dict[Reason, Advice] = {**COMMON, **VPC_RESOURCE, **MSK_MULTI_VPC}
