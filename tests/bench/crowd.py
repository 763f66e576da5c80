"""A service with any number of endpoints, spread over statuses, types, owners, people and time as in life."""

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models import ClickPipe, Organization, Region, ReversePrivateEndpoint, Service, read_clock
from tests.people import make_service

SPREAD: dict[Status, float] = {
    Status.READY: 86,
    Status.FAILED: 5,
    Status.PENDING_ACCEPTANCE: 3,
    Status.DELETING: 2,
    Status.REJECTED: 1.5,
    Status.PROVISIONING: 1,
    Status.UNKNOWN: 1,
    Status.EXPIRED: 0.5,
}
TYPES = {EndpointType.VPC_ENDPOINT_SERVICE: 60, EndpointType.VPC_RESOURCE: 30, EndpointType.MSK_MULTI_VPC: 10}
SOURCES = {Source.KAFKA: 40, Source.POSTGRES: 35, Source.MYSQL: 20, Source.MONGODB: 5}
USED = 0.6
"""The part of the endpoints that a ClickPipe uses; a third of these ClickPipes say so by host name only."""

_WORDS = ("orders", "payments", "clicks", "stock", "audit", "users", "billing", "events", "search", "mail")
_PLACES = ("prod", "staging", "eu", "us", "blue", "green", "replica", "backup")
_REGIONS = ("eu-central-1", "eu-central-1", "eu-central-1", "eu-central-1", "eu-west-1")
_BATCH = 2_000


def make_crowd(organization: Organization, name: str, size: int) -> Service:
    """Return a new service with `size` live endpoints, their ClickPipes, and a tenth as many tombstones."""
    service = make_service(organization, name)
    dice = random.Random(f"{name} {size}")
    now = read_clock().now
    for region in set(_REGIONS):
        Region.objects.get_or_create(name=region, defaults={"listed_at": now, "account_id": "111122223333"})
    batch: list[ReversePrivateEndpoint] = []
    for number in range(size + size // 10):
        batch.append(_endpoint(service, number, dice, now, is_removed=number >= size))
        if len(batch) == _BATCH or number == size + size // 10 - 1:
            _save(batch, dice, now)
            batch = []
    return service


def _save(rows: list[ReversePrivateEndpoint], dice: random.Random, now: datetime) -> None:
    pipes, links = [], []
    for row in rows:
        if row.removed_at is None and dice.random() < USED:
            pipe = _pipe(row, dice, now)
            row.pipe_sources = pipe.source
            pipes.append(pipe)
            if dice.random() < 2 / 3 or not row.answered_names:
                links.append(ClickPipe.endpoints.through(clickpipe=pipe, reverseprivateendpoint=row))
    ReversePrivateEndpoint.objects.bulk_create(rows)
    ClickPipe.objects.bulk_create(pipes)
    ClickPipe.endpoints.through.objects.bulk_create(links)


def _pick(dice: random.Random, weights: dict[Any, float] | dict[Any, int]) -> Any:
    return dice.choices(list(weights), list(weights.values()))[0]


def _endpoint(
    service: Service, number: int, dice: random.Random, now: datetime, *, is_removed: bool
) -> ReversePrivateEndpoint:
    status = Status.DELETING if is_removed else _pick(dice, SPREAD)
    kind = _pick(dice, TYPES)
    region = dice.choice(_REGIONS)
    created = now - timedelta(seconds=dice.uniform(3_600, 2 * 365 * 86_400))
    is_brief = status in (Status.PENDING_ACCEPTANCE, Status.REJECTED)
    since = now - timedelta(seconds=dice.uniform(60, 86_000)) if is_brief else created
    person = f"person-{min(int(dice.paretovariate(0.8)), 60)}@example.com"
    owner = f"{400_000_000_000 + min(int(dice.paretovariate(0.5)), 400)}"
    external_id = f"vpce-{number:017x}"
    goes = status is Status.DELETING
    row = ReversePrivateEndpoint(
        service=service,
        type=kind,
        description=f"{dice.choice(_WORDS)}-{dice.choice(_WORDS)}-{dice.choice(_PLACES)}-{number}",
        parameters=_parameters(kind, region, owner, number),
        region_id=region,
        owner_account="" if kind is EndpointType.VPC_ENDPOINT_SERVICE else owner,
        created_at=created,
        created_by_name=person,
        status=status,
        reason="available",
        status_since=since,
        external_id=external_id,
        removal_requested_at=now if goes else None,
        removal_requested_by=person if goes else "",
        removal_reason="removal_requested" if goes else "",
        removed_at=now if is_removed else None,
    )
    if status in (Status.READY, Status.DELETING):
        _name(row, region, number)
    return row


def _parameters(kind: EndpointType, region: str, owner: str, number: int) -> dict[str, str]:
    if kind is EndpointType.VPC_RESOURCE:
        share = f"arn:aws:ram:{region}:{owner}:resource-share/{uuid.UUID(int=number)}"
        return {"vpcResourceConfigurationId": f"rcfg-{number:017x}", "vpcResourceShareArn": share}
    if kind is EndpointType.MSK_MULTI_VPC:
        arn = f"arn:aws:kafka:{region}:{owner}:cluster/orders-{number}/{uuid.UUID(int=number)}-1"
        return {"mskClusterArn": arn, "mskAuthentication": "SASL_IAM"}
    return {"vpcEndpointServiceName": f"com.amazonaws.vpce.{region}.vpce-svc-{number:017x}"}


def _name(row: ReversePrivateEndpoint, region: str, number: int) -> None:
    if row.type == EndpointType.MSK_MULTI_VPC:
        brokers = [f"b-{broker}.orders-{number}.kafka.{region}.amazonaws.com" for broker in (1, 2, 3)]
        row.private_dns_names = brokers
        row.connection_string = ",".join(f"{host}:1400{n}" for n, host in enumerate(brokers))
        return
    base = f"{row.external_id}-{number:08x}"
    tail = f"vpce-svc-{number:017x}.{region}.vpce.amazonaws.com"
    row.dns_names = [f"{base}.{tail}", *(f"{base}-{region}{zone}.{tail}" for zone in "abc")]


def _pipe(row: ReversePrivateEndpoint, dice: random.Random, now: datetime) -> ClickPipe:
    pipe = ClickPipe(
        service=row.service,
        name=f"pipe-{row.pk}",
        source=_pick(dice, SOURCES),
        created_at=now,
        created_by_name=row.created_by_name,
    )
    host = next(iter([*row.dns_names, *row.private_dns_names]), f"db-{row.pk.hex}.example.com")
    pipe.reach(f"{host}:9092", [host])
    return pipe
