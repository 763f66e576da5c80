"""Hand-off links on an endpoint's own page."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from endpoints.intents import LASTS_DAYS
from endpoints.models import HandOff, ReversePrivateEndpoint


@dataclass(frozen=True)
class Link:
    """One open link with its whole address."""

    row: HandOff

    @property
    def address(self) -> str:
        """The address to send to the people who must act."""
        return settings.BASE_URL + reverse("hand-off", args=[self.row.token])


def hand_off_context(endpoint: ReversePrivateEndpoint, *, operates: bool) -> dict[str, object]:
    """Return what `_hand_off.html` needs; `operates`: the person is an operator of the service.

    It holds forms, so it stands outside what follows by itself. The links are read when they are drawn.
    """
    return {
        "may_see_hand_offs": operates,
        "may_hand_off": operates and endpoint.removal_requested_at is None,
        "hand_off_days": LASTS_DAYS,
        "hand_offs": lambda: [Link(row) for row in endpoint.hand_offs.open()],
    }
