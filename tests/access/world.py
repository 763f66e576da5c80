"""Everybody, and everything that an address can name, where they have a role and where they have none."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from endpoints.domain.status import Status
from endpoints.models import (
    ApiKey,
    ClickPipe,
    HandOff,
    Organization,
    PipeDraft,
    Region,
    ReversePrivateEndpoint,
    Role,
    RoleAssignment,
    Service,
    User,
    read_clock,
)
from tests.access.rules import Level
from tests.people import (
    Cast,
    give_role,
    introduce,
    make_endpoint,
    make_hand_off,
    make_pipe,
    make_replacement,
    make_service,
    make_tombstone,
    make_user,
)

PLACES = ("own", "sibling", "foreign")
"""A service, another service of the same organization, and one of another organization."""

PEOPLE: dict[str, tuple[Level, Level, Level]] = {
    # who                  own             sibling         foreign
    "anonymous": (Level.NOBODY, Level.NOBODY, Level.NOBODY),
    "inactive": (Level.NOBODY, Level.NOBODY, Level.NOBODY),
    "stranger": (Level.PERSON, Level.PERSON, Level.ADMIN),
    "viewer": (Level.VIEWER, Level.PERSON, Level.PERSON),
    "operator": (Level.OPERATOR, Level.PERSON, Level.PERSON),
    "teammate": (Level.OPERATOR, Level.PERSON, Level.PERSON),
    "service admin": (Level.ADMIN, Level.PERSON, Level.PERSON),
    "organization viewer": (Level.VIEWER, Level.VIEWER, Level.PERSON),
    "organization admin": (Level.ADMIN, Level.ADMIN, Level.PERSON),
    "staff": (Level.PERSON, Level.PERSON, Level.PERSON),
    "superuser": (Level.PERSON, Level.PERSON, Level.PERSON),
}
"""How far each may go at the three places. Staff have no role: what they may do, they do in Django admin."""

KEYS: dict[str, tuple[Level, Level, Level]] = {
    "viewer's key of the service": (Level.VIEWER, Level.PERSON, Level.PERSON),
    "operator's key of the service": (Level.OPERATOR, Level.PERSON, Level.PERSON),
    "admin's key of the service": (Level.ADMIN, Level.PERSON, Level.PERSON),
    "viewer's key of the organization": (Level.VIEWER, Level.VIEWER, Level.PERSON),
    "operator's key of the organization": (Level.OPERATOR, Level.OPERATOR, Level.PERSON),
    "admin's key of the organization": (Level.ADMIN, Level.ADMIN, Level.PERSON),
    "key of another service": (Level.PERSON, Level.ADMIN, Level.PERSON),
    "key of another organization": (Level.PERSON, Level.PERSON, Level.ADMIN),
    "expired key": (Level.NOBODY, Level.NOBODY, Level.NOBODY),
    "disabled key": (Level.NOBODY, Level.NOBODY, Level.NOBODY),
    "wrong secret": (Level.NOBODY, Level.NOBODY, Level.NOBODY),
    "no key": (Level.NOBODY, Level.NOBODY, Level.NOBODY),
}


@dataclass(frozen=True)
class Place:
    """One service with everything that its addresses can name; `endpoints` by what is with them.

    `roles` are those of a colleague on the service, and on the "whole" organization.
    """

    name: str
    service: Service
    endpoints: dict[str, ReversePrivateEndpoint]
    pipe: ClickPipe
    link: HandOff
    newcomer: User
    key: ApiKey
    roles: dict[str, RoleAssignment]

    def ids(self, on: str) -> dict[str, Any]:
        """Return the values of an address's parameters here; `on` names the endpoint."""
        return {
            "organization_id": self.service.organization_id,
            "service_id": self.service.pk,
            "endpoint_id": self.endpoints.get(on, self.endpoints["ready"]).pk,
            "pipe_id": self.pipe.pk,
            "link_id": self.link.pk,
            "token": self.link.token,
            "key_id": self.key.key_id,
            "role_id": self.roles.get(on, self.roles["service"]).pk,
        } | FIXED


FIXED = {"source": "postgres", "form": "csv"}
"""The parameters that name nobody's object."""

SECRETS = {"token"}
"""Those that nobody can guess: who has one is let in."""


def never() -> dict[str, Any]:
    """Return values of parameters that name nothing and never did."""
    names = ("organization_id", "service_id", "endpoint_id", "pipe_id", "link_id")
    made_up = {"token": f"{uuid.uuid4().hex}.{'x' * 43}", "key_id": "x" * 20, "role_id": 2**31 - 1}
    return {name: uuid.uuid4() for name in names} | made_up | FIXED


@dataclass
class World:
    """The places by name, and people and keys by theirs (None: nobody is signed in, no key is sent)."""

    cast: Cast
    places: dict[str, Place]
    people: dict[str, User | None]
    keys: dict[str, tuple[str, str] | None] = field(default_factory=dict)


def make_world() -> World:
    """Make all of it."""
    cast = introduce()
    # Pages that show the room ask for a fresh look, once in a while; nobody's act is that.
    Region.objects.update(rooms_wanted_at=read_clock().now)
    sibling = make_service(cast.organization, "billing")
    places = {
        "own": _make_place("own", cast.service),
        "sibling": _make_place("sibling", sibling),
        "foreign": _make_place("foreign", cast.other_service),
    }
    people: dict[str, User | None] = {
        "anonymous": None,
        "inactive": make_user("inactive@example.com", is_active=False),
        "stranger": cast.stranger,
        "viewer": cast.viewer,
        "operator": cast.operator,
        "teammate": make_user("teammate@example.com"),
        "service admin": make_user("service-admin@example.com"),
        "organization viewer": make_user("organization-viewer@example.com"),
        "organization admin": cast.admin,
        "staff": cast.staff,
        "superuser": make_user("superuser@example.com", is_staff=True, is_superuser=True),
    }
    _give_roles(cast, people)
    _leave_drafts(places, people)
    return World(cast, places, people, _make_keys(cast, sibling))


def _give_roles(cast: Cast, people: dict[str, User | None]) -> None:
    for name, role, on in (
        ("inactive", Role.ADMIN, cast.service),
        ("service admin", Role.ADMIN, cast.service),
        ("organization viewer", Role.VIEWER, cast.organization),
    ):
        user = people[name]
        assert user is not None
        give_role(user, role, on)
    team = Group.objects.create(name="Example team")
    mate = people["teammate"]
    assert mate is not None
    mate.groups.add(team)
    RoleAssignment.objects.create(team=team, role=Role.OPERATOR, service=cast.service)


def _leave_drafts(places: dict[str, Place], people: dict[str, User | None]) -> None:
    """Leave an unfinished ClickPipe of everybody who may set one up."""
    for name, levels in PEOPLE.items():
        user = people[name]
        for place, level in zip(PLACES, levels, strict=True):
            if user is not None and level >= Level.OPERATOR:
                PipeDraft.objects.create(
                    user=user, service=places[place].service, source="Postgres", updated_at=timezone.now()
                )


def _make_place(name: str, service: Service) -> Place:
    number = PLACES.index(name)

    def fields(k: int) -> dict[str, Any]:
        external_id = f"vpce-{number}{k:016x}"
        host = f"{external_id}-abcdefgh.vpce-svc-0123456789abcdef{k}.eu-central-1.vpce.amazonaws.com"
        return {
            "external_id": external_id,
            "dns_names": [host],
            "description": f"{name} {k}",
            "parameters": {"vpcEndpointServiceName": service_name(number, k)},
        }

    endpoints = {
        "ready": make_endpoint(service, **fields(1)),
        "failed": make_endpoint(service, Status.FAILED, **fields(2) | {"external_id": "", "dns_names": []}),
        "pending": make_endpoint(service, Status.PENDING_ACCEPTANCE, **fields(3)),
        "used": make_endpoint(service, **fields(4)),
        "gone": make_tombstone(service, **fields(5)),
        "replaced": make_endpoint(service, **fields(6)),
        "new": make_endpoint(service, Status.PENDING_ACCEPTANCE, **fields(7)),
    }
    make_replacement(endpoints["replaced"], endpoints["new"])
    colleague = make_user(f"colleague-{name}@example.com")
    return Place(
        name,
        service,
        endpoints,
        pipe=make_pipe(service, endpoints["used"], name=f"{name} pipe"),
        link=make_hand_off(endpoints["pending"]),
        newcomer=make_user(f"newcomer-{name}@example.com"),
        key=_make_key(service),
        roles={
            "service": give_role(colleague, Role.VIEWER, service),
            "whole": give_role(colleague, Role.VIEWER, service.organization),
        },
    )


def _make_key(service: Service) -> ApiKey:
    ends = timezone.now() + timedelta(days=90)
    where: dict[str, Any] = {"organization": service.organization, "service": service, "expires_at": ends}
    return ApiKey.issue(name=f"of {service.name}", role="viewer", **where)[0]


def service_name(number: int, k: int) -> str:
    """Return the name of an endpoint service that nobody else's endpoint leads to."""
    return f"com.amazonaws.vpce.eu-central-1.vpce-svc-{number}{k:016x}"


def password_link(user: User) -> dict[str, str]:
    """Return the parameters of a link that sets a user's password."""
    return {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }


def _make_keys(cast: Cast, sibling: Service) -> dict[str, tuple[str, str] | None]:
    past = timezone.now() - timedelta(seconds=1)
    made: dict[str, tuple[str, str] | None] = {}

    def issue(name: str, role: str, organization: Organization, service: Service | None, **more: Any) -> None:
        key, secret = ApiKey.issue(organization=organization, service=service, role=role, name=name, **more)
        made[name] = (key.key_id, secret)

    for role in ("viewer", "operator", "admin"):
        issue(f"{role}'s key of the service", role, cast.organization, cast.service)
        issue(f"{role}'s key of the organization", role, cast.organization, None)
    issue("key of another service", "admin", cast.organization, sibling)
    issue("key of another organization", "admin", cast.other_organization, None)
    issue("expired key", "admin", cast.organization, None, expires_at=past)
    issue("disabled key", "admin", cast.organization, None, disabled_at=past)
    known = made["admin's key of the organization"]
    assert known is not None
    return made | {"wrong secret": (known[0], "x" * len(known[1])), "no key": None}
