"""What the engine asks of AWS for one endpoint type, and on whose behalf it asks."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from endpoints.domain.errors import ProviderError, UserError
from endpoints.domain.reasons import Reason
from endpoints.domain.shares import ShareSeen
from endpoints.domain.sighting import Details, NetworkFacts, Placement, Sighting
from endpoints.domain.specs import Spec
from endpoints.providers.recent import Recent


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
    """A write that AWS accepted: the object (None after a change) and AWS's request id."""

    sighting: Sighting | None
    request_id: str


@dataclass(frozen=True)
class Deleted:
    """What AWS said to a delete of several objects: its request id, and what it refused, by external id."""

    request_id: str
    refused: Mapping[str, ProviderError] = field(default_factory=dict)


Recall = Callable[[Sequence[str]], Mapping[str, Ownership]]
"""From external ids to whose they are, as far as rows know: for listings that show no tags."""


class Adapter(Protocol):
    """One endpoint type in AWS. Each call starts work and returns; none waits for AWS to finish.

    Every method raises only ProviderError; `place` also Unplaceable and NoRoom, `find` also Unplaceable. Time
    limit per call: (connect + read seconds), once for writes and twice for reads.
    """

    create_operation: str
    delete_operation: str
    details_page: int  # objects whose details one call reads

    def place(
        self,
        operator: Operator,
        spec: Spec,
        networks: Sequence[NetworkFacts],
        owner: Ownership,
        token: str,
        preparation: Mapping[str, Any],
        recent: Recent,
    ) -> Placement:
        """Choose a network and return the exact request that `create` will send.

        What many rows ask alike may be answered from `recent`.
        """
        ...

    def find(self, operator: Operator, owner: Ownership, request: Mapping[str, Any]) -> Sighting | None:
        """Look for the object of one attempt by its own tags."""
        ...

    def find_together(
        self, operator: Operator, wanted: Mapping[Ownership, Mapping[str, Any]]
    ) -> dict[Ownership, Sighting]:
        """Look for the objects of several attempts, by their requests: what `find` returns for each."""
        ...

    def create(self, operator: Operator, request: dict[str, Any]) -> Answer:
        """Send a saved request. Where it carries a token, a repeated one brings back the first answer."""
        ...

    def refusal(self, error: UserError) -> Reason:
        """Return what a refused create means."""
        ...

    def delete(self, operator: Operator, external_ids: Sequence[str]) -> Deleted:
        """Ask for the deletion of objects; one that is not known any more is no error.

        As many at once as `domain.rates` allows the operation, else one.
        """
        ...

    def verified_private_names(self, operator: Operator, spec: Spec) -> tuple[str, ...]:
        """Return the owner's private DNS names that are verified now."""
        ...

    def enable_private_dns(self, operator: Operator, external_id: str) -> Answer:
        """Switch the owner's private DNS names on."""
        ...

    def list_owned(self, operator: Operator, recall: Recall) -> Iterator[Sighting]:
        """Yield every object of this installation in the region; complete when it ends without error.

        Types whose objects one listing shows share one function.
        """
        ...

    def look_up(self, operator: Operator, external_ids: Sequence[str]) -> dict[str, Sighting]:
        """Return the objects with these ids, whatever their tags say; what AWS does not know is left out.

        Types whose objects one listing shows share one function.
        """
        ...

    def read_details(self, operator: Operator, wanted: Iterable[Sighting]) -> dict[str, Details]:
        """Return details by external id; an object of which nothing can be told is left out."""
        ...


class SharedAdapter(Protocol):
    """What else a type needs whose source comes by a resource share."""

    def look_at_share(self, operator: Operator, spec: Spec) -> ShareSeen:
        """Look at the share, its newest invitation, and what it brings."""
        ...

    def invited_to(self, operator: Operator, invitation_arn: str) -> tuple[str, ...]:
        """Return the ARNs of what a pending invitation would bring."""
        ...

    def accept(self, operator: Operator, invitation_arn: str, token: str) -> str:
        """Accept an invitation, which may be asked twice; return AWS's request id."""
        ...
