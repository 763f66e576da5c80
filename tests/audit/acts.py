"""One act for each intent, in the order of a life, with what it leaves in the audit and in the timeline.

A new intent that takes `by` is added here, to `acts_of_people.py`, `acts_of_keys.py`
or `acts_of_staff.py` (tests/audit/test_intents.py compares).
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from endpoints import intents
from endpoints.domain.actions import Action
from endpoints.domain.cloud_pipes import Command
from endpoints.domain.custom_dns import CustomName
from endpoints.domain.specs import parse_spec
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models import ClickPipe, ReversePrivateEndpoint
from tests.people import (
    EXTERNAL_ID,
    Cast,
    make_endpoint,
    make_hand_off,
    make_orphan,
    make_pipe,
    make_replacement,
)


@dataclass(frozen=True)
class Act:
    """What a test does. `prepare` makes what is there before; `do` asks, and may be asked twice.

    `leaves` are the actions of the entries, oldest first. `told`: it is about
    an endpoint, whose timeline tells it too. `again`: it may be asked twice, which changes nothing more.
    `changes`: the entry says what changed.
    """

    prepare: Callable[[Cast], Any]
    do: Callable[[Cast, Any], object]
    leaves: tuple[Action, ...]
    told: bool = False
    again: bool = True
    changes: bool = True


def nothing(cast: Cast) -> None:
    """Prepare nothing."""


def wanted(name: str = "com.amazonaws.vpce.eu-central-1.vpce-svc-0fedcba9876543210") -> intents.Wanted:
    """Return a request for an endpoint."""
    spec = parse_spec(EndpointType.VPC_ENDPOINT_SERVICE, {"vpcEndpointServiceName": name})
    return intents.Wanted(spec=spec, description="New database")


def wanted_pipe(*endpoints: ReversePrivateEndpoint) -> intents.WantedPipe:
    """Return a request for a ClickPipe that names endpoints, on the first one's name."""
    host = endpoints[0].dns_names[0]
    ids = tuple(endpoint.pk for endpoint in endpoints)
    found, errors = intents.check_pipe(
        Source.POSTGRES, {"name": "orders-cdc", "address": f"{host}:5432"}, ids
    )
    assert found is not None, errors
    return found


def _ready(cast: Cast) -> ReversePrivateEndpoint:
    return make_endpoint(cast.service)


def _failed(cast: Cast) -> ReversePrivateEndpoint:
    return make_endpoint(cast.service, Status.FAILED)


def _with_link(cast: Cast) -> Any:
    return make_hand_off(make_endpoint(cast.service))


def _pipe(cast: Cast) -> ClickPipe:
    return make_pipe(cast.service, make_endpoint(cast.service))


def _replaced(cast: Cast) -> Any:
    old = make_endpoint(cast.service)
    return make_replacement(old, make_endpoint(cast.service, Status.PROVISIONING, external_id="vpce-1"))


FORM = uuid.UUID("00000000-0000-4000-8000-000000000001")

ACTS: dict[str, Act] = {
    "request_endpoint": Act(
        nothing,
        lambda cast, _: intents.request_endpoint(
            service=cast.service, wanted=wanted(), by=cast.operator, form_key=FORM
        ),
        (Action.ENDPOINT_REQUESTED,),
        told=True,
    ),
    "request_removal": Act(
        _ready,
        lambda cast, row: intents.request_removal(endpoint=row, by=cast.operator),
        (Action.ENDPOINT_REMOVAL_REQUESTED,),
        told=True,
    ),
    "change_custom_dns": Act(
        _ready,
        lambda cast, row: intents.change_custom_dns(
            endpoint=row, names=[CustomName("*.example.com")], by=cast.operator
        ),
        (Action.ENDPOINT_DNS_CHANGED,),
        told=True,
    ),
    "clean_up": Act(
        _failed,
        lambda cast, row: intents.clean_up(endpoint=row),
        (Action.ENDPOINT_REMOVAL_REQUESTED,),
        told=True,
    ),
    "retry": Act(
        _failed,
        lambda cast, row: intents.retry(endpoint=row, by=cast.operator),
        (Action.ENDPOINT_RETRIED,),
        told=True,
    ),
    "tick": Act(
        _ready,
        lambda cast, row: intents.tick(endpoint=row, item="principal", done=True, by=cast.operator),
        (Action.ENDPOINT_CLEANED_UP,),
        told=True,
    ),
    "make_hand_off": Act(
        _ready,
        lambda cast, row: (
            row.hand_offs.first() or intents.make_hand_off(endpoint=row, days=7, by=cast.operator)
        ),
        (Action.HAND_OFF_MADE,),
        told=True,
    ),
    "revoke_hand_off": Act(
        _with_link,
        lambda cast, link: intents.revoke_hand_off(link=link, by=cast.operator),
        (Action.HAND_OFF_REVOKED,),
        told=True,
    ),
    "hand_off_opened": Act(
        _with_link,
        lambda cast, link: intents.hand_off_opened(link=link),
        (Action.HAND_OFF_VIEWED,),
        told=True,
    ),
    "request_orphan_deletion": Act(
        lambda cast: make_orphan(cast.region, external_id=EXTERNAL_ID),
        lambda cast, orphan: intents.request_orphan_deletion(
            orphan=orphan, by=cast.staff, typed=orphan.external_id
        ),
        (Action.ORPHAN_DELETION_REQUESTED,),
    ),
    "record_pipe": Act(
        _ready,
        lambda cast, row: intents.record_pipe(
            service=cast.service, wanted=wanted_pipe(row), by=cast.operator, form_key=FORM
        ),
        (Action.CLICKPIPE_RECORDED,),
        told=True,
    ),
    "change_pipe": Act(
        _pipe,
        lambda cast, pipe: intents.change_pipe(
            pipe=pipe,
            wanted=replace(wanted_pipe(*pipe.endpoints.all()), name="orders-2", definition={}),
            by=cast.operator,
        ),
        (Action.CLICKPIPE_CHANGED,),
    ),
    "command_pipe": Act(
        _pipe,
        lambda cast, pipe: intents.command_pipe(pipe=pipe, command=Command.STOP, by=cast.operator),
        (Action.CLICKPIPE_CHANGED,),
        again=False,
    ),
    "set_of_pipe": Act(
        _pipe,
        lambda cast, pipe: intents.set_of_pipe(
            pipe=pipe, name="settings", value={"pull_batch_size": 1}, by=cast.operator
        ),
        (Action.CLICKPIPE_CHANGED,),
    ),
    "scale_cdc": Act(
        nothing,
        lambda cast, _: intents.scale_cdc(
            service=cast.service, scaling={"replicaMemoryGb": 2}, by=cast.operator
        ),
        (Action.SERVICE_CHANGED,),
    ),
    "remove_pipe": Act(
        _pipe,
        lambda cast, pipe: intents.remove_pipe(pipe=pipe, by=cast.operator),
        (Action.CLICKPIPE_REMOVED,),
        told=True,
    ),
    "request_replacement": Act(
        _ready,
        lambda cast, row: intents.request_replacement(
            old=row, wanted=wanted(), by=cast.operator, form_key=FORM
        ),
        (Action.REPLACEMENT_REQUESTED, Action.ENDPOINT_REQUESTED),
        told=True,
    ),
    "stop_replacement": Act(
        _replaced,
        lambda cast, row: intents.stop_replacement(replacement=row, by=cast.operator),
        (Action.REPLACEMENT_STOPPED,),
        told=True,
    ),
}
"""Intent → what it does when it is asked twice in a row."""
