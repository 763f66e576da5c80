"""A service's ClickPipes: list, create, get, change, scale, start and stop, settings, delete.

Postern runs none: it keeps what was asked for, and which endpoints that needs. Source: cloud-api.md §7.
"""

from dataclasses import replace
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router

from endpoints import intents
from endpoints.api.envelope import Problem
from endpoints.api.keys import key_of
from endpoints.api.pipes import schemas, told
from endpoints.api.pipes.bodies import problem, read, wanted_change, wanted_new
from endpoints.api.pipes.shapes import PipeShape
from endpoints.api.places import SERVICE, parse_id, service_of
from endpoints.api.retries import digest_of, made_before
from endpoints.domain.cloud_pipes import Command, own_settings
from endpoints.domain.types import SpecError
from endpoints.models import ClickPipe, Role, Service

router = Router(tags=["ClickPipes"])

COLLECTION = SERVICE + "/clickpipes"
ONE = COLLECTION + "/{pipe_id}"
CDC_SCALING = SERVICE + "/clickpipesCdcScaling"

SMALLEST_CDC: dict[str, Any] = {"replicaCpuMillicores": 1_000, "replicaMemoryGb": 4}
"""How large what reads databases is where nobody said."""


@router.get(COLLECTION, response=list[PipeShape])
def list_pipes(request: HttpRequest, organization_id: str, service_id: str) -> list[PipeShape]:
    """Return all ClickPipes of a service; there is no paging."""
    service = service_of(request, organization_id, service_id)
    return [PipeShape.of(pipe) for pipe in service.pipes.live().prefetch_related("endpoints")]


@router.post(COLLECTION, response=PipeShape)
def create_pipe(request: HttpRequest, organization_id: str, service_id: str) -> PipeShape:
    """Record a ClickPipe."""
    service = _to_change(request, organization_id, service_id)
    return PipeShape.of(_made(request, service), made_now=True)


@transaction.atomic
def _made(request: HttpRequest, service: Service) -> ClickPipe:
    body = read(request, schemas.NewPipe)
    key = key_of(request)
    digest = digest_of(key, request.body)
    earlier = made_before(service, service.pipes.live(), digest)
    if earlier is not None:
        return earlier
    wanted = replace(wanted_new(body), request_digest=digest)
    return intents.record_pipe(service=service, wanted=wanted, by=key)


@router.get(ONE, response=PipeShape)
def get_pipe(request: HttpRequest, organization_id: str, service_id: str, pipe_id: str) -> PipeShape:
    """Return one ClickPipe."""
    return PipeShape.of(_pipe(service_of(request, organization_id, service_id), pipe_id))


@router.patch(ONE, response=PipeShape)
@transaction.atomic
def change_pipe(request: HttpRequest, organization_id: str, service_id: str, pipe_id: str) -> PipeShape:
    """Change what is sent of a ClickPipe; the rest stays."""
    service = _to_change(request, organization_id, service_id)
    pipe = _pipe(service, pipe_id, for_update=True)
    wanted = wanted_change(pipe, read(request, schemas.PipeChange))
    return PipeShape.of(intents.change_pipe(pipe=pipe, wanted=wanted, by=key_of(request)))


@router.delete(ONE)
def delete_pipe(request: HttpRequest, organization_id: str, service_id: str, pipe_id: str) -> None:
    """Take a ClickPipe out of the records."""
    pipe = _pipe(service_of(request, organization_id, service_id), pipe_id)
    intents.remove_pipe(pipe=pipe, by=key_of(request))


@router.patch(ONE + "/scaling", response=PipeShape)
@transaction.atomic
def scale_pipe(request: HttpRequest, organization_id: str, service_id: str, pipe_id: str) -> PipeShape:
    """Keep how large a ClickPipe is to be."""
    service = _to_change(request, organization_id, service_id)
    pipe = _pipe(service, pipe_id, for_update=True)
    sent = read(request, schemas.Scaling).model_dump(exclude_none=True)
    scaling = pipe.full_definition["scaling"] | sent
    return PipeShape.of(_set(request, pipe, "scaling", scaling))


@router.patch(ONE + "/state", response=PipeShape)
def command_pipe(request: HttpRequest, organization_id: str, service_id: str, pipe_id: str) -> PipeShape:
    """Start, stop or resync a ClickPipe."""
    pipe = _pipe(_to_change(request, organization_id, service_id), pipe_id)
    command = Command(read(request, schemas.StateChange).command)
    try:
        return PipeShape.of(intents.command_pipe(pipe=pipe, command=command, by=key_of(request)))
    except SpecError as error:
        raise problem(error) from None


@router.get(ONE + "/settings", response=Annotated[dict[str, Any], told.SETTINGS])
def get_settings(request: HttpRequest, organization_id: str, service_id: str, pipe_id: str) -> dict[str, Any]:
    """Return a ClickPipe's own settings; of Kafka `kafka_read_committed` too, false where nobody said."""
    pipe = _pipe(service_of(request, organization_id, service_id), pipe_id)
    return own_settings(pipe.full_definition)


@router.put(ONE + "/settings", response=Annotated[dict[str, Any], told.SETTINGS])
@transaction.atomic
def set_settings(request: HttpRequest, organization_id: str, service_id: str, pipe_id: str) -> dict[str, Any]:
    """Replace a ClickPipe's own settings."""
    service = _to_change(request, organization_id, service_id)
    pipe = _pipe(service, pipe_id, for_update=True)
    settings = read(request, schemas.PipeSettings).root
    return dict(_set(request, pipe, "settings", settings).definition["settings"])


@router.get(CDC_SCALING, response=Annotated[dict[str, Any], told.CDC_SCALING])
def get_cdc_scaling(request: HttpRequest, organization_id: str, service_id: str) -> dict[str, Any]:
    """Return how large what reads the databases of a service is."""
    scaling: dict[str, Any] = service_of(request, organization_id, service_id).cdc_scaling
    return SMALLEST_CDC | scaling


@router.patch(CDC_SCALING, response=Annotated[dict[str, Any], told.CDC_SCALING])
def scale_cdc(request: HttpRequest, organization_id: str, service_id: str) -> dict[str, Any]:
    """Keep how large what reads the databases of a service is to be."""
    service = _to_change(request, organization_id, service_id)
    sent = read(request, schemas.CdcScaling).model_dump(exclude_none=True)
    scaled = intents.scale_cdc(service=service, scaling=sent, by=key_of(request))
    return {**SMALLEST_CDC, **scaled.cdc_scaling}


def _to_change(request: HttpRequest, organization_id: str, service_id: str) -> Service:
    """Return the service of an address to a key that may act on it; others learn nothing of the body."""
    service = service_of(request, organization_id, service_id)
    intents.require_role(key_of(request), service, Role.OPERATOR)
    return service


def _pipe(service: Service, pipe_id: str, *, for_update: bool = False) -> ClickPipe:
    pk = parse_id("ClickPipe", pipe_id)
    pipes = service.pipes.live().select_related("service")
    if for_update:
        intents.lock_pipes(service.pk)
        pipes = pipes.select_for_update(of=("self",))
    found = pipes.filter(pk=pk).first()
    if found is None:
        raise Problem(404, pipe_id)
    return found


def _set(request: HttpRequest, pipe: ClickPipe, name: str, value: dict[str, Any]) -> ClickPipe:
    return intents.set_of_pipe(pipe=pipe, name=name, value=value, by=key_of(request))
