"""The two places in which an endpoint is shown: a page of its own, and the flyout of the settings."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from endpoints.models import ReversePrivateEndpoint, Service
from endpoints.web.capacity import room_context


@dataclass(frozen=True)
class Place:
    """The names of a place's addresses, its folder of templates, and the level of the headings in it."""

    see: str
    remove: str
    retry: str
    tick: str
    folder: str
    level: int

    def address_of(self, endpoint: ReversePrivateEndpoint) -> str:
        """Return where the details of an endpoint are shown."""
        return reverse(self.see, args=[endpoint.service_id, endpoint.pk])

    def around(self, service: Service) -> dict[str, Any]:
        """Return the variables of the page around the place: the settings are behind the flyout."""
        return {"place": self, **(room_context(service.clickpipes_region) if self.in_flyout else {})}

    @property
    def in_flyout(self) -> bool:
        """Whether links between endpoints stay in the flyout."""
        return self.folder == "flyout"


PAGE = Place("endpoint", "remove-endpoint", "retry-endpoint", "tick-endpoint", "endpoint", 2)
FLYOUT = Place(
    "settings-endpoint",
    "settings-remove-endpoint",
    "settings-retry-endpoint",
    "settings-tick-endpoint",
    "flyout",
    3,
)
