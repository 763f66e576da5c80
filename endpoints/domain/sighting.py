"""What the providers report in the domain's words: objects seen in AWS, and what a pre-flight found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from endpoints.domain.capacity import SubnetRoom

Details = Mapping[str, Any]
"""What a second read told of one object, JSON values only; its keys are the endpoint type's own. Empty
before the first."""


@dataclass(frozen=True)
class Setup:
    """How a VPC endpoint stands in its network, sorted; None and "" where AWS did not tell it."""

    subnets: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    policy: str = ""
    address_type: str = ""


@dataclass(frozen=True)
class Sighting:
    """One AWS object that carries our tags.

    `state` is AWS's word as it came; `endpoint_id` and `generation` are read from the tags, "" and 0 where a
    tag is missing or unreadable. `error_code` and `error_text` are AWS's LastError. `target` and `scheme` are
    cluster ARN and authentication of an MSK connection, "" elsewhere. `is_ours` says whether the tags
    name this installation. `setup` is None where the listing tells nothing of it. `made_at` is AWS's creation
    time where it tells one, which is no news.
    """

    external_id: str
    state: str
    endpoint_id: str
    generation: int
    dns_names: tuple[str, ...] = ()
    private_dns_enabled: bool = False
    error_code: str = ""
    error_text: str = ""
    target: str = ""
    scheme: str = ""
    made_at: datetime | None = field(default=None, repr=False, compare=False)
    is_ours: bool = True
    setup: Setup | None = None

    @cached_property
    def digest(self) -> str:
        """A short text that differs whenever anything seen differs."""
        return sha256(repr(self).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class NetworkFacts:
    """One network as placement sees it; `room` is how many more endpoints its quota allows."""

    vpc_id: str
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    room: int


@dataclass(frozen=True)
class Placement:
    """A request that can be sent: in which VPC, with exactly which parameters.

    `private_names` are the owner's private DNS names that may be switched on later. `rooms` is the room that
    stays when the request was carried out, by subnet, where blocks were looked for. `spare` is how many more
    endpoints the chosen subnets have room for, by what was seen of them.
    """

    vpc_id: str
    request: dict[str, object]
    private_names: tuple[str, ...]
    rooms: Mapping[str, SubnetRoom] = field(default_factory=dict)
    spare: int = 0
