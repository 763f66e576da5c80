"""What the Cloud's API does not tell of endpoints: why, since when, until when, for whom; tombstones; retry.

Ours, in the same envelope. What these addresses show of the past they show of tombstones too.
"""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from endpoints import intents, texts
from endpoints.api.bodies import read_object
from endpoints.api.envelope import Problem
from endpoints.api.keys import key_of
from endpoints.api.places import SERVICE, endpoint_of, parse_id, service_of
from endpoints.api.private_endpoints import ONE
from endpoints.api.shapes import EndpointShape
from endpoints.domain.status import Status
from endpoints.models import (
    Affected,
    ApiKey,
    Event,
    ReversePrivateEndpoint,
    Role,
    Service,
    affected_by,
    read_clock,
    role_on,
)

router = Router(tags=["Reverse private endpoints, beyond the Cloud's API"])

MOST = 1_000  # lines of a timeline, or tombstones, in one answer


class ReasonShape(Schema):
    """Why an endpoint has its status: a code of ours, a sentence, who must act next and how."""

    code: str
    text: str
    whoMustAct: str
    nextStep: str


class DependentShape(Schema):
    """A ClickPipe that depends on an endpoint: it names it (`id`), or reaches one of its names (`host`)."""

    id: str
    name: str
    source: str
    dependsBy: str


class SituationShape(Schema):
    """How an endpoint stands. `deadline` is when cleanup may remove it, null where its status may last."""

    id: str
    status: str
    statusSince: datetime
    reason: ReasonShape
    deadline: datetime | None
    clickPipes: list[DependentShape]


class EventShape(Schema):
    """One line of a timeline. What AWS itself said is told to operators only."""

    at: datetime
    code: str
    text: str
    actor: str
    operation: str
    awsRequestId: str | None = None
    awsText: str | None = None


class TombstoneShape(Schema):
    """An endpoint that is gone: who removed it, when, why, and what it was at last."""

    id: str
    description: str
    type: str
    lastStatus: str
    removalRequestedAt: datetime
    removalRequestedBy: str
    why: str
    removedAt: datetime


class RemovalShape(Schema):
    """What a removal would do. `allowed`: whether the role of this key is enough for it."""

    neededRole: str
    allowed: bool
    clickPipes: list[DependentShape]
    leftBehind: str


@router.get(ONE + "/situation", response=SituationShape)
def get_situation(
    request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str
) -> SituationShape:
    """Return why an endpoint has its status, its deadline, and the ClickPipes that it serves."""
    endpoint = _any_endpoint(service_of(request, organization_id, service_id), endpoint_id)
    now = read_clock().now
    status = "Removed" if endpoint.is_removed else endpoint.shown_status(now)
    return SituationShape(
        id=str(endpoint.pk),
        status=status,
        statusSince=endpoint.removed_at or endpoint.shown_since,
        reason=reason_of(endpoint, now),
        deadline=None if endpoint.is_removed else endpoint.deadline,
        clickPipes=_dependents(affected_by([endpoint])[endpoint.pk]),
    )


@router.get(ONE + "/events", response=list[EventShape])
def list_events(
    request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str
) -> list[EventShape]:
    """Return the timeline of an endpoint, the newest line first, at most 1,000 of them."""
    service = service_of(request, organization_id, service_id)
    endpoint = _any_endpoint(service, endpoint_id)
    operates = _covers(key_of(request), service, Role.OPERATOR)
    return [_event(event, sees_aws=operates) for event in endpoint.events.all()[:MOST]]


@router.get(SERVICE + "/removedReversePrivateEndpoints", response=list[TombstoneShape])
def list_removed(request: HttpRequest, organization_id: str, service_id: str) -> list[TombstoneShape]:
    """Return the endpoints of a service that are gone, the newest first, at most 1,000 of them."""
    service = service_of(request, organization_id, service_id)
    return [_tombstone(row) for row in service.endpoints.tombstones().order_by("-removed_at", "pk")[:MOST]]


@router.get(ONE + "/removal", response=RemovalShape)
def preview_removal(
    request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str
) -> RemovalShape:
    """Return what the removal of an endpoint would do, and whether this key may ask for it."""
    service = service_of(request, organization_id, service_id)
    endpoint = endpoint_of(service, endpoint_id)
    affected = affected_by([endpoint])[endpoint.pk]
    needed = Role.ADMIN if affected and endpoint.removal_requested_at is None else Role.OPERATOR
    return RemovalShape(
        neededRole=needed.value,
        allowed=_covers(key_of(request), service, needed),
        clickPipes=_dependents(affected),
        leftBehind=str(texts.LEFT_BEHIND[endpoint.type]),
    )


@router.post(ONE + "/retry", response=EndpointShape)
def retry_endpoint(
    request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str
) -> EndpointShape:
    """Ask for a next attempt at what failed, was rejected or expired; asking again changes nothing."""
    service = service_of(request, organization_id, service_id)
    endpoint = endpoint_of(service, endpoint_id)
    intents.require_role(key_of(request), service, Role.OPERATOR)
    if read_object(request):
        raise Problem(400, "Send an empty object: {}")
    intents.retry(endpoint=endpoint, by=key_of(request))
    return EndpointShape.of(endpoint_of(service, endpoint_id), read_clock().now)


def reason_of(endpoint: ReversePrivateEndpoint, now: datetime) -> ReasonShape:
    """Return why an endpoint has the status that it shows."""
    if not endpoint.is_removed and endpoint.shown_status(now) is Status.UNKNOWN and endpoint.is_stale(now):
        read_at = endpoint.listed_at
        what, who, then = texts.stale_texts(endpoint.status, texts.moment_text(read_at) if read_at else "")
        return ReasonShape(code="not_read_lately", text=what, whoMustAct=who, nextStep=then)
    code = endpoint.removal_reason if endpoint.is_removed else texts.current_reason(endpoint)
    return ReasonShape(
        code=code or endpoint.reason,
        text=texts.reason_text(endpoint),
        whoMustAct=texts.who_text(endpoint),
        nextStep=texts.next_step_text(endpoint),
    )


def _any_endpoint(service: Service, endpoint_id: str) -> ReversePrivateEndpoint:
    pk = parse_id("reverse private endpoint", endpoint_id)
    found = service.endpoints.select_related("region", "service").filter(pk=pk).first()
    if found is None:
        raise Problem(404, endpoint_id)
    return found


def _covers(key: ApiKey, service: Service, needed: Role) -> bool:
    role = role_on(key, service)
    return role is not None and role.covers(needed)


def _dependents(affected: Affected) -> list[DependentShape]:
    known = [*((pipe, "id") for pipe in affected.uses), *((pipe, "host") for pipe in affected.may)]
    return [
        DependentShape(id=str(pipe.pk), name=pipe.name, source=pipe.source, dependsBy=how)
        for pipe, how in known
    ]


def _event(event: Event, *, sees_aws: bool) -> EventShape:
    own = {"awsRequestId": event.aws_request_id, "awsText": event.raw} if sees_aws else {}
    return EventShape(
        at=event.at,
        code=event.code,
        text=texts.event_text(event),
        actor=texts.actor_text(event.actor),
        operation=event.operation,
        **own,
    )


def _tombstone(row: ReversePrivateEndpoint) -> TombstoneShape:
    assert row.removal_requested_at is not None
    assert row.removed_at is not None
    return TombstoneShape(
        id=str(row.pk),
        description=row.description,
        type=row.type,
        lastStatus=row.last_status,
        removalRequestedAt=row.removal_requested_at,
        removalRequestedBy=texts.actor_text(row.removal_requested_by),
        why=texts.removal_text(row),
        removedAt=row.removed_at,
    )
