"""What the tests of replacements say: ask for one, and see where it and its ClickPipes are."""

import uuid
from typing import Any

from endpoints import intents
from endpoints.domain.types import EndpointType
from endpoints.models import (
    ClickPipe,
    Replacement,
    ReplacementMode,
    ReversePrivateEndpoint,
    Role,
    RoleAssignment,
    User,
    read_clock,
)
from tests.engine.world import (
    REGION,
    Asked,
    World,
    checked,
    cluster,
    resource,
    wanted,
)
from tests.people import give_role, make_pipe, make_user
from tests.sandbox_client import configuration_id, service_name

TOGETHER, ONE_AFTER_OTHER = ReplacementMode.TOGETHER, ReplacementMode.ONE_AFTER_OTHER
ACCEPTED_BY_OWNER = wanted(service_name(REGION, 1), "new")


def another_of(world: World, kind: EndpointType) -> Asked:
    """Return a request for a second endpoint to the same source, which may exist beside the first."""
    if kind is EndpointType.VPC_RESOURCE:
        share = world.box.create_share(configuration_id(REGION, 2), same_organization=True)["arn"]
        return {**resource(2, share=share), "description": "new"}
    if kind is EndpointType.MSK_MULTI_VPC:
        return {**cluster(scheme="SASL_SCRAM"), "description": "new"}
    return wanted(service_name(REGION, 2), "new")


def source_of(kind: EndpointType) -> str:
    return "Kafka" if kind is EndpointType.MSK_MULTI_VPC else "Postgres"


def address_of(row: ReversePrivateEndpoint) -> str:
    row.refresh_from_db()
    return row.connection_string or f"{row.dns_names[0]}:5432"


def pipe_on(row: ReversePrivateEndpoint, *, by_host: bool = False, **fields: Any) -> ClickPipe:
    uses = () if by_host else (row,)
    more = {"source": source_of(EndpointType(row.type)), "address": address_of(row)} | fields
    return make_pipe(row.service, *uses, **more)


def replace(
    world: World, old: ReversePrivateEndpoint, asked: Asked, by: User | None = None, **more: Any
) -> Replacement:
    found = checked(world.service, asked)
    return intents.request_replacement(old=old, wanted=found, by=by or world.user, **more)


def admin_of(world: World) -> User:
    user = make_user("admin@example.com")
    give_role(user, Role.ADMIN, world.service)
    return user


def now_of(replacement: Replacement) -> Replacement:
    return Replacement.objects.select_related("old", "new").get(pk=replacement.pk)


def new_of(replacement: Replacement) -> ReversePrivateEndpoint:
    new = now_of(replacement).new
    assert new is not None
    return new


def carried_by(pipe: ClickPipe) -> list[uuid.UUID]:
    return list(pipe.endpoints.values_list("pk", flat=True))


def ends(replacement: Replacement) -> tuple[bool, bool, str]:
    """Say whether it is over, whether the ClickPipes were moved, and what ended it."""
    found = now_of(replacement)
    return found.finished_at is not None, found.moved_at is not None, found.problem


def is_going(row: ReversePrivateEndpoint) -> bool:
    row.refresh_from_db()
    return row.removal_requested_at is not None


def ready_pair(world: World) -> tuple[ReversePrivateEndpoint, ReversePrivateEndpoint, Replacement]:
    """Return two Ready endpoints and the replacement of the first by the second, whose move is due."""
    old, new = world.make(2), world.make(2)
    replacement = Replacement.objects.create(
        old=old,
        new=new,
        mode=TOGETHER,
        type=new.type,
        parameters=new.parameters,
        description="new",
        requested_at=read_clock().now,
        requested_by=world.user,
        requested_by_name=world.user.email,
    )
    return old, new, replacement


def lose_the_role(user: User) -> None:
    RoleAssignment.objects.filter(user=user).update(role=Role.VIEWER)


def close_the_account(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
