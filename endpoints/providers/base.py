"""What the engine asks of AWS for one endpoint type, and on whose behalf it asks."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from endpoints.domain.sighting import NetworkFacts, Placement, Sighting
from endpoints.domain.types import Spec


@dataclass(frozen=True)
class Operator:
    """In which region, as which role and for which installation calls are made, and how long one may take.

    An empty `role_arn` means the process's own credentials. Hashable: clients are kept per operator.
    """

    region: str
    role_arn: str
    installation_id: uuid.UUID
    tag_prefix: str
    connect_seconds: float
    read_seconds: float


@dataclass(frozen=True)
class Ownership:
    """Whose an AWS object is: what its tags say."""

    endpoint_id: uuid.UUID
    generation: int


@dataclass(frozen=True)
class Answer:
    """A write that AWS accepted: the object (None after a delete) and AWS's request id."""

    sighting: Sighting | None
    request_id: str


class Adapter(Protocol):
    """One endpoint type in AWS. Each call starts work and returns; none waits for AWS to finish.

    Every method raises only ProviderError or, `place` alone, Unplaceable. Time limit per call:
    (connect + read seconds), once for writes and twice for reads.
    """

    create_operation: str
    delete_operation: str

    def place(
        self, operator: Operator, spec: Spec, networks: Sequence[NetworkFacts], owner: Ownership, token: str
    ) -> Placement:
        """Choose a network and return the exact request that `create` will send."""
        ...

    def find(self, operator: Operator, owner: Ownership) -> Sighting | None:
        """Look for the object of one attempt by its own tags."""
        ...

    def create(self, operator: Operator, request: dict[str, Any]) -> Answer:
        """Send a saved request. Safe to repeat: the token in it brings back the first answer."""
        ...

    def delete(self, operator: Operator, external_id: str) -> Answer:
        """Ask for the deletion of one object; one that is not known any more is no error."""
        ...

    def verified_private_names(self, operator: Operator, spec: Spec) -> tuple[str, ...]:
        """Return the owner's private DNS names that are verified now."""
        ...

    def enable_private_dns(self, operator: Operator, external_id: str) -> Answer:
        """Switch the owner's private DNS names on."""
        ...

    def list_owned(self, operator: Operator) -> Iterator[Sighting]:
        """Yield every object of this installation in the region; complete when it ends without error."""
        ...
