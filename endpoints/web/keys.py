"""API keys as pages show them, and as far as a person manages them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import Http404

from endpoints.domain.keys import KeyState
from endpoints.models import ApiKey, Role, Service, read_clock
from endpoints.models.access import admins_organization
from endpoints.texts.keys import KEY_ADVICE, KEY_STATES
from endpoints.web.http import PersonRequest

ENDED_MOST = 50
"""How many of the keys that do not get in any more a page shows, the newest first."""

_LOOKS = {
    KeyState.IN_USE: ("success", "check"),
    KeyState.UNUSED: ("warning", "question"),
    KeyState.EXPIRING: ("warning", "clock"),
    KeyState.ROTATED: ("info", "refresh"),
    KeyState.ISSUER_GONE: ("danger", "warning"),
    KeyState.EXPIRED: ("neutral", "archive"),
    KeyState.DISABLED: ("neutral", "no-entry"),
}


@dataclass(frozen=True)
class ShownKey:
    """A key at a real time; `is_open` says whether the person may look at it, and change it."""

    key: ApiKey
    now: datetime
    is_open: bool

    @property
    def state(self) -> KeyState:
        """What the key is."""
        return self.key.state(self.now)

    @property
    def gets_in(self) -> bool:
        """Whether the API takes it."""
        return self.state.gets_in

    @property
    def may_rotate(self) -> bool:
        """Whether it may get a successor, or another end."""
        return self.is_open and self.gets_in and self.key.successor_id is None

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return _LOOKS[self.state][0]

    @property
    def drawing(self) -> str:
        """The icon of its badge."""
        return _LOOKS[self.state][1]

    @property
    def label(self) -> str:
        """Its state in words."""
        return str(KEY_STATES[self.state])

    @property
    def advice(self) -> str:
        """What to do about it, "" for nothing."""
        return str(KEY_ADVICE.get(self.state, ""))

    @property
    def role(self) -> str:
        """Its role in words."""
        return str(Role(self.key.role).label)


def manages_all(request: PersonRequest, service: Service) -> bool:
    """Say whether the person manages the keys of the whole organization."""
    return admins_organization(request.user, service.organization_id)


def keys_of(service: Service, *, whole: bool) -> tuple[list[ShownKey], list[ShownKey]]:
    """Return the keys that are good for a service: those that get in, and some of those that do not any more.

    `whole`: the person manages those of the whole organization too, which are open to its admins only.
    """
    now = read_clock().real
    good = Q(service=service) | Q(service__isnull=True, organization=service.organization_id)
    rows = ApiKey.objects.filter(good).select_related("created_by", "service", "organization", "successor")
    getting_in = rows.getting_in().order_by("service", "name", "-created_at")
    ended = rows.ended().order_by("-created_at")[:ENDED_MOST]
    shown = [
        [ShownKey(key, now, whole or key.service_id is not None) for key in keys]
        for keys in (getting_in, ended)
    ]
    return shown[0], shown[1]


def find_key(request: PersonRequest, service: Service, key_id: str) -> ShownKey:
    """Return a key that is good for a service, and that the person manages. Raises Http404."""
    rows = ApiKey.objects.select_related("created_by", "service", "organization", "successor")
    key = rows.filter(key_id=key_id, organization=service.organization_id).first()
    if key is None or key.service_id not in (None, service.pk):
        raise Http404
    if key.service_id is None and not manages_all(request, service):
        raise Http404
    return ShownKey(key, read_clock().real, True)
