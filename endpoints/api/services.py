"""The services of an organization; to clients each is always running. Source: cloud-api.md §8."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query

from endpoints import intents
from endpoints.api.bodies import read_object
from endpoints.api.envelope import Problem
from endpoints.api.keys import key_of
from endpoints.api.places import SERVICE, SERVICES, organization_of, service_of
from endpoints.models import Role, Service

router = Router(tags=["Services"])

FILTERS: Any = Query([], alias="filter", description="`tag:key=value`: services with this label.")
COMMANDS = ("start", "stop", "awake")


class TagShape(Schema):
    """A label of a service: `key=value`, or a word, which is a key without a value."""

    key: str
    value: str


class ServiceShape(Schema):
    """One service; what Postern does not manage has the value of a service that always runs."""

    id: str
    name: str
    provider: str
    region: str
    state: str = "running"
    createdAt: datetime
    isReadonly: bool = False
    idleScaling: bool = False
    ipAccessList: list[dict[str, Any]] = []
    endpoints: list[dict[str, Any]] = []
    tags: list[TagShape]

    @classmethod
    def of(cls, service: Service) -> "ServiceShape":
        """Return the shape of a row."""
        return cls(
            id=str(service.pk),
            name=service.name,
            provider=service.provider,
            region=service.region,
            createdAt=service.created_at,
            tags=[TagShape(key=key, value=value) for key, value in _tags(service)],
        )


@router.get(SERVICES, response=list[ServiceShape])
def list_services(
    request: HttpRequest, organization_id: str, filters: list[str] = FILTERS
) -> list[ServiceShape]:
    """Return the services that the key may see; of several filters `tag:K=V` all must hold."""
    organization = organization_of(request, organization_id)
    wanted = {_wanted_tag(text) for text in filters}
    services = Service.objects.visible_to(key_of(request)).filter(organization=organization)
    return [ServiceShape.of(one) for one in services if wanted <= set(_tags(one))]


@router.get(SERVICE, response=ServiceShape)
def get_service(request: HttpRequest, organization_id: str, service_id: str) -> ServiceShape:
    """Return one service."""
    return ServiceShape.of(service_of(request, organization_id, service_id))


@router.patch(SERVICE + "/state", response=ServiceShape)
def change_state(request: HttpRequest, organization_id: str, service_id: str) -> ServiceShape:
    """Answer a command as a service that always runs: nothing changes, and it is running."""
    service = service_of(request, organization_id, service_id)
    intents.require_role(key_of(request), service, Role.OPERATOR)
    command = read_object(request).get("command")
    if command not in COMMANDS:
        raise Problem(400, f"command: Send one of {', '.join(COMMANDS)}.")
    return ServiceShape.of(service)


def _tags(service: Service) -> Iterable[tuple[str, str]]:
    for label in service.labels:
        key, _, value = label.partition("=")
        yield key, value


def _wanted_tag(text: str) -> tuple[str, str]:
    kind, _, tag = text.partition(":")
    key, _, value = tag.partition("=")
    if kind != "tag" or not key:
        raise Problem(400, "filter: Filter by labels: filter=tag:key=value")
    return key, value
