"""The commands that an owner or a requester runs in AWS, filled with their own ids: pure texts.

A new type is a module here and a line in COMMANDS.
"""

from dataclasses import replace

from endpoints.domain.commands.base import (
    NOTHING,
    Blank,
    Commands,
    Filled,
    Guide,
    GuideKey,
    Target,
)
from endpoints.domain.commands.msk_multi_vpc import MskMultiVpcCommands
from endpoints.domain.commands.vpc_endpoint_service import VpcEndpointServiceCommands
from endpoints.domain.commands.vpc_resource import VpcResourceCommands
from endpoints.domain.reasons import Reason
from endpoints.domain.specs import Spec
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source

__all__ = [
    "COMMANDS",
    "NOTHING",
    "Blank",
    "Commands",
    "Filled",
    "Guide",
    "GuideKey",
    "Target",
    "guide",
    "guides",
    "left_behind",
    "prepare",
]

COMMANDS: dict[EndpointType, type[Commands]] = {
    commands.type: commands
    for commands in (VpcEndpointServiceCommands, VpcResourceCommands, MskMultiVpcCommands)
}


def guides(spec: Spec, status: Status, reason: Reason | None, filled: Filled) -> tuple[Guide, ...]:
    """Return what there is to run for an endpoint, most relevant first; empty where nobody runs anything.

    `status` is the shown one: what is being removed is cleaned up after, and of what is unknown commands only
    look. `reason` is None when it is of a newer version.
    """
    commands = COMMANDS[spec.type](spec, filled)
    if status is Status.DELETING:
        keys = commands.clean_up()
    elif status is Status.UNKNOWN or reason is None:
        keys = commands.looks
    else:
        keys = commands.by_reason.get(reason, ())
    return _written(commands, keys)


def prepare(endpoint_type: EndpointType, source: Source | None, filled: Filled) -> tuple[Guide, ...]:
    """Return what the owner of a source runs before an endpoint of a type is created, in order."""
    commands = COMMANDS[endpoint_type](None, _of_source(filled, source))
    return _written(commands, commands.preparation())


def left_behind(spec: Spec, filled: Filled, *, used_up: bool = True) -> tuple[Guide, ...]:
    """Return what stays in the owner's account after removal, and how it is taken away.

    `used_up` False: nothing was ever made with what the endpoint claims, which may serve another one; then
    there is nothing to take away.
    """
    if not used_up:
        return ()
    commands = COMMANDS[spec.type](spec, filled)
    return _written(commands, commands.clean_up())


def guide(spec: Spec, key: GuideKey, filled: Filled) -> Guide:
    """Return one guide of the spec's type. Raises KeyError for another type's key."""
    return _written(COMMANDS[spec.type](spec, filled), (key,))[0]


def _written(commands: Commands, keys: tuple[GuideKey, ...]) -> tuple[Guide, ...]:
    made = []
    for key in keys:
        written = commands.write(key)
        made.append(Guide(key, written.cli, written.terraform, written.cloudformation))
    return tuple(made)


def _of_source(filled: Filled, source: Source | None) -> Filled:
    return filled if source is None else replace(filled, source=source)
