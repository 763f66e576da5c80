"""What the API may ask of a ClickPipe that was recorded: change it, scale it, and tell it to stop or start.

Postern runs no ClickPipes: what is kept is what was asked for, and which endpoints that needs.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction

from endpoints import audit
from endpoints.domain import cloud_pipes
from endpoints.domain.actions import Action
from endpoints.domain.cloud_pipes import Command
from endpoints.domain.reasons import EventCode
from endpoints.intents.base import lock_pipes, require_role
from endpoints.intents.pipe import WantedPipe, name_taken, usable_endpoints
from endpoints.models import (
    Actor,
    ClickPipe,
    Event,
    Principal,
    ReversePrivateEndpoint,
    Role,
    Service,
    note_sources,
    read_clock,
)

_SHOWN = ("name", "address", "definition", "state")


@transaction.atomic
def change_pipe(*, pipe: ClickPipe, wanted: WantedPipe, by: Principal) -> ClickPipe:
    """Change a ClickPipe's name, definition and endpoints; that credentials came is written down, too.

    Raises PermissionDenied, IntentRefused(`pipe_name_taken`; `endpoint_not_usable`, of those newly named).
    """
    require_role(by, pipe.service, Role.OPERATOR)
    lock_pipes(pipe.service_id)
    locked = _locked(pipe)
    before, named = audit.columns(locked, *_SHOWN), {row.pk: row for row in locked.endpoints.all()}
    new = [key for key in wanted.endpoint_ids if key not in named]
    added = usable_endpoints(pipe.service, replace(wanted, endpoint_ids=tuple(new))) if new else []
    reached = list(
        ReversePrivateEndpoint.objects.filter(service=pipe.service_id).answering(locked.reached_names)
    )
    gone = [row for key, row in named.items() if key not in wanted.endpoint_ids]
    assert wanted.definition is not None
    locked.name, locked.definition = wanted.name, dict(wanted.definition)
    locked.reach(wanted.address, [address.host for address in wanted.addresses])
    _save(locked, by, before, has_credentials=wanted.has_credentials)
    locked.endpoints.remove(*gone)
    locked.endpoints.add(*added)
    note_sources(locked, *gone, *reached)
    for code, rows in ((EventCode.PIPE_ADDED, added), (EventCode.PIPE_REMOVED, gone)):
        for row in rows:
            params = {"pipe": locked.name}
            Event.line(row, code, read_clock().now, actor=Actor.of(by).name, params=params).save()
    return locked


@transaction.atomic
def command_pipe(*, pipe: ClickPipe, command: Command, by: Principal) -> ClickPipe:
    """Start, stop or resync a ClickPipe. Raises PermissionDenied, or the SpecError of `state_after`."""
    require_role(by, pipe.service, Role.OPERATOR)
    locked = _locked(pipe)
    before = audit.columns(locked, *_SHOWN)
    locked.state = cloud_pipes.state_after(command, locked.full_definition, locked.state)
    _save(locked, by, before)
    return locked


@transaction.atomic
def set_of_pipe(*, pipe: ClickPipe, name: str, value: Mapping[str, Any], by: Principal) -> ClickPipe:
    """Replace one part of a ClickPipe's definition, `settings` or `scaling`. Raises PermissionDenied."""
    require_role(by, pipe.service, Role.OPERATOR)
    locked = _locked(pipe)
    before = audit.columns(locked, *_SHOWN)
    locked.definition = {**locked.full_definition, name: dict(value)}
    _save(locked, by, before)
    return locked


@transaction.atomic
def scale_cdc(*, service: Service, scaling: Mapping[str, Any], by: Principal) -> Service:
    """Keep how large what reads a service's databases is to be. Raises PermissionDenied."""
    require_role(by, service, Role.OPERATOR)
    locked = Service.objects.select_for_update(of=("self",)).get(pk=service.pk)
    before = audit.columns(locked, "cdc_scaling")
    locked.cdc_scaling = {**locked.cdc_scaling, **scaling}
    if locked.cdc_scaling != before["cdc_scaling"]:
        locked.save(update_fields=["cdc_scaling"])
        audit.record(
            Action.SERVICE_CHANGED,
            by=by,
            on=locked,
            before=before,
            after=audit.columns(locked, "cdc_scaling"),
        )
    return locked


def _locked(pipe: ClickPipe) -> ClickPipe:
    return ClickPipe.objects.select_for_update(of=("self",)).select_related("service").get(pk=pipe.pk)


def _save(
    pipe: ClickPipe, by: Principal, before: Mapping[str, Any], *, has_credentials: bool = False
) -> None:
    after = audit.columns(pipe, *_SHOWN)
    if after == before and not has_credentials:
        return
    pipe.updated_at = read_clock().now
    try:
        with transaction.atomic():
            pipe.save()
    except IntegrityError:
        raise name_taken(pipe) from None
    brought = {"credentials": "sent"} if has_credentials else {}
    audit.record(Action.CLICKPIPE_CHANGED, by=by, on=pipe, before=before, after=after | brought)
