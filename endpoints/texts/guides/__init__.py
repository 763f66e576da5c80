"""The words of what owners do in AWS, and guides as pages show them.

A new type is a module here, as it is in `domain/commands/`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from endpoints.domain import commands
from endpoints.domain.commands import Filled, Guide, GuideKey
from endpoints.domain.status import Status
from endpoints.texts import current_reason
from endpoints.texts.guides.base import GuideText, Told
from endpoints.texts.guides.msk_multi_vpc import MSK_MULTI_VPC
from endpoints.texts.guides.vpc_endpoint_service import VPC_ENDPOINT_SERVICE
from endpoints.texts.guides.vpc_resource import VPC_RESOURCE

if TYPE_CHECKING:
    from endpoints.models import ReversePrivateEndpoint

__all__ = ["GUIDES", "GuideText", "Told", "filled_for", "guides_of", "left_behind_of", "tell"]

GUIDES: dict[GuideKey, GuideText] = {**VPC_RESOURCE, **VPC_ENDPOINT_SERVICE, **MSK_MULTI_VPC}


def tell(guides: Iterable[Guide]) -> list[Told]:
    """Return guides with their words, in the reader's language."""
    return [_tell(one) for one in guides]


def _tell(one: Guide) -> Told:
    words = GUIDES[one.key]
    said = (str(words.title), str(words.where), str(words.who), str(words.note))
    return Told(one.key.value, *said, one.cli, one.terraform, one.cloudformation)


def filled_for(endpoint: "ReversePrivateEndpoint") -> Filled:
    """Return what an endpoint's commands are filled with; its region must be loaded already."""
    return Filled(endpoint.region_id, endpoint.region.account_id, endpoint.external_id)


def guides_of(endpoint: "ReversePrivateEndpoint", status: Status) -> list[Told]:
    """Return what there is to run for an endpoint whose shown status is `status`; none for a tombstone."""
    if endpoint.is_removed:
        return []
    reason = current_reason(endpoint)
    return tell(commands.guides(endpoint.spec, status, reason, filled_for(endpoint)))


def left_behind_of(endpoint: "ReversePrivateEndpoint", *, used_up: bool = True) -> list[Told]:
    """Return the clean-up list of an endpoint that is, or will be, removed."""
    return tell(commands.left_behind(endpoint.spec, filled_for(endpoint), used_up=used_up))
