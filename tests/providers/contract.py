"""An adapter at work against the sandbox, for the contract that every type keeps."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from endpoints.domain import shares
from endpoints.domain.errors import Unplaceable
from endpoints.domain.shares import Judgement
from endpoints.domain.sighting import NetworkFacts, Placement, Sighting
from endpoints.domain.specs import Spec, VpcResourceSpec, parse_spec
from endpoints.domain.types import EndpointType
from endpoints.providers.base import Adapter, Operator, Ownership
from endpoints.providers.recent import Recent
from endpoints.providers.registry import ADAPTERS, SHARED
from tests.engine.kinds import Kind
from tests.engine.world import REGION, Asked
from tests.sandbox_client import Sandbox, group_id, subnet_id, vpc_id

NETWORK = NetworkFacts(
    vpc_id(REGION), tuple(subnet_id(REGION, n) for n in (1, 2, 3)), (group_id(REGION),), 50
)
OPERATOR = Operator(REGION, "", uuid.UUID(int=77), "postern", 2.0, 8.0)
GONE = ("deleting", "deleted")


@dataclass
class Work:
    """One adapter at work for one endpoint of one installation."""

    box: Sandbox
    kind: Kind
    spec: Spec
    adapter: Adapter
    operator: Operator
    owner: Ownership
    preparation: Mapping[str, str]

    @classmethod
    def begin(cls, box: Sandbox, kind: Kind) -> "Work":
        """Make one type ready to be placed."""
        spec = spec_of(kind.asked)
        preparation = {"configuration_arn": look(spec).configuration_arn} if spec.prepares else {}
        owner = Ownership(uuid.uuid4(), 1)
        return cls(box, kind, spec, ADAPTERS[kind.type], OPERATOR, owner, preparation)

    def place(self, *networks: NetworkFacts) -> Placement:
        token = f"{self.owner.endpoint_id.hex}-{self.owner.generation}"
        given = (self.operator, self.spec, networks or (NETWORK,), self.owner, token)
        return self.adapter.place(*given, self.preparation, Recent())

    def create(self) -> Sighting:
        sighting = self.adapter.create(self.operator, self.place().request).sighting
        assert sighting is not None
        return sighting

    def find(self) -> Sighting | None:
        return self.adapter.find(self.operator, self.owner, self.place().request)

    def owns_what_is_there(self) -> bool:
        """Say whether an object is found as ours; that it is somebody else's is a no."""
        try:
            return self.find() is not None
        except Unplaceable:
            return False

    def listed(self, **known: Ownership) -> list[Sighting]:
        """List with rows that know only what is given, and leave the dying out."""
        seen = self.adapter.list_owned(self.operator, lambda ids: {k: known[k] for k in ids if k in known})
        return [sighting for sighting in seen if sighting.state.casefold() not in GONE]

    def retag(self, external_id: str, tags: dict[str, str]) -> None:
        """Let somebody replace an object's tags by hand."""
        by_hand = self.box.retag_connection if external_id.startswith("arn:") else self.box.retag
        by_hand(external_id, tags)

    def as_other(self, **changes: Any) -> "Work":
        """The same work of another endpoint, generation or installation."""
        operator = replace(self.operator, **{k: v for k, v in changes.items() if k == "installation_id"})
        owner = replace(self.owner, **{k: v for k, v in changes.items() if k != "installation_id"})
        return replace(self, operator=operator, owner=owner)


def spec_of(asked: Asked) -> Spec:
    """Return the checked spec of a request in the API's words."""
    return parse_spec(EndpointType(asked["type"]), asked)


def look(spec: Spec) -> Judgement:
    """Return what follows from a look at a spec's share."""
    assert isinstance(spec, VpcResourceSpec)
    seen = SHARED[spec.type].look_at_share(OPERATOR, spec)
    return shares.judge(seen, spec.configuration_id, waited=timedelta(0))
