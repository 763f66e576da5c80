"""The failure explainer: what is recorded first, then the likely causes by type, each with its check."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from endpoints.domain import commands
from endpoints.domain.reasons import Reason
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType
from endpoints.texts import current_reason, next_step_text, reason_text
from endpoints.texts.causes import msk_multi_vpc, vpc_endpoint_service, vpc_resource
from endpoints.texts.causes.base import Likely, TypeCauses
from endpoints.texts.guides import filled_for

if TYPE_CHECKING:
    from endpoints.models import ReversePrivateEndpoint

__all__ = ["CAUSES", "Cause", "Likely", "TypeCauses", "causes", "silent_causes"]

CAUSES: dict[EndpointType, TypeCauses] = {
    EndpointType.VPC_RESOURCE: vpc_resource.CAUSES,
    EndpointType.VPC_ENDPOINT_SERVICE: vpc_endpoint_service.CAUSES,
    EndpointType.MSK_MULTI_VPC: msk_multi_vpc.CAUSES,
}


@dataclass(frozen=True)
class Cause:
    """One cause in words, how to find out whether it is the one, and a command of the AWS CLI for it or "".

    `is_recorded`: it is what Postern wrote down, and not a guess.
    """

    text: str
    check: str
    command: str = ""
    is_recorded: bool = False


def causes(endpoint: "ReversePrivateEndpoint") -> list[Cause]:
    """Return why a failed, rejected or expired endpoint may be so: the recorded reason, then the likeliest.

    Empty for an endpoint in another status, one that is being removed, and one whose next attempt runs.
    Needs the endpoint's region.
    """
    is_settled = endpoint.removal_requested_at is None and endpoint.observed_generation == endpoint.generation
    likely = _by_status(endpoint).get(Status(endpoint.status))
    if not is_settled or likely is None:
        return []
    reason = current_reason(endpoint)
    run = commands.guides(endpoint.spec, Status(endpoint.status), reason, filled_for(endpoint))
    recorded = Cause(
        reason_text(endpoint), next_step_text(endpoint), run[0].cli if run else "", is_recorded=True
    )
    return [recorded, *_worded(endpoint, likely, reason)]


def silent_causes(endpoint: "ReversePrivateEndpoint") -> list[Cause]:
    """Return why an endpoint may be Ready and yet not be connected through. Needs the endpoint's region."""
    return list(_worded(endpoint, CAUSES[EndpointType(endpoint.type)].silent, None))


def _by_status(endpoint: "ReversePrivateEndpoint") -> dict[Status, tuple[Likely, ...]]:
    of_type = CAUSES[EndpointType(endpoint.type)]
    return {
        Status.FAILED: of_type.failed,
        Status.REJECTED: of_type.rejected,
        Status.EXPIRED: of_type.expired,
    }


def _worded(
    endpoint: "ReversePrivateEndpoint", likely: Iterable[Likely], recorded: Reason | None
) -> Iterable[Cause]:
    filled = filled_for(endpoint)
    for one in likely:
        if recorded not in one.reasons:
            command = commands.guide(endpoint.spec, one.guide, filled).cli if one.guide else ""
            yield Cause(str(one.text), str(one.check), command)
