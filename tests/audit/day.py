"""Who works on the scripted day, from where, and how each asks."""

import base64
import json
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from endpoints.models import ActorKind, AuditEntry
from tests.people import PASSWORD, Cast

OFFICE, HOME, OWNER, BUILD = "192.0.2.20", "2001:db8::9", "198.51.100.4", "203.0.113.8"


@dataclass(frozen=True)
class Line:
    """An entry: who, from where, did what, on what, and what it was before and after."""

    kind: str
    who: str
    address: str | None
    action: str
    on: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


def trail() -> list[Line]:
    """Return what the audit says, oldest first."""
    return [
        Line(
            entry.actor_kind,
            entry.actor_name,
            entry.address,
            entry.action,
            entry.object_name,
            entry.before,
            entry.after,
            entry.reason,
        )
        for entry in AuditEntry.objects.order_by("at", "id")
    ]


@dataclass
class Person:
    """Somebody in a browser; `did` returns the line that an act of theirs leaves."""

    email: str
    address: str
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(REMOTE_ADDR=self.address)

    def did(self, action: str, on: str, before: Any = None, after: Any = None, reason: str = "") -> Line:
        kind = ActorKind.PERSON.value if self.email else ActorKind.NOBODY.value
        return Line(kind, self.email, self.address, action, on, before or {}, after or {}, reason)

    def sign_in(self, password: str = PASSWORD, email: str = "") -> None:
        fields = {"username": email or self.email, "password": password}
        response = self.client.post(reverse("sign-in"), fields)
        assert response.status_code == (302 if password == PASSWORD else 422)

    def sign_out(self) -> None:
        assert self.client.post(reverse("sign-out")).status_code == 302

    def see(self, page: str, *args: Any, query: dict[str, str] | None = None, status: int = 200) -> Any:
        response = self.client.get(reverse(page, args=args), query)
        assert response.status_code == status, (page, response.status_code)
        return response

    def send(self, page: str, *args: Any, fields: dict[str, Any] | None = None, status: int = 303) -> Any:
        response = self.client.post(reverse(page, args=args), fields)
        assert response.status_code == status, (page, response.status_code)
        return response


def secret_on(page: Any) -> tuple[str, str]:
    """Return key id and secret of the page that shows them once."""
    key_id, secret = page.context["key"].key_id, page.context["secret"]
    assert key_id in page.text
    assert secret in page.text
    return key_id, secret


def call(cast: Cast, credentials: tuple[str, str], method: str, path: str = "", body: object = None) -> Any:
    """Call the collection of the service's endpoints by the API, as the build machine does."""
    address = (
        f"/v1/organizations/{cast.organization.pk}/services/{cast.service.pk}"
        f"/clickpipesReversePrivateEndpoints{path}"
    )
    basic = base64.b64encode(":".join(credentials).encode()).decode()
    raw = b"" if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Basic {basic}"}
    client = Client(REMOTE_ADDR=BUILD)
    return client.generic(method, address, raw, content_type="application/json", headers=headers)


def command(name: str, *options: str) -> str:
    """Run a command of the operators; return what it says."""
    out = StringIO()
    call_command(name, *options, stdout=out)
    return out.getvalue()
