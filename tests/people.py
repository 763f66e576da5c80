"""People, services, networks and endpoints for tests, by the names that tests use."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from endpoints.domain.breakers import Kind
from endpoints.domain.matching import Finding
from endpoints.domain.pipes import parse_addresses
from endpoints.domain.rates import Api
from endpoints.domain.reasons import EventCode, Reason
from endpoints.domain.specs import Listed
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models import (
    Breaker,
    ClickPipe,
    Event,
    HandOff,
    Network,
    Organization,
    Orphan,
    RateBucket,
    Region,
    Replacement,
    ReplacementMode,
    ReversePrivateEndpoint,
    Role,
    RoleAssignment,
    Service,
    Team,
    Turn,
    User,
    note_sources,
    read_clock,
)

PASSWORD = "correct horse battery staple"
REGION = "eu-central-1"
ACCOUNT = "111122223333"
SERVICE_NAME = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
EXTERNAL_ID = "vpce-0aaaaaaaaaaaaaaaa"
PARAMETERS: dict[EndpointType, dict[str, str]] = {
    EndpointType.VPC_ENDPOINT_SERVICE: {"vpcEndpointServiceName": SERVICE_NAME},
    EndpointType.VPC_RESOURCE: {
        "vpcResourceConfigurationId": "rcfg-0123456789abcdef0",
        "vpcResourceShareArn": (
            "arn:aws:ram:eu-central-1:444455556666:resource-share/7c6f5f0e-0000-4000-8000-000000000001"
        ),
    },
    EndpointType.MSK_MULTI_VPC: {
        "mskClusterArn": "arn:aws:kafka:eu-central-1:444455556666:cluster/orders/11111111-2222-3333-4444-5",
        "mskAuthentication": "SASL_IAM",
    },
}
"""Good parameters of each type, in eu-central-1."""
REGIONAL_NAME = f"{EXTERNAL_ID}-abcdefgh.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com"
ZONAL_NAME = (
    f"{EXTERNAL_ID}-abcdefgh-eu-central-1a.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com"
)

_REASONS = {
    Status.UNKNOWN: Reason.UNKNOWN_STATE,
    Status.PROVISIONING: Reason.CREATING,
    Status.PENDING_ACCEPTANCE: Reason.OWNER_MUST_ACCEPT,
    Status.READY: Reason.AVAILABLE,
    Status.REJECTED: Reason.REJECTED_BY_OWNER,
    Status.EXPIRED: Reason.NOT_ACCEPTED_IN_TIME,
    Status.FAILED: Reason.SERVICE_NOT_FOUND,
    Status.DELETING: Reason.DELETING_AT_AWS,
}


def make_region(name: str = REGION, **fields: Any) -> Region:
    """Return a region whose account is verified and which was just listed, unless `fields` say otherwise."""
    now = read_clock().now
    defaults = {"account_id": ACCOUNT, "account_seen": ACCOUNT, "account_verified_at": now, "listed_at": now}
    return Region.objects.get_or_create(name=name, defaults=defaults | fields)[0]


def make_network(region: Region, **fields: Any) -> Network:
    """Return a new network of a region that takes endpoints."""
    defaults: dict[str, Any] = {
        "vpc_id": f"vpc-{uuid.uuid4().hex[:17]}",
        "subnet_ids": ["subnet-0aaaaaaaaaaaaaaaa"],
        "security_group_ids": ["sg-0aaaaaaaaaaaaaaaa"],
    }
    return Network.objects.create(region=region, **defaults | fields)


def make_service(organization: Organization, name: str = "orders", **fields: Any) -> Service:
    """Return a new service on AWS whose ClickPipes run in eu-central-1."""
    defaults: dict[str, Any] = {
        "provider": "aws",
        "region": REGION,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Service.objects.create(organization=organization, name=name, **defaults | fields)


def make_user(email: str, **fields: Any) -> User:
    """Return a new user, without a password unless `fields` give one (hashing takes its time)."""
    return User.objects.create_user(email, **fields)


def make_team(name: str, *people: User) -> Team:
    """Return a new team of some people."""
    team = Team.objects.create(name=name)
    team.user_set.set(people)
    return team


def give_role(to: User | Team, role: Role, on: Service | Organization) -> RoleAssignment:
    """Give a user or a team a role on a service, or on an organization."""
    place = {"service": on} if isinstance(on, Service) else {"organization": on}
    holder = {"user": to} if isinstance(to, User) else {"team": to}
    return RoleAssignment.objects.create(role=role, **holder, **place)


def make_endpoint(service: Service, status: Status = Status.READY, **fields: Any) -> ReversePrivateEndpoint:
    """Return a new endpoint that entered a status just now, with what belongs to that status."""
    now = read_clock().now
    is_made = status not in (Status.PROVISIONING, Status.FAILED)
    defaults: dict[str, Any] = {
        "type": EndpointType.VPC_ENDPOINT_SERVICE,
        "description": "Orders database",
        "parameters": PARAMETERS[fields.get("type", EndpointType.VPC_ENDPOINT_SERVICE)],
        "region": make_region(service.clickpipes_region),
        "created_at": now,
        "created_by_name": "operator@example.com",
        "status": status,
        "reason": _REASONS[status],
        "status_since": now,
        "external_id": EXTERNAL_ID if is_made else "",
        "dns_names": [REGIONAL_NAME, ZONAL_NAME] if is_made else [],
    }
    if status is Status.DELETING:
        defaults |= removal(now)
    return ReversePrivateEndpoint.objects.create(service=service, **defaults | fields)


def make_tombstone(service: Service, **fields: Any) -> ReversePrivateEndpoint:
    """Return an endpoint that was Ready, and removed on request of operator@example.com."""
    now = read_clock().now
    gone = {"removed_at": now, "last_status": Status.READY}
    return make_endpoint(service, Status.DELETING, **removal(now) | gone | fields)


def removal(now: datetime) -> dict[str, Any]:
    """Return the columns of an endpoint whose removal a person asked for."""
    return {
        "removal_requested_at": now,
        "removal_requested_by": "operator@example.com",
        "removal_reason": Reason.REMOVAL_REQUESTED,
    }


def make_pipe(
    service: Service, *uses: ReversePrivateEndpoint, name: str = "", address: str = "", **fields: Any
) -> ClickPipe:
    """Return a ClickPipe that names endpoints by id; without an address it reaches the first one's name."""
    host = uses[0].dns_names[0] if uses and uses[0].dns_names else "db.example.com"
    defaults: dict[str, Any] = {
        "name": name or f"pipe {uuid.uuid4().hex[:8]}",
        "source": Source.POSTGRES,
        "created_at": read_clock().now,
        "created_by_name": "operator@example.com",
    }
    pipe = ClickPipe(service=service, **defaults | fields)
    given = address or f"{host}:5432"
    pipe.reach(given, [found.host for found in parse_addresses("address", given, Source(pipe.source))])
    pipe.save()
    pipe.endpoints.set(uses)
    note_sources(pipe)
    return pipe


def make_hand_off(endpoint: ReversePrivateEndpoint, **fields: Any) -> HandOff:
    """Return a link to an endpoint that is open for a day."""
    real = read_clock().real
    defaults: dict[str, Any] = {
        "created_at": real,
        "created_by_name": "operator@example.com",
        "expires_at": real + timedelta(days=1),
    }
    return HandOff.objects.create(endpoint=endpoint, **defaults | fields)


def make_replacement(
    old: ReversePrivateEndpoint, new: ReversePrivateEndpoint | None = None, **fields: Any
) -> Replacement:
    """Return an unfinished replacement of an endpoint by one like it."""
    defaults: dict[str, Any] = {
        "mode": ReplacementMode.TOGETHER,
        "type": old.type,
        "parameters": old.parameters,
        "description": old.description,
        "requested_at": read_clock().now,
        "requested_by_name": "operator@example.com",
    }
    return Replacement.objects.create(old=old, new=new, **defaults | fields)


def make_orphan(region: Region, **fields: Any) -> Orphan:
    """Return an orphan that is in AWS for certain since a day."""
    seen_at = read_clock().now - timedelta(days=1)
    defaults: dict[str, Any] = {
        "kind": Listed.ENDPOINTS,
        "external_id": f"vpce-{uuid.uuid4().hex[:17]}",
        "endpoint_id": str(uuid.uuid4()),
        "generation": 1,
        "state": "available",
        "why": Finding.ROW_UNKNOWN,
        "made_at": seen_at,
        "first_seen_at": seen_at,
        "last_seen_at": seen_at,
        "certain_at": seen_at,
    }
    return Orphan.objects.create(region=region, **defaults | fields)


def make_event(endpoint: ReversePrivateEndpoint, code: EventCode, **fields: Any) -> Event:
    """Return a new line of an endpoint's timeline."""
    event = Event.line(endpoint, code, fields.pop("at", None) or read_clock().now, **fields)
    event.save()
    return event


@dataclass(frozen=True)
class Cast:
    """One organization with a service and everybody around it; nobody has a password.

    `viewer` and `operator` have their role on `service`, `admin` on the whole organization; `stranger` is the
    admin of `other_organization`; `staff` is in Django admin and has no role anywhere.
    """

    region: Region
    network: Network
    organization: Organization
    service: Service
    other_organization: Organization
    other_service: Service
    viewer: User
    operator: User
    admin: User
    stranger: User
    staff: User


def introduce() -> Cast:
    """Make the cast."""
    region = make_region()
    organization = Organization.objects.create(name="Example Shop")
    other_organization = Organization.objects.create(name="Example Bank")
    cast = Cast(
        region=region,
        network=make_network(region),
        organization=organization,
        service=make_service(organization, "orders"),
        other_organization=other_organization,
        other_service=make_service(other_organization, "ledger"),
        viewer=make_user("viewer@example.com"),
        operator=make_user("operator@example.com"),
        admin=make_user("admin@example.com"),
        stranger=make_user("stranger@example.com"),
        staff=make_user("staff@example.com", is_staff=True),
    )
    give_role(cast.viewer, Role.VIEWER, cast.service)
    give_role(cast.operator, Role.OPERATOR, cast.service)
    give_role(cast.admin, Role.ADMIN, cast.organization)
    give_role(cast.stranger, Role.ADMIN, cast.other_organization)
    return cast


def make_bucket(api: Api = Api.CREATE, **fields: Any) -> RateBucket:
    """Return an empty bucket of the operator's account in eu-central-1."""
    defaults = {"account_id": "111111111111", "region": REGION, "api": api}
    return RateBucket.objects.create(**{**defaults, "tokens": 0, "filled_at": read_clock().now, **fields})


def make_turn(endpoint: ReversePrivateEndpoint, bucket: RateBucket, number: int = 1) -> Turn:
    """Let an endpoint wait for its turn."""
    where = {"bucket": bucket, "service": endpoint.service, "asked_at": bucket.filled_at}
    return Turn.objects.create(endpoint=endpoint, number=number, **where)


def make_breaker(network: Network, kind: Kind = Kind.ACCOUNT, **fields: Any) -> Breaker:
    """Return an open fault of a whole network."""
    now = read_clock().now
    said = {"operation": "DescribeVpcEndpoints", "code": "ExpiredToken", "raw": "The token expired."}
    opened = {"strikes": 1, "opened_at": now, "probe_at": now}
    return Breaker.objects.create(**{"network": network, "kind": kind, **said, **opened, **fields})
