"""What the list of services is narrowed to: read from the address; only what is seen can be chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from endpoints.models import Service

NOBODY = "none"
"""What is chosen for `owner` to find the services without an active owner."""


@dataclass(frozen=True)
class ServiceFilters:
    """The choice, "" for everything, and what there is to choose from."""

    label: str
    owner: str
    labels: tuple[str, ...]
    owners: tuple[str, ...]
    without_owner: int

    @classmethod
    def of(cls, data: Mapping[str, Any], services: Iterable[Service]) -> "ServiceFilters":
        """Read a query; whatever is not there to choose counts as not chosen."""
        known = list(services)
        labels = sorted({label for service in known for label in service.labels}, key=str.casefold)
        owners = sorted({service.owner.email for service in known if service.owner is not None})
        label, owner = str(data.get("label", "")), str(data.get("owner", ""))
        return cls(
            label=label if label in labels else "",
            owner=owner if owner in (*owners, NOBODY) else "",
            labels=tuple(labels),
            owners=tuple(owners),
            without_owner=sum(not service.has_active_owner for service in known),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.label or self.owner)

    def narrow(self, services: Iterable[Service]) -> list[Service]:
        """Return those that match."""
        return [service for service in services if self._has_label(service) and self._has_owner(service)]

    def _has_label(self, service: Service) -> bool:
        return not self.label or self.label in service.labels

    def _has_owner(self, service: Service) -> bool:
        if self.owner == NOBODY:
            return not service.has_active_owner
        return not self.owner or (service.owner is not None and service.owner.email == self.owner)
